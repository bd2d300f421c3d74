import { readFileSync } from 'node:fs';
import { CreditPolicy } from '../../domain/catalog/credit-policy.ts';
import { decideSamples, summariseSamples, type SampleSummary } from '../samples/decide-samples.ts';
import { shippedSetting } from '../samples/shipped-setting.ts';
import { tableOf } from './replay-summary.ts';

/** The 1,000 German applications under the shipped policy, or under one in a file. */
export function samplesUnder(file: string | undefined): SampleSummary {
  const setting = shippedSetting();
  const policy =
    file === undefined
      ? setting.policy
      : CreditPolicy.parse(JSON.parse(readFileSync(file, 'utf8')));
  return summariseSamples(decideSamples(policy, setting));
}

/** The summary as lines for a person. */
export function describeSamples(summary: SampleSummary): string[] {
  const { byOutcome, byGrade, byReason } = summary;
  const outcomes = ['Approved', 'Referred', 'Declined'];
  return [
    ...tableOf(
      [
        ['outcome', 'applications', 'turned out bad'],
        ['Approved', String(byOutcome['Approved'] ?? 0), percent(summary.badBasisPointsOfApproved)],
        ['Referred', String(byOutcome['Referred'] ?? 0), percent(summary.badBasisPointsOfReferred)],
        ['Declined', String(byOutcome['Declined'] ?? 0), percent(summary.badBasisPointsOfDeclined)],
        ['all', '1000', percent(summary.badBasisPointsOfAll)],
      ],
      99,
    ),
    '',
    ...tableOf(
      [
        ['grade', ...outcomes],
        ...Object.entries(byGrade).map(([grade, counts]) => [
          grade,
          ...outcomes.map((outcome) => String(counts[outcome] ?? 0)),
        ]),
      ],
      99,
    ),
    '',
    ...tableOf(
      [
        ['reason', 'applications'],
        ...Object.entries(byReason).map(([code, count]) => [code, String(count)]),
      ],
      99,
    ),
    '',
    `approved without a person: ${percent(summary.approvalBasisPoints)}, of whom ${percent(summary.badBasisPointsOfApproved)} turned out bad; of all, ${percent(summary.badBasisPointsOfAll)}`,
  ];
}

function percent(basisPoints: number): string {
  return `${(basisPoints / 100).toFixed(2)} %`;
}
