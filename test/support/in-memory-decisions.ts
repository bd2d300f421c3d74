import type { Page, PageRequest } from '#domain/shared/page.ts';
import type { Decisions } from '#domain/underwriting/decision-ports.ts';
import { DecisionRecord, ReplayCase, ShadowCase } from '#domain/underwriting/decision-record.ts';
import { pageOf } from './in-memory-pages.ts';

/** Decisions in memory; what it answers is what DynamoDB answers. */
export class InMemoryDecisions implements Decisions {
  readonly #kept = new Map<string, DecisionRecord>();

  save(record: DecisionRecord): Promise<void> {
    this.#kept.set(`${record.applicationId} ${record.record}`, DecisionRecord.parse(record));
    return Promise.resolve();
  }

  listByApplication(applicationId: string): Promise<readonly DecisionRecord[]> {
    return Promise.resolve(
      [...this.#kept.values()]
        .filter((kept) => kept.applicationId === applicationId)
        .toSorted((a, b) => (a.record < b.record ? -1 : 1)),
    );
  }

  listByPolicy(
    { creditPolicyId, from = '0', to = '9' }: Parameters<Decisions['listByPolicy']>[0],
    page: PageRequest,
  ): Promise<Page<ReplayCase>> {
    const cases = [...this.#kept.values()]
      .filter(
        (kept) =>
          kept.creditPolicyId === creditPolicyId && kept.decidedAt >= from && kept.decidedAt <= to,
      )
      .toSorted((a, b) => (a.decidedAt < b.decidedAt ? -1 : 1))
      .map((kept) => ReplayCase.parse(kept));
    return Promise.resolve(pageOf(cases, page));
  }

  listShadows(
    { creditPolicyId, from = '0', before = '9' }: Parameters<Decisions['listShadows']>[0],
    page: PageRequest,
  ): Promise<Page<ShadowCase>> {
    const cases = [...this.#kept.values()]
      .filter(
        (kept) =>
          kept.shadowOf === creditPolicyId && kept.decidedAt >= from && kept.decidedAt < before,
      )
      .toSorted((a, b) => (a.decidedAt < b.decidedAt ? -1 : 1))
      .map((kept) => ShadowCase.parse(kept));
    return Promise.resolve(pageOf(cases, page));
  }
}
