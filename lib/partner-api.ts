import { Construct } from 'constructs';
import {
  failsTasks,
  asksProviders,
  knows,
  opensPersonalData,
  queries,
  readsObjects,
  sealsPersonalData,
  uses,
  writesObjects,
  type Access,
} from './constructs/access.ts';
import type { Api } from './constructs/api.ts';
import { HouseStack } from './constructs/house-stack.ts';
import { addRoutes } from './constructs/route-functions.ts';
import type { DataStack } from './data-stack.ts';

export interface PartnerApiProps {
  readonly data: DataStack;
  readonly api: Api;
}

/** What partners may ask for, and what each answer may touch. */
export class PartnerApi extends Construct {
  constructor(scope: Construct, id: string, { data, api }: PartnerApiProps) {
    super(scope, id);
    addRoutes(this, api, {
      authorisers: ['Partner', 'None'],
      access: accessByEntry(this, data),
    });
  }
}

function accessByEntry(scope: Construct, data: DataStack): Record<string, readonly Access[]> {
  const { applications, catalog, contracts, documents, idempotencyKeys, loans, tasks } = data;
  const { receipts } = data;
  const readsLoan = uses(loans, 'GetItem', 'Query');
  const { personalDataKey, providerSecret } = data;
  const changesApplication = uses(applications, 'GetItem', 'PutItem');
  const readsCatalog = uses(catalog, 'GetItem', 'Query');
  const readsVersion = uses(catalog, 'GetItem');
  const remembersRequests = uses(idempotencyKeys, 'GetItem', 'PutItem');
  return {
    'functions/partner-api/list-products.ts': [readsCatalog],
    'functions/partner-api/get-product.ts': [readsVersion],
    'functions/partner-api/create-quote.ts': [remembersRequests],
    'functions/partner-api/submit-application.ts': [
      uses(applications, 'PutItem'),
      queries(applications, 'ByBorrower'),
      uses(data.people, 'GetItem', 'PutItem', 'UpdateItem'),
      remembersRequests,
      readsVersion,
      asksProviders(providerSecret),
      sealsPersonalData(personalDataKey),
      acceptsTestArea(scope),
    ],
    'functions/partner-api/list-applications.ts': [
      queries(applications, 'ByPartner'),
      asksProviders(providerSecret),
    ],
    'functions/partner-api/get-application.ts': [
      uses(applications, 'GetItem'),
      readsVersion,
      readsObjects(contracts),
    ],
    'functions/partner-api/register-document.ts': [changesApplication, writesObjects(documents)],
    'functions/partner-api/confirm-disclosure.ts': [changesApplication, readsVersion],
    'functions/partner-api/request-signature.ts': [
      changesApplication,
      asksProviders(providerSecret),
      opensPersonalData(personalDataKey),
    ],
    'functions/partner-api/withdraw-application.ts': [
      uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
      uses(tasks, 'PutItem'),
      queries(tasks, 'ByApplication'),
      // A payout that waits for the registration of a pledge hears of it too.
      failsTasks(scope, 'originate-loan', 'disburse-loan'),
    ],
    'functions/partner-api/request-review.ts': [
      changesApplication,
      uses(tasks, 'GetItem', 'PutItem'),
      queries(tasks, 'ByApplication'),
    ],
    'functions/partner-api/withdraw-consent.ts': [changesApplication],
    'functions/partner-api/get-loan.ts': [readsLoan],
    'functions/partner-api/get-loan-schedule.ts': [readsLoan],
    'functions/partner-api/list-payments.ts': [readsLoan],
    'functions/partner-api/report-payment.ts': [
      uses(loans, 'GetItem', 'PutItem', 'Query'),
      uses(receipts, 'GetItem', 'PutItem'),
    ],
    'functions/partner-api/quote-payoff.ts': [readsLoan, remembersRequests],
    'functions/partner-api/request-restructuring.ts': [
      readsLoan,
      uses(catalog, 'GetItem', 'Query'),
      uses(tasks, 'GetItem', 'PutItem'),
    ],
    'functions/partner-api/get-restructuring-offer.ts': [
      readsLoan,
      uses(catalog, 'GetItem', 'Query'),
    ],
    'functions/partner-api/confirm-restructuring.ts': [
      uses(loans, 'GetItem', 'PutItem', 'Query'),
      uses(catalog, 'GetItem', 'Query'),
    ],
    'functions/partner-api/refuse-restructuring.ts': [
      uses(loans, 'GetItem', 'PutItem', 'Query'),
      uses(catalog, 'GetItem', 'Query'),
      remembersRequests,
    ],
    'functions/partner-api/get-openapi.ts': [],
  };
}

/** Identity numbers of area 99, which nobody has, belong to synthetic applicants: never in production. */
function acceptsTestArea(scope: Construct): Access {
  const { stage } = HouseStack.of(scope).settings;
  return knows({ ALLOW_TEST_AREA: String(stage !== 'production') });
}
