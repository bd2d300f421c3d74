import type { Page, PageRequest } from '../shared/page.ts';
import type { DecisionRecord, ReplayCase, ShadowCase } from './decision-record.ts';

/** Where decisions are kept with everything they were made from. */
export interface Decisions {
  /** Keeps a decision; a step that is repeated writes it again. */
  save(record: DecisionRecord): Promise<void>;
  /** The decision of an application and the shadows beside it. */
  listByApplication(applicationId: string): Promise<readonly DecisionRecord[]>;
  /** The decisions of every version of a policy, the oldest first. */
  listByPolicy(
    filter: {
      readonly creditPolicyId: string;
      readonly from?: string | undefined;
      readonly to?: string | undefined;
    },
    page: PageRequest,
  ): Promise<Page<ReplayCase>>;
  /** What champion and challengers of a policy said of the same applications, the oldest first; `before` is outside. */
  listShadows(
    filter: {
      readonly creditPolicyId: string;
      readonly from?: string | undefined;
      readonly before?: string | undefined;
    },
    page: PageRequest,
  ): Promise<Page<ShadowCase>>;
}
