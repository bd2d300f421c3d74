import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  answersTasks,
  asksProviders,
  executionArns,
  machineArn,
  opensPersonalData,
  queries,
  readsObjects,
  sealsPersonalData,
  uses,
  writesObjects,
  type Access,
} from './constructs/access.ts';
import { routeFunctions, type RouteFunction } from './constructs/route-functions.ts';
import type { DataStack } from './data-stack.ts';

export interface OperatorApiProps {
  readonly data: DataStack;
}

/** Machines that wait for people and so hand out task tokens. */
const waitingMachines = ['originate-loan', 'disburse-loan', 'escalate-collections'];
const machineNames = [...waitingMachines, 'close-business-day'];

/** What operators may ask for, and what each answer may touch. */
export class OperatorApi extends Construct {
  readonly routes: readonly RouteFunction[];

  constructor(scope: Construct, id: string, { data }: OperatorApiProps) {
    super(scope, id);
    this.routes = routeFunctions(this, {
      authorisers: ['Operator'],
      access: accessByEntry(this, data),
    });
  }
}

function accessByEntry(scope: Construct, data: DataStack): Record<string, readonly Access[]> {
  const {
    applications,
    audit,
    catalog,
    catalogDrafts,
    decisions,
    idempotencyKeys,
    loans,
    metrics,
    notices,
    tasks,
  } = data;
  const remembersRequests = uses(idempotencyKeys, 'GetItem', 'PutItem');
  const changesTask = uses(tasks, 'GetItem', 'PutItem');
  const { personalDataKey, providerSecret, receipts } = data;
  const postsMoney = [uses(loans, 'PutItem', 'Query'), uses(receipts, 'GetItem', 'PutItem')];
  return byEntry({
    'list-tasks': [queries(tasks, 'Inbox')],
    'get-task': [uses(tasks, 'GetItem')],
    'claim-task': [changesTask],
    'release-task': [changesTask],
    'decide-task': [changesTask, answersTasks(scope, ...waitingMachines)],
    'list-executions': [onMachines(scope, 'ListExecutions')],
    'get-execution': [onExecutions(scope, 'DescribeExecution')],
    'get-execution-history': [onExecutions(scope, 'GetExecutionHistory')],
    'redrive-execution': [onExecutions(scope, 'RedriveExecution'), remembersRequests],
    'stop-execution': [onExecutions(scope, 'StopExecution'), remembersRequests],
    'list-applications': [queries(applications, 'ByPartner')],
    'get-application': [uses(applications, 'GetItem'), queries(tasks, 'ByApplication')],
    'get-decisions': [uses(decisions, 'Query'), uses(catalog, 'GetItem')],
    'get-portrait': [
      uses(applications, 'GetItem'),
      queries(applications, 'ByBorrower'),
      uses(loans, 'GetItem', 'Query'),
      queries(loans, 'ByBorrower'),
      queries(tasks, 'ByApplication'),
      uses(decisions, 'Query'),
      uses(data.cases, 'Query'),
    ],
    'open-review': [
      uses(applications, 'GetItem', 'PutItem'),
      uses(tasks, 'GetItem', 'PutItem'),
      queries(tasks, 'ByApplication'),
    ],
    'withdraw-consent': [uses(applications, 'GetItem', 'PutItem')],
    'list-collateral': [uses(applications, 'GetItem'), uses(data.collateral, 'Query')],
    'select-borrowers': [
      uses(applications, 'GetItem'),
      queries(applications, 'ByBorrower'),
      queries(decisions, 'ByPolicy'),
      uses(catalog, 'GetItem'),
      uses(data.blocks, 'GetItem'),
      uses(data.selections, 'PutItem'),
      remembersRequests,
    ],
    ...privacyRoutes(data),
    ...blindIndexRoutes(data),
    'list-decisions': [queries(decisions, 'ByPolicy')],
    'list-shadow-decisions': [queries(decisions, 'ByShadow')],
    'list-loans': [
      uses(loans, 'BatchGetItem'),
      queries(loans, 'ByPartner'),
      queries(loans, 'ByBorrower'),
      queries(loans, 'ByFunder'),
    ],
    'get-loan': [uses(loans, 'GetItem', 'Query')],
    'list-notices': [uses(notices, 'Query')],
    'resend-notice': [
      uses(notices, 'GetItem', 'PutItem'),
      uses(loans, 'GetItem'),
      uses(catalog, 'GetItem', 'Query'),
      remembersRequests,
    ],
    ...collectionRoutes(scope, data),
    'get-loan-file': [uses(loans, 'Query')],
    'list-parked-loans': [uses(loans, 'GetItem'), queries(loans, 'Due')],
    'release-parked-loan': [uses(loans, 'GetItem', 'PutItem', 'UpdateItem'), remembersRequests],
    'list-business-days': [uses(metrics, 'Query')],
    'post-payment': postsMoney,
    'reverse-payment': postsMoney,
    'assign-receipt': postsMoney,
    'list-suspense': [queries(receipts, 'Suspense')],
    'refund-credit': [
      uses(applications, 'GetItem'),
      uses(loans, 'PutItem', 'Query'),
      asksProviders(providerSecret),
      opensPersonalData(personalDataKey),
    ],
    'confirm-order': [uses(loans, 'PutItem', 'Query')],
    'request-write-off': [uses(loans, 'Query'), changesTask],
    'request-restructuring': [uses(loans, 'Query'), uses(catalog, 'GetItem', 'Query'), changesTask],
    'get-audit': [uses(audit, 'Query')],
    'list-drafts': [queries(catalogDrafts, 'ByStatus')],
    'get-draft': [uses(catalogDrafts, 'GetItem')],
    'draft-catalog-item': [
      uses(catalogDrafts, 'GetItem', 'PutItem'),
      uses(catalog, 'GetItem', 'Query'),
      remembersRequests,
    ],
    'submit-draft': [uses(catalogDrafts, 'GetItem', 'PutItem'), remembersRequests],
    'decide-draft': [
      uses(catalogDrafts, 'GetItem', 'PutItem'),
      uses(catalog, 'PutItem'),
      remembersRequests,
    ],
    'list-catalog': [uses(catalog, 'GetItem', 'Query')],
    'list-models': [uses(metrics, 'Query')],
  });
}

