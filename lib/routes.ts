/**
 * Who lets a request in. `Callback` routes check the provider's signature themselves; which roles an operator needs is
 * said, and checked, by the handler's own description.
 */
export type Authoriser = 'Partner' | 'Operator' | 'Callback' | 'None';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The handler's source file. */
  readonly entry: string;
  readonly authoriser: Authoriser;
  readonly errorImpact: string;
}

type RouteFacts = readonly [
  request: `${Route['method']} /${string}`,
  entry: string,
  errorImpact: string,
];

const partnerRoutes: readonly RouteFacts[] = [
  ['GET /v1/products', 'partner-api/list-products', 'partners see no products to sell'],
  ['GET /v1/products/{productId}', 'partner-api/get-product', 'partners see no product terms'],
  ['POST /v1/quotes', 'partner-api/create-quote', 'partners cannot quote a price'],
  [
    'POST /v1/applications',
    'partner-api/submit-application',
    'partners cannot apply: business is lost',
  ],
  [
    'GET /v1/applications',
    'partner-api/list-applications',
    'partners cannot see their applications',
  ],
  [
    'GET /v1/applications/{applicationId}',
    'partner-api/get-application',
    'partners cannot follow an application',
  ],
  [
    'POST /v1/applications/{applicationId}/documents',
    'partner-api/register-document',
    'partners cannot upload the documents asked for',
  ],
  [
    'POST /v1/applications/{applicationId}/disclosure',
    'partner-api/confirm-disclosure',
    'borrowers cannot confirm the cost sheet and so cannot sign',
  ],
  [
    'POST /v1/applications/{applicationId}/signature',
    'partner-api/request-signature',
    'borrowers cannot sign',
  ],
  [
    'POST /v1/applications/{applicationId}/withdrawal',
    'partner-api/withdraw-application',
    'borrowers cannot withdraw',
  ],
  [
    'POST /v1/applications/{applicationId}/consent-withdrawals',
    'partner-api/withdraw-consent',
    'borrowers who take back their consent are still written to',
  ],
  [
    'POST /v1/applications/{applicationId}/review-requests',
    'partner-api/request-review',
    'borrowers cannot ask a person to look at an automatic decision, as the law lets them',
  ],
  ['GET /v1/loans/{loanId}', 'partner-api/get-loan', 'partners cannot follow a loan'],
  [
    'GET /v1/loans/{loanId}/schedule',
    'partner-api/get-loan-schedule',
    'partners cannot see what is due',
  ],
  [
    'GET /v1/loans/{loanId}/payments',
    'partner-api/list-payments',
    'partners cannot see what was paid',
  ],
  [
    'POST /v1/loans/{loanId}/payments',
    'partner-api/report-payment',
    'payments that partners took are not posted: borrowers look late',
  ],
  [
    'POST /v1/loans/{loanId}/payoff-quotes',
    'partner-api/quote-payoff',
    'borrowers cannot pay off early',
  ],
  [
    'POST /v1/loans/{loanId}/restructuring-requests',
    'partner-api/request-restructuring',
    'borrowers in difficulty cannot ask for another plan',
  ],
  [
    'GET /v1/loans/{loanId}/restructuring-offer',
    'partner-api/get-restructuring-offer',
    'borrowers cannot read what a new plan costs',
  ],
  [
    'POST /v1/loans/{loanId}/disclosure',
    'partner-api/confirm-restructuring',
    'borrowers cannot confirm a new plan',
  ],
  [
    'POST /v1/loans/{loanId}/restructuring-refusal',
    'partner-api/refuse-restructuring',
    'borrowers cannot say no to a new plan: their cases rest until the offer ends',
  ],
];

