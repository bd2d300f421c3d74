import type { FindTable } from './reads.ts';
import { invalid, refused, Refusal } from './refusal.ts';
import {
  commit,
  identityOf,
  KeyRefusal,
  prepareWrite,
  unitsOf,
  type ItemChange,
  type PreparedWrite,
  type WriteKind,
} from './writes.ts';

type Fields = Readonly<Record<string, unknown>>;

const kinds: readonly WriteKind[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];
const WRITES_MAX = 100;
/** So long the same token stands for the same transaction. */
const TOKEN_KEPT_MS = 10 * 60 * 1000;

/** Transactions: all of it or nothing. */
export class Transactions {
  readonly #find: FindTable;
  /** By token: what was asked, and when. */
  readonly #done = new Map<
    string,
    { asked: string; changes: readonly ItemChange[]; atMs: number }
  >();

  constructor(find: FindTable) {
    this.#find = find;
  }

  write(request: Fields): { answer: Fields; changes: readonly ItemChange[] } {
    const actions = (request['TransactItems'] ?? []) as readonly Record<string, Fields>[];
    if (actions.length === 0)
      throw invalid(
        "Value [] at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      );
    if (actions.length > WRITES_MAX)
      throw invalid(
        "Member must have length less than or equal to 100 at 'transactItems' failed to satisfy constraint",
      );
    const prepared = actions.map((action, at) => this.#prepared(action, at));
    if (new Set(prepared.map(identityOf)).size < prepared.length)
      throw invalid('Transaction request cannot include multiple operations on one item');
    const asked = this.#alreadyDone(request);
    if (asked === true) return { answer: {}, changes: [] };
    const decided = decideAll(prepared);
    for (const { write, change } of decided) commit(write, change);
    const changes = decided.map(({ change }) => change);
    this.#remember(request, asked, changes);
    return { answer: unitsOf(request, decided, true), changes };
  }

  #prepared(action: Readonly<Record<string, Fields>>, at: number): PreparedWrite {
    const kind = kinds.find((each) => action[each] !== undefined);
    const fields = kind && action[kind];
    if (kind === undefined || !fields)
      throw invalid(
        'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
      );
    if (kind === 'ConditionCheck' && fields['ConditionExpression'] === undefined)
      throw invalid(
        `Value null at 'transactItems.${at + 1}.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null`,
      );
    if (kind === 'Update' && fields['UpdateExpression'] === undefined)
      throw invalid(
        `Value null at 'transactItems.${at + 1}.member.update.updateExpression' failed to satisfy constraint: Member must not be null`,
      );
    return prepareWrite(kind, fields, this.#find);
  }

  /** Whether a transaction with this token has been made; otherwise what to remember it by. */
  #alreadyDone(request: Fields): true | string {
    const token = request['ClientRequestToken'];
    if (typeof token !== 'string') return '';
    const asked = JSON.stringify(request['TransactItems']);
    const oldest = Date.now() - TOKEN_KEPT_MS;
    for (const [each, { atMs }] of this.#done) {
      if (atMs >= oldest) break;
      this.#done.delete(each);
    }
    const done = this.#done.get(token);
    if (!done) return asked;
    if (done.asked === asked) return true;
    throw refused('IdempotentParameterMismatchException', '');
  }

  #remember(request: Fields, asked: string, changes: readonly ItemChange[]): void {
    const token = request['ClientRequestToken'];
    if (typeof token === 'string') this.#done.set(token, { asked, changes, atMs: Date.now() });
  }
}

type Reason = Readonly<{ Code: string; Message?: string; Item?: unknown }>;

function decideAll(
  prepared: readonly PreparedWrite[],
): readonly { write: PreparedWrite; change: ItemChange }[] {
  eachOrCancelled(prepared, (write) => {
    write.check();
  });
  // What an update cannot work out shows only where every condition holds.
  return eachOrCancelled(prepared, (write) => ({ write, change: write.decide() }));
}

/** Does something with every write; cancels the transaction for whatever is refused. */
function eachOrCancelled<Result>(
  prepared: readonly PreparedWrite[],
  work: (write: PreparedWrite) => Result,
): readonly Result[] {
  const results: Result[] = [];
  const reasons: Reason[] = [];
  for (const write of prepared)
    try {
      results.push(work(write));
      reasons.push({ Code: 'None' });
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  if (results.length < prepared.length)
    throw refused(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
      { CancellationReasons: reasons },
    );
  return results;
}

/** Why one write cancels its transaction; what makes no sense at all is thrown on. */
function reasonOf(error: unknown): Reason {
  if (error instanceof KeyRefusal) return { Code: 'ValidationError', Message: error.message };
  if (!(error instanceof Refusal) || error.name !== 'ConditionalCheckFailedException') throw error;
  return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.more };
}
