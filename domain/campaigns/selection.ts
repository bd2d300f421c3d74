import * as z from 'zod';
import { startAggregate } from '../shared/change-aggregate.ts';
import { contentHashOf } from '../shared/content-hash.ts';
import { Sha256Hex } from '../shared/primitives.ts';
import { CampaignCriteria, type SelectedBorrower } from './select-borrower.ts';

/** What is kept of one page of a selection: who asked for which people, and how many they got; not who they are. */
export const Selection = z.object({
  selectionId: z.string(),
  version: z.literal(1),
  campaign: z.string(),
  criteria: CampaignCriteria,
  selected: z.int(),
  /** Of the keys that were given out: whoever holds a list can prove that it is this one. */
  selectedHash: Sha256Hex,
  event: z.unknown().optional(),
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Selection = z.infer<typeof Selection>;

/** The record of one page that was given out. */
export function recordSelection(selection: {
  readonly selectionId: string;
  readonly campaign: string;
  readonly criteria: CampaignCriteria;
  readonly borrowers: readonly SelectedBorrower[];
  readonly operatorId: string;
  readonly at: string;
}): Selection {
  const { selectionId, campaign, criteria, borrowers, operatorId, at } = selection;
  const selectedHash = contentHashOf({ keys: borrowers.map(({ borrowerKey }) => borrowerKey) });
  const selected = borrowers.length;
  const facts = { selectionId, campaign, criteria, selected, selectedHash };
  const aggregate = startAggregate(selectionId, facts, {
    type: 'BorrowersSelected',
    at,
    actor: `operator:${operatorId}`,
    facts,
  });
  return { ...aggregate, version: 1 };
}