const operatorRoutes: readonly RouteFacts[] = [
  ['GET /ops/tasks', 'list-tasks', 'operators cannot see their work'],
  ['GET /ops/tasks/{taskId}', 'get-task', 'operators cannot see a task'],
  ['POST /ops/tasks/{taskId}/claim', 'claim-task', 'operators cannot take a task'],
  ['POST /ops/tasks/{taskId}/release', 'release-task', 'operators cannot give back a task'],
  [
    'POST /ops/tasks/{taskId}/decision',
    'decide-task',
    'operators cannot decide: applications wait',
  ],
  ['GET /ops/executions', 'list-executions', 'operators cannot see which workflows run or failed'],
  [
    'GET /ops/executions/{executionId}',
    'get-execution',
    'operators cannot see why a workflow failed',
  ],
  [
    'GET /ops/executions/{executionId}/history',
    'get-execution-history',
    'operators cannot see what a workflow did',
  ],
  [
    'POST /ops/executions/{executionId}/redrive',
    'redrive-execution',
    'failed workflows cannot be taken up again',
  ],
  ['POST /ops/executions/{executionId}/stop', 'stop-execution', 'workflows cannot be stopped'],
  [
    'GET /ops/applications',
    'list-applications',
    'operators cannot see the applications of a partner',
  ],
  [
    'GET /ops/applications/{applicationId}',
    'get-application',
    'operators cannot see an application',
  ],
  [
    'GET /ops/applications/{applicationId}/decisions',
    'get-decisions',
    'operators cannot see why an application was decided as it was',
  ],
  [
    'GET /ops/applications/{applicationId}/portrait',
    'get-portrait',
    'operators cannot see what is known of a borrower',
  ],
  [
    'POST /ops/applications/{applicationId}/review-requests',
    'open-review',
    'a declined borrower who calls cannot have a person look again',
  ],
  [
    'POST /ops/applications/{applicationId}/consent-withdrawals',
    'withdraw-consent',
    'borrowers who take back their consent are still written to',
  ],
  [
    'GET /ops/applications/{applicationId}/collateral',
    'list-collateral',
    'operators cannot see what is pledged for a loan, nor whether it is registered',
  ],
  [
    'POST /ops/campaigns/{campaign}/selections',
    'select-borrowers',
    'campaigns cannot find out whom they may write to',
  ],
  ['GET /ops/blocks', 'list-blocks', 'nobody sees who is blocked, and until when'],
  ['GET /ops/blocks/{blockId}', 'get-block', 'nobody sees why somebody is blocked'],
  ['POST /ops/blocks', 'enter-block', 'borrowers who must get no loan are not blocked'],
  [
    'POST /ops/blocks/{blockId}/lift-requests',
    'request-block-lift',
    'borrowers stay blocked for whom the reason is gone',
  ],
  [
    'POST /ops/blocks/{blockId}/lift-decisions',
    'decide-block-lift',
    'borrowers stay blocked for whom the reason is gone',
  ],
  [
    'POST /ops/personal-data-requests',
    'enter-data-request',
    'nobody can have their data copied or erased, as the law lets them',
  ],
  [
    'GET /ops/personal-data-requests/{requestId}',
    'get-data-request',
    'operators cannot tell a borrower what became of their request',
  ],
  [
    'POST /ops/personal-data-copies',
    'copy-personal-data',
    'nobody gets a copy of what is held of them, as the law lets them',
  ],
  [
    'POST /ops/personal-data-corrections',
    'propose-correction',
    'nobody can have what is held of them put right, as the law lets them',
  ],
  [
    'POST /ops/personal-data-corrections/{requestId}/decision',
    'decide-correction',
    'corrections that people have asked for wait for a second person in vain',
  ],
  [
    'GET /ops/erasures',
    'list-erasures',
    'the register of erasures cannot be copied: a restore brings back what was erased',
  ],
  [
    'GET /ops/blind-index',
    'get-blind-index',
    'nobody can tell how far a change of the key is that people are found by',
  ],
  [
    'POST /ops/blind-index/sweeps',
    'sweep-blind-index',
    'the key that people are found by cannot be changed',
  ],
  [
    'POST /ops/blind-index/retirements',
    'retire-blind-index',
    'a key that people were found by stays behind in the tables',
  ],
  ['GET /ops/decisions', 'list-decisions', 'policies cannot be replayed before they are published'],
  [
    'GET /ops/shadow-decisions',
    'list-shadow-decisions',
    'nobody can tell a challenger from its champion',
  ],
  ['GET /ops/loans', 'list-loans', 'operators cannot find loans'],
  ['GET /ops/loans/{loanId}', 'get-loan', 'operators cannot see a loan'],
  [
    'GET /ops/loans/{loanId}/notices',
    'list-notices',
    'operators cannot see what borrowers were told',
  ],
  [
    'POST /ops/loans/{loanId}/notices/{noticeId}/resend',
    'resend-notice',
    'a message that was given up cannot be sent again',
  ],
  ['GET /ops/cases', 'list-cases', 'operators cannot see what is being collected'],
  ['GET /ops/cases/{caseId}', 'get-case', 'operators cannot see a collection case'],
  [
    'POST /ops/cases/{caseId}/contacts',
    'reserve-contact',
    'collectors cannot call or visit: no contact can be reserved',
  ],
  [
    'POST /ops/cases/{caseId}/outcomes',
    'report-outcome',
    'collectors cannot record what became of a contact, nor promises to pay',
  ],
  [
    'POST /ops/cases/{caseId}/requests',
    'open-case-request',
    'hardship, disputes and complaints cannot be recorded: debtors are collected from all the same',
  ],
  [
    'POST /ops/cases/{caseId}/requests/{pauseId}/withdrawal',
    'withdraw-case-request',
    'what debtors take back goes on resting their cases until it is answered',
  ],
  [
    'POST /ops/cases/{caseId}/contact-hours',
    'agree-contact-hours',
    'what debtors wish of the hours of contact cannot be recorded',
  ],
  ['POST /ops/cases/{caseId}/assignment', 'assign-case', 'cases cannot be given to agencies'],
  ['POST /ops/cases/{caseId}/recall', 'recall-case', 'cases cannot be taken back from agencies'],
  [
    'POST /ops/cases/{caseId}/strategy',
    'change-case-strategy',
    'running cases cannot be put on another strategy',
  ],
  ['POST /ops/collections/next', 'claim-next-case', 'collectors get no next account'],
  [
    'GET /ops/collections/results',
    'list-collection-results',
    'strategies and agencies cannot be compared',
  ],
  ['GET /ops/loans/{loanId}/file', 'get-loan-file', 'auditors cannot recompute a loan'],
  [
    'POST /ops/loans/{loanId}/day-close-release',
    'release-parked-loan',
    'loans that were set aside by the day close cannot be put back',
  ],
  ['GET /ops/parked-loans', 'list-parked-loans', 'nobody sees which loans the day close set aside'],
  ['GET /ops/business-days', 'list-business-days', 'nobody sees which dates were closed'],
  ['POST /ops/loans/{loanId}/payments', 'post-payment', 'operators cannot post money'],
  [
    'POST /ops/loans/{loanId}/reversals',
    'reverse-payment',
    'payments posted to a wrong loan stay there',
  ],
  ['POST /ops/loans/{loanId}/refunds', 'refund-credit', 'overpayments are not paid back'],
  [
    'POST /ops/loans/{loanId}/order-outcomes',
    'confirm-order',
    'debits and refunds whose bank cannot be asked stay open',
  ],
  [
    'POST /ops/loans/{loanId}/write-off-requests',
    'request-write-off',
    'loans that are lost cannot be given up',
  ],
  [
    'POST /ops/loans/{loanId}/restructuring-requests',
    'request-restructuring',
    'operators cannot ask for another plan of a loan',
  ],
  ['GET /ops/receipts', 'list-suspense', 'operators cannot see money in suspense'],
  [
    'POST /ops/receipts/{receiptId}/assignment',
    'assign-receipt',
    'money in suspense cannot be posted to its loan',
  ],
  ['GET /ops/audit/{subjectId}', 'get-audit', 'auditors cannot read the chain'],
  ['GET /ops/catalog/drafts', 'list-drafts', 'operators cannot see which drafts wait for approval'],
  ['GET /ops/catalog/drafts/{draftId}', 'get-draft', 'operators cannot read a draft'],
  ['POST /ops/catalog/drafts', 'draft-catalog-item', 'terms and policies cannot be drafted'],
  [
    'POST /ops/catalog/drafts/{draftId}/submission',
    'submit-draft',
    'drafts cannot be handed in for approval',
  ],
  [
    'POST /ops/catalog/drafts/{draftId}/approval',
    'decide-draft',
    'drafts cannot be published: terms and policies stay as they are',
  ],
  ['GET /ops/catalog', 'list-catalog', 'operators cannot see the terms in force'],
  ['GET /ops/models', 'list-models', 'operators cannot see whether a scorecard is stale'],
];

