import { createHash } from 'node:crypto';

/** A task as the operator API shows it, as far as the rule reads it. */
export interface TaskView {
  readonly taskId: string;
  readonly version: number;
  readonly kind: string;
  readonly status: string;
  readonly queue?: string;
  readonly assignee?: string;
  readonly excludedOperators: readonly string[];
  readonly decisions: readonly { readonly operatorId: string }[];
  readonly content: Readonly<Record<string, unknown>>;
  readonly contentHash: string;
}

export type BankWord = 'Paid' | 'NotPaid' | 'Processing';
export type BankEnquiry = (payoutRef: string) => BankWord | Promise<BankWord>;

export interface RuleDecision {
  readonly outcome: string;
  readonly note: string;
  readonly reasonCodes?: readonly string[];
  readonly answers?: Readonly<Record<string, string>>;
}

/** After this many rounds of the same question the staff stop asking again. */
const ROUNDS_MAX = 3;

/**
 * How the sandbox staff decide. Documents: rejected when name and number do not belong together or a document is
 * unreadable, approved otherwise. Credit without a report: asked again three times, then approved for a manual decision.
 * Approval: granted unless the bureau reports money overdue today. Payout refused: tried again twice, then cancelled.
 * Payout unknown: what the bank's books say. A reviewed decision is upheld. A visit finds nothing
 * that worries; a warning is acknowledged. Pledges are registered and released.
 */
export async function decideByRule(task: TaskView, askBank?: BankEnquiry): Promise<RuleDecision> {
  const round = roundOf(task.content);
  switch (task.kind) {
    case 'ReviewDocuments':
      return reviewDocuments(task.content);
    case 'CheckCreditManually':
      return round < ROUNDS_MAX
        ? { outcome: 'Retry', note: 'the bureau may be back' }
        : { outcome: 'Approve', note: 'no report to be had: decided by hand further on' };
    case 'ApproveApplication':
      return approve(task.content);
    case 'ResolvePayout':
      return round < ROUNDS_MAX
        ? { outcome: 'Retry', note: 'the borrower confirmed the account' }
        : { outcome: 'Cancel', note: 'the account cannot be paid' };
    case 'ConfirmPayout': {
      const reference = valueOf(task.content, 'payoutRef');
      return confirmPayout(typeof reference === 'string' ? await askBank?.(reference) : undefined);
    }
    case 'FollowUpVisit':
      return visit(task.content);
    case 'RegisterCollateral':
    case 'ReleaseCollateral':
      return prove(task.content);
    case 'ReviewModel':
      return { outcome: 'Acknowledge', note: 'the card is fitted again on newer loans' };
    case 'RenewLpr':
      return { outcome: 'Acknowledge', note: 'the newest LPR is published with the next pack' };
    case 'ReviewWarning':
      return { outcome: 'Acknowledge', note: 'the supervisor follows it up' };
    default:
      return { outcome: 'Uphold', note: 'the decision stands' };
  }
}

/** A borrower with nothing to hide: the first answer of every question, which never worries. */
function visit({ questions }: TaskView['content']): RuleDecision {
  const asked = questions as { questionId: string; options: { value: string }[] }[];
  const answers = Object.fromEntries(
    asked.map(({ questionId, options }) => [questionId, options[0]?.value ?? '']),
  );
  return { outcome: 'Complete', note: 'visited by telephone', answers };
}

/** The register takes everything: the proof is a digest of the record's own id. */
function prove({ collateral }: TaskView['content']): RuleDecision {
  const shown = collateral as { collateralId: string }[];
  const answers = Object.fromEntries(
    shown.map(({ collateralId }) => [
      collateralId,
      `sha256:${createHash('sha256').update(collateralId).digest('hex')}`,
    ]),
  );
  return { outcome: 'Complete', note: 'the register has confirmed it', answers };
}

function confirmPayout(said: BankWord | undefined): RuleDecision {
  if (said === 'Paid') return { outcome: 'ConfirmPaid', note: 'the bank found the payment' };
  if (said === 'NotPaid')
    return { outcome: 'ConfirmNotPaid', note: 'the bank stopped the payment' };
  // Nobody may say "not paid" without having asked.
  return { outcome: 'Retry', note: 'the bank is still working on it' };
}

function reviewDocuments(content: TaskView['content']): RuleDecision {
  const identity = valueOf(content, 'identity');
  const codes = valueOf(content, 'reasonCodes');
  const found = Array.isArray(codes) ? codes : [];
  for (const [answer, code] of [
    ['Mismatch', 'IdentityMismatch'],
    ['NotFound', 'IdentityNotFound'],
  ] as const)
    if (identity === answer || found.includes(code))
      return {
        outcome: 'Reject',
        note: 'name and identity number do not belong together',
        reasonCodes: [code],
      };
  if (found.includes('DocumentUnreadable') || JSON.stringify(content).includes('"Unreadable"'))
    return {
      outcome: 'Reject',
      note: 'a document cannot be read',
      reasonCodes: ['DocumentUnreadable'],
    };
  return { outcome: 'Approve', note: 'the documents look genuine' };
}

function approve(content: TaskView['content']): RuleDecision {
  const overdueFen = valueOf(content, 'currentOverdueFen');
  return typeof overdueFen === 'number' && overdueFen > 0
    ? { outcome: 'Reject', note: 'money is overdue elsewhere', reasonCodes: ['CurrentOverdue'] }
    : { outcome: 'Approve', note: 'within policy' };
}

function roundOf(content: TaskView['content']): number {
  const round = valueOf(content, 'round') ?? valueOf(content, 'payoutNumber');
  return typeof round === 'number' ? round : 1;
}

/** The first value under that name, however deep it lies. */
function valueOf(content: unknown, name: string): unknown {
  if (typeof content !== 'object' || content === null) return undefined;
  const direct = (content as Record<string, unknown>)[name];
  if (direct !== undefined) return direct;
  for (const inner of Object.values(content)) {
    const found = valueOf(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
