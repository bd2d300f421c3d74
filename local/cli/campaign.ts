import { randomUUID } from 'node:crypto';
import type { CampaignCriteria, SelectedBorrower } from '../../domain/campaigns/select-borrower.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';

export interface CampaignSelection {
  readonly campaign: string;
  readonly looked: number;
  readonly borrowers: readonly SelectedBorrower[];
}

/** Everybody a campaign may write to, page after page; each page is on record at the platform. */
export async function selectForCampaign(
  operator: PlatformClient,
  campaign: string,
  criteria: CampaignCriteria,
): Promise<CampaignSelection> {
  const path = `/ops/campaigns/${encodeURIComponent(campaign)}/selections`;
  const borrowers: SelectedBorrower[] = [];
  let looked = 0;
  let cursor: string | undefined;
  do {
    const body = { ...criteria, ...(cursor === undefined ? {} : { cursor }) };
    const { body: page } = await operator.post(path, body, randomUUID());
    borrowers.push(...(page['items'] as SelectedBorrower[]));
    looked += Number(page['looked']);
    cursor = page['nextCursor'] as string | undefined;
  } while (cursor !== undefined);
  return { campaign, looked, borrowers };
}

/** The list for a person. */
export function describeSelection({ campaign, looked, borrowers }: CampaignSelection): string[] {
  const rows = borrowers.map(({ borrowerKey, segment = '', grade, valueFen }) => [
    borrowerKey,
    segment,
    grade,
    valueFen === undefined ? '' : (valueFen / 100).toFixed(2),
  ]);
  return [
    ...tableOf([['borrower', 'segment', 'grade', 'value'], ...rows], 120),
    `${String(borrowers.length)} of ${String(looked)} decided applications for ${campaign}`,
  ];
}

type Withdrawal = Readonly<Record<string, unknown>>;

/** Takes back the consent to marketing of the borrower behind an application, for all their applications. */
export async function withdrawConsent(
  operator: PlatformClient,
  applicationId: string,
): Promise<Withdrawal> {
  const path = `/ops/applications/${encodeURIComponent(applicationId)}/consent-withdrawals`;
  return (await operator.post(path, { purpose: 'Marketing' }, randomUUID())).body;
}

export function describeWithdrawal({ applicationId, withdrawnAt }: Withdrawal): string[] {
  return [
    `no campaign writes to the borrower of ${String(applicationId)} from ${String(withdrawnAt)}`,
  ];
}