function privacyRoutes(data: DataStack): Record<string, readonly Access[]> {
  const { applications, catalog, erasures, loans, personalDataRequests } = data;
  return {
    'enter-data-request': [
      uses(applications, 'GetItem'),
      queries(applications, 'ByBorrower'),
      uses(catalog, 'GetItem', 'Query'),
      uses(loans, 'GetItem'),
      uses(personalDataRequests, 'GetItem', 'PutItem'),
    ],
    'get-data-request': [uses(personalDataRequests, 'GetItem')],
    'copy-personal-data': [
      uses(applications, 'GetItem'),
      queries(applications, 'ByBorrower'),
      uses(catalog, 'GetItem', 'Query'),
      uses(loans, 'Query'),
      uses(data.notices, 'Query'),
      uses(data.blocks, 'GetItem'),
      uses(data.cases, 'Query'),
      uses(personalDataRequests, 'GetItem', 'PutItem'),
      opensPersonalData(data.personalDataKey),
      readsObjects(data.contracts),
      writesObjects(data.contracts),
    ],
    'propose-correction': [
      uses(applications, 'GetItem'),
      uses(catalog, 'GetItem', 'Query'),
      uses(personalDataRequests, 'GetItem', 'PutItem'),
      opensPersonalData(data.personalDataKey),
      sealsPersonalData(data.personalDataKey),
      writesObjects(data.contracts),
    ],
    'decide-correction': [
      readsObjects(data.contracts),
      uses(applications, 'GetItem', 'PutItem'),
      uses(personalDataRequests, 'GetItem', 'PutItem'),
      opensPersonalData(data.personalDataKey),
    ],
    'list-erasures': [uses(erasures, 'Query')],
  };
}

