import type { Excuse } from './compare-grants.ts';

/** What AWS does under a role without being asked by code of ours: one machine has nothing that would do it. */
const doneByAws: readonly Excuse[] = [
  {
    action: /^(logs|xray):/,
    role: /./,
    reason: 'Lambda and Step Functions write logs and traces themselves',
  },
  {
    action: /^dynamodb:ListStreams$/,
    role: /PublishChanges/,
    reason:
      'Lambda asks for it when it sets up the event source; the local reader knows its stream',
  },
  {
    action: /^events:(PutRule|PutTargets|DescribeRule)$/,
    role: /OriginateLoan/,
    reason: 'how Step Functions learns that a nested execution has ended',
  },
  {
    action: /^states:(Describe|Stop|Redrive)Execution$/,
    role: /OriginateLoan|CloseBusinessDay/,
    reason: 'how Step Functions follows, ends and redrives the executions a machine has started',
  },
  {
    action: /^sqs:SendMessage$/,
    role: /./,
    reason: 'only what fails to its end goes there: test/journeys/dead-letters.test.ts',
  },
];

/** What no test brings about every time, whatever it does. */
const leftToChance: readonly Excuse[] = [
  {
    action: /^dynamodb:Query$/,
    role: /ReceiptCallback/,
    resource: /Receipts.*\/index\/Matching$/,
    reason: 'a loan that is paid out while money for it is being put into suspense',
  },
  {
    action: /^dynamodb:PutItem$/,
    role: /ReleaseShares/,
    reason:
      'sets shares free that the refusal of the payout left reserved, which is one transaction with it',
  },
];

/** The grants that the whole suite need not use, and why each is given nevertheless. */
export const excuses: readonly Excuse[] = [...doneByAws, ...leftToChance];
