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

/** What only a race, a failure or a rare wish brings about. Each has tests of its own with the function's handler. */
const rarelyDone: readonly Excuse[] = [
  of(
    'PayOut|ReleaseShares|SweepPayouts',
    /:(GetItem|PutItem)$/,
    'a payout that ended differently while the step ran, or whose outcome nobody can tell',
  ),
  of('DisburseLoan', /^lambda:InvokeFunction$/, 'a payout that is given to people'),
  of(
    'OpenTask|AnswerWorkflow|AgreeContactHours|DecideTask|OpenStep|OpenCase|AwaitNextStep|AwaitDocuments|AwaitSignature|ChangeCaseStrategy|FollowRelief',
    /^states:SendTaskSuccess$/,
    'answers a state whose own answer was lost or came before its token was stored',
  ),
  of(
    'SignatureCallback',
    /^states:SendTaskFailure$|:DeleteItem$/,
    'a signature refused, or for an application that is closed',
  ),
  of('ApplyAnswer|OfferContract', /:DeleteItem$/, 'an application declined here'),
  of('AllocateFunding|PrepareContract', /./, 'steps of executions that release 0.1.0 began'),
  {
    action: /^lambda:InvokeFunction$/,
    role: /OriginateLoan/,
    resource: /AllocateFunding|PrepareContract/,
    reason: 'steps of executions that release 0.1.0 began',
  },
  of(
    'SubmitApplication',
    /^dynamodb:Query$/,
    'looks for people whom release 0.1.0 named; nobody is where the secret says that it never ran',
  ),
  of(
    'OpenCaseRequest',
    /:GetItem$|^states:SendTaskSuccess$/,
    'takes back the step that was under way when the debtor asked, if one was; the ladder goes by the arm of the case',
  ),
  of('OpenTask|NotifyOutcome', /:PutItem$/, 'an outage that hands the application to people'),
  of(
    'DecideApplication|OfferContract',
    /^secretsmanager:/,
    'where personal data is sealed without KMS, the key is in the secret',
  ),
  of('ConcludeReview|NotifyReview', /./, 'a reviewer overturns an automatic decline'),
  of('MessageCallback', /:GetItem$/, 'an SMS that failed is tried by the rules of its template'),
  of('ReceiptCallback|MatchReceipts', /./, 'money without a loan number, or before its loan'),
  of(
    'SendLetter|RenewEscalation|EscalateCollections|ChooseStep|ClaimCompensation|CompensationCallback',
    /./,
    'the late stages of collections, months after the walk has ended',
  ),
  of('FollowCase', /./, 'a case route that died, or was overtaken, before it had told the ladder'),
  of('FollowRelief', /:(GetItem|PutItem)$/, 'new terms that a case rests for are answered'),
  of(
    'CheckCredit',
    /:Query$/,
    'the policy is asked whether a guarantor matters: the walk names none',
  ),
  of(
    'DraftCatalogItem',
    /:(GetItem|Query)$/,
    'a product that is held to the pack: the walk drafts none',
  ),
  of('CloseShard|ParkedLoan', /:(GetItem|PutItem|UpdateItem)$/, 'a loan the day close parks'),
  of(
    'SweepOrders',
    /^dynamodb:GetItem$|^kms:/,
    'a debit that the bank never heard of is sent anew',
  ),
  of('WatchModels', /^events:PutEvents$|:(GetItem|PutItem)$/, 'a model has gone stale'),
  of(
    'Collateral(Apply|Await|Follow)|ListCollateral|ReserveShares',
    /./,
    'loans with pledges: the walk borrows without any',
  ),
  of('WithdrawApplication', /^states:SendTaskFailure$/, 'withdrawn while a pledge is registered'),
  of(
    'AssignCase|RecallCase|ReserveContact|ChangeCaseStrategy|ClaimNextCase|ReleaseTask|ReportOutcome',
    /./,
    'an agency in good standing, a third person, another strategy: not in two months',
  ),
  of(
    'CarryOutRequest|SweepRetention',
    /:DeleteItem$/,
    'what is erased had a contract: nobody withdraws from one in the walk',
  ),
  of(
    'CarryOutRequest|SweepRetention',
    /BatchWriteItem$|^s3:DeleteObjectVersion$/,
    'what is erased had a pledge, a paper, or was sent lately',
  ),
  of(
    'CarryOutRequest|SweepRetention',
    /:(Query|PutItem)$/,
    'a loan whose ten years are over, and what was said about it',
  ),
  of('ConfirmOrder', /:PutItem$/, 'an order whose bank can never be asked'),
  of('DecideDraft|ResendNotice', /:PutItem$/, 'a draft, or a notice, for which it is too late'),
];

function of(functions: string, action: RegExp, reason: string): Excuse {
  return { role: new RegExp(functions), action, reason };
}

/** The grants that the walk does not use, and why each is given nevertheless. */
export const excuses: readonly Excuse[] = [...doneByAws, ...rarelyDone];
