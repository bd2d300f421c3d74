import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseCatalogKey } from '../../domain/catalog/catalog-key.ts';
import { CreditPolicy } from '../../domain/catalog/credit-policy.ts';
import { PolicyPack } from '../../domain/catalog/policy-pack.ts';
import { Product } from '../../domain/catalog/product.ts';
import { Scorecard } from '../../domain/catalog/scorecard.ts';
import type { DecisionSetting } from '../../domain/underwriting/decide-by-policy.ts';
import { ReplayCase } from '../../domain/underwriting/decision-record.ts';
import {
  compareReplay,
  replayCase,
  type BookSummary,
  type ReplayedCase,
  type ReplayReport,
} from '../../domain/underwriting/replay-decisions.ts';
import { everyItem } from '../sandbox/page-items.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';

export interface PolicyReplay {
  readonly operator: PlatformClient;
  /** A file, the id of a draft, or a published version such as `person#0001`. */
  readonly policy: string;
  /** The same; without it, what was decided then. */
  readonly against?: string | undefined;
  readonly onProgress: (done: number, total: number, message?: string) => void;
}

/** Decides every kept case of a policy again, before anybody publishes it. */
export async function replayPolicy(given: PolicyReplay): Promise<ReplayReport> {
  const { operator, onProgress } = given;
  const policy = await policyOf(operator, given.policy);
  const against = given.against === undefined ? undefined : await policyOf(operator, given.against);
  const read = new CatalogReader(operator);
  const replayed: ReplayedCase[] = [];
  const path = `/ops/decisions?creditPolicyId=${policy.creditPolicyId}`;
  for await (const row of everyItem(operator, path)) {
    const kept = ReplayCase.parse(row);
    const setting = await read.settingOf(kept);
    replayed.push({
      applicationId: kept.applicationId,
      before:
        against === undefined ? kept.decided : replayCase(kept, { ...setting, policy: against }),
      after: replayCase(kept, { ...setting, policy }),
    });
    onProgress(replayed.length, replayed.length, `${String(replayed.length)} decided again`);
  }
  return compareReplay(replayed);
}

async function policyOf(operator: PlatformClient, name: string): Promise<CreditPolicy> {
  if (existsSync(name)) return CreditPolicy.parse(JSON.parse(readFileSync(name, 'utf8')));
  if (name.startsWith('draft_')) {
    const draft = await operator.get(`/ops/catalog/drafts/${name}`);
    return CreditPolicy.parse(draft['content']);
  }
  const [id = '', version = ''] = name.split('#');
  return itemOf(operator, { kind: 'credit-policy', id, version, schema: CreditPolicy });
}

/** Pinned versions, each read once. */
class CatalogReader {
  readonly #operator: PlatformClient;
  readonly #items = new Map<string, Promise<unknown>>();

  constructor(operator: PlatformClient) {
    this.#operator = operator;
  }

  async settingOf({ inputs }: ReplayCase): Promise<Omit<DecisionSetting, 'policy'>> {
    return {
      product: await this.#read('product', inputs.product, Product),
      scorecard: await this.#read('scorecard', inputs.scorecard, Scorecard),
      policyPack: await this.#read('policy-pack', inputs.policyPack, PolicyPack),
    };
  }

  #read<Schema extends z.ZodType>(
    kind: string,
    key: string,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    const name = `${kind} ${key}`;
    const { id, version } = parseCatalogKey(key);
    const known = this.#items.get(name);
    const item = (known ??
      itemOf(this.#operator, { kind, id, version: String(version), schema })) as Promise<
      z.infer<Schema>
    >;
    this.#items.set(name, item);
    return item;
  }
}

async function itemOf<Schema extends z.ZodType>(
  operator: PlatformClient,
  item: {
    readonly kind: string;
    readonly id: string;
    readonly version: string;
    readonly schema: Schema;
  },
): Promise<z.infer<Schema>> {
  const { kind, id, version, schema } = item;
  const number = version === '' ? '' : `&version=${String(Number(version))}`;
  const answer = await operator.get(
    `/ops/catalog?kind=${kind}&id=${encodeURIComponent(id)}${number}`,
  );
  const [found] = z.array(z.unknown()).parse(answer['items']);
  if (found === undefined) throw new Error(`the catalog has no ${kind} ${id} ${version}`);
  return schema.parse(found);
}

const MOVES_SHOWN = 20;

/** The report as lines for a person. */
export function describeReplay(report: ReplayReport): string[] {
  const { cases, moves, before, after } = report;
  if (cases === 0) return ['nothing was decided yet'];
  return [
    `${String(cases)} applications decided again; ${String(moves.length)} differ`,
    ...tableOf([['', 'before', 'after'], ...bookLines(before, after)], 99),
    '',
    ...tableOf([['went', 'applications'], ...Object.entries(report.outcomes).map(textCells)], 99),
    '',
    ...tableOf([['reason', 'before', 'after'], ...reasonLines(before, after)], 99),
    ...moveLines(report),
  ];
}

function textCells([name, count]: readonly [string, number]): string[] {
  return [name, String(count)];
}

function bookLines(before: BookSummary, after: BookSummary): string[][] {
  const line = (name: string, of: (book: BookSummary) => string) => [name, of(before), of(after)];
  return [
    line('approved', ({ byOutcome }) => String(byOutcome.Approved)),
    line('referred', ({ byOutcome }) => String(byOutcome.Referred)),
    line('declined', ({ byOutcome }) => String(byOutcome.Declined)),
    line('approval rate', ({ approvalBasisPoints }) => percent(approvalBasisPoints)),
    line('approved amount', ({ approvedFen }) => yuan(approvedFen)),
    line('expected loss', ({ expectedLossFen }) => yuan(expectedLossFen)),
    line('of the amount', ({ expectedLossBasisPoints }) => percent(expectedLossBasisPoints)),
    line('average price', ({ averageRateBasisPoints }) => percent(averageRateBasisPoints)),
  ];
}

function reasonLines(before: BookSummary, after: BookSummary): string[][] {
  const codes = [
    ...new Set([...Object.keys(before.reasons), ...Object.keys(after.reasons)]),
  ].toSorted();
  return codes.map((code) => [
    code,
    String(before.reasons[code] ?? 0),
    String(after.reasons[code] ?? 0),
  ]);
}

function moveLines({ moves, isSame }: ReplayReport): string[] {
  if (moves.length === 0)
    return [
      '',
      isSame
        ? 'nobody moves: every answer is the same'
        : 'nobody moves: every answer is the same, and only score, grade or expected loss differ',
    ];
  const rows = moves
    .slice(0, MOVES_SHOWN)
    .map(({ applicationId, from, to, annualRate, reasonsAdded, reasonsGone }) => [
      applicationId,
      from === to ? from : `${from} to ${to}`,
      annualRate.join(' to '),
      [...reasonsAdded.map((code) => `+${code}`), ...reasonsGone.map((code) => `-${code}`)].join(
        ' ',
      ),
    ]);
  const more = moves.length - rows.length;
  return [
    '',
    ...tableOf([['application', 'moves', 'price', 'reasons'], ...rows], 140),
    ...(more > 0 ? [`and ${String(more)} more: --json has them all`] : []),
  ];
}

function percent(basisPoints: number): string {
  return `${(basisPoints / 100).toFixed(2)} %`;
}

function yuan(amountFen: number): string {
  return `¥${(amountFen / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`;
}