/**
 * Every route of the API. A handler without an entry here has no way in, and an entry always says who lets a request in:
 * the API is built from this table alone.
 */
export const routes: readonly Route[] = [
  ...partnerRoutes.map(([request, name, errorImpact]) => ({
    ...split(request),
    entry: `functions/${name}.ts`,
    authoriser: 'Partner' as const,
    errorImpact,
  })),
  ...operatorRoutes.map(([request, name, errorImpact]) => ({
    ...split(request),
    entry: `functions/operator-api/${name}.ts`,
    authoriser: 'Operator' as const,
    errorImpact,
  })),
  {
    method: 'GET',
    path: '/v1/openapi.json',
    entry: 'functions/partner-api/get-openapi.ts',
    authoriser: 'None',
    errorImpact: 'partners cannot read the description of the API',
  },
  {
    method: 'POST',
    path: '/callbacks/signatures',
    entry: 'functions/callbacks/signature-callback.ts',
    authoriser: 'Callback',
    errorImpact: 'signed contracts are not noticed and their loans not paid out',
  },
  {
    method: 'POST',
    path: '/callbacks/payouts',
    entry: 'functions/callbacks/payout-callback.ts',
    authoriser: 'Callback',
    errorImpact: 'the bank cannot report payouts: they are found by asking, later',
  },
  {
    method: 'POST',
    path: '/callbacks/messages',
    entry: 'functions/callbacks/message-callback.ts',
    authoriser: 'Callback',
    errorImpact: 'nobody learns which messages arrived, and nobody is called instead',
  },
  {
    method: 'POST',
    path: '/callbacks/debits',
    entry: 'functions/callbacks/debit-callback.ts',
    authoriser: 'Callback',
    errorImpact: 'the bank cannot report debits: they are found by asking, later',
  },
  {
    method: 'POST',
    path: '/callbacks/receipts',
    entry: 'functions/callbacks/receipt-callback.ts',
    authoriser: 'Callback',
    errorImpact: 'money that arrives at the bank is not booked until the bank reports it again',
  },
  {
    method: 'POST',
    path: '/callbacks/compensations',
    entry: 'functions/callbacks/compensation-callback.ts',
    authoriser: 'Callback',
    errorImpact: 'nobody learns what guarantors decide about claims before their money comes',
  },
];

function split(request: RouteFacts[0]): Pick<Route, 'method' | 'path'> {
  const [method, path] = request.split(' ');
  if ((method !== 'GET' && method !== 'POST') || path === undefined)
    throw new Error(`not a route: ${request}`);
  return { method, path };
}