function blindIndexRoutes(data: DataStack): Record<string, readonly Access[]> {
  const { applications, catalog, keyRotations, people, personalDataKey, providerSecret } = data;
  return {
    'get-blind-index': [
      asksProviders(providerSecret),
      uses(keyRotations, 'GetItem'),
      queries(people, 'ByBorrower'),
      queries(people, 'ByKey'),
    ],
    'sweep-blind-index': [
      uses(applications, 'GetItem'),
      queries(applications, 'ByPartner'),
      uses(catalog, 'GetItem', 'Query'),
      uses(people, 'UpdateItem'),
      uses(data.sightings, 'UpdateItem', 'BatchWriteItem'),
      uses(keyRotations, 'GetItem', 'PutItem'),
      asksProviders(providerSecret),
      opensPersonalData(personalDataKey),
    ],
    'retire-blind-index': [
      asksProviders(providerSecret),
      uses(keyRotations, 'GetItem', 'PutItem'),
      uses(people, 'DeleteItem'),
      queries(people, 'ByBorrower'),
      queries(people, 'ByKey'),
    ],
  };
}

function collectionRoutes(scope: Construct, data: DataStack): Record<string, readonly Access[]> {
  const { applications, cases, catalog, metrics, personalDataKey, providerSecret, tasks } = data;
  const readsCatalog = uses(catalog, 'GetItem', 'Query');
  const changesCase = [uses(cases, 'GetItem', 'PutItem'), queries(cases, 'ById')];
  const reserves = [
    uses(cases, 'GetItem', 'PutItem', 'ConditionCheckItem'),
    queries(cases, 'ById'),
    readsCatalog,
  ];
  const endsWork = [uses(tasks, 'GetItem', 'PutItem'), answersTasks(scope, 'escalate-collections')];
  return {
    'list-cases': [uses(cases, 'GetItem'), queries(cases, 'Open')],
    'get-case': [uses(cases, 'GetItem', 'Query'), queries(cases, 'ById')],
    // The number of a third person is recognised by its blind index, whose key is with the providers' keys.
    'reserve-contact': [...reserves, asksProviders(providerSecret)],
    'report-outcome': [...changesCase, readsCatalog, ...endsWork],
    // What is named as evidence must lie with an application of the case.
    'open-case-request': [...changesCase, uses(applications, 'GetItem'), readsCatalog, ...endsWork],
    'withdraw-case-request': [...changesCase, uses(applications, 'GetItem'), ...endsWork],
    'assign-case': [
      ...reserves,
      uses(applications, 'GetItem'),
      asksProviders(providerSecret),
      opensPersonalData(personalDataKey),
    ],
    'agree-contact-hours': [
      ...changesCase,
      uses(applications, 'GetItem'),
      readsCatalog,
      answersTasks(scope, 'escalate-collections'),
    ],
    'recall-case': changesCase,
    'change-case-strategy': [
      ...changesCase,
      uses(catalog, 'GetItem'),
      answersTasks(scope, 'escalate-collections'),
    ],
    'claim-next-case': [uses(tasks, 'GetItem', 'PutItem'), queries(tasks, 'Inbox')],
    'list-collection-results': [uses(metrics, 'Query')],
  };
}

function byEntry(access: Record<string, readonly Access[]>): Record<string, readonly Access[]> {
  return Object.fromEntries(
    Object.entries(access).map(([name, each]) => [`functions/operator-api/${name}.ts`, each]),
  );
}

function onMachines(scope: Construct, action: 'ListExecutions'): Access {
  return {
    environment: machineVariable(scope),
    statements: [
      new PolicyStatement({
        actions: [`states:${action}`],
        resources: machineNames.map((name) => machineArn(scope, name)),
      }),
    ],
  };
}

function onExecutions(
  scope: Construct,
  action: 'DescribeExecution' | 'GetExecutionHistory' | 'RedriveExecution' | 'StopExecution',
): Access {
  return {
    environment: machineVariable(scope),
    statements: [
      new PolicyStatement({
        actions: [`states:${action}`],
        resources: machineNames.map((name) => executionArns(scope, name)),
      }),
    ],
  };
}

function machineVariable(scope: Construct): Record<string, string> {
  return { STATE_MACHINE_ARNS: machineNames.map((name) => machineArn(scope, name)).join(',') };
}
