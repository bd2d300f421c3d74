import type { Catalog } from '#domain/catalog/ports.ts';
import { Scorecard } from '#domain/catalog/scorecard.ts';
import type { Decisions } from '#domain/underwriting/decision-ports.ts';
import type { DecisionRecord } from '#domain/underwriting/decision-record.ts';

export interface DecisionReaders {
  readonly catalog: Catalog;
  readonly decisions: Decisions;
}

/** The decision that counts and the very card it was made by; undefined when nothing was decided, or by judgement. */
export async function cardOfDecision(
  applicationId: string,
  { catalog, decisions }: DecisionReaders,
): Promise<{ readonly record: DecisionRecord; readonly card: Scorecard } | undefined> {
  const records = await decisions.listByApplication(applicationId);
  const record = records.find((each) => each.record === 'decision');
  const [, id, version] = /^(.+)#(\d+)$/.exec(record?.inputs.scorecard ?? '') ?? [];
  if (record === undefined || id === undefined) return undefined;
  const card = await catalog.find({ kind: 'scorecard', id, version: Number(version) }, Scorecard);
  // Only a fitted card has a sample to be compared with.
  return card?.fit === undefined ? undefined : { record, card };
}
