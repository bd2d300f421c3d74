import { Construct } from 'constructs';
import { answersTasks, asksProviders, failsTasks, queries, uses } from './constructs/access.ts';
import { routeFunctions, type RouteFunction } from './constructs/route-functions.ts';
import type { DataStack } from './data-stack.ts';

export interface CallbacksProps {
  readonly data: DataStack;
}

/** Where providers report. They sign what they send, and the handler checks it before it reads on. */
export class Callbacks extends Construct {
  readonly routes: readonly RouteFunction[];

  constructor(scope: Construct, id: string, { data }: CallbacksProps) {
    super(scope, id);
    const { applications, catalog, loans, notices, payouts, providerSecret, tasks } = data;
    const { receipts } = data;
    this.routes = routeFunctions(this, {
      authorisers: ['Callback'],
      access: {
        'functions/callbacks/signature-callback.ts': [
          asksProviders(providerSecret),
          uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
          uses(tasks, 'GetItem', 'PutItem'),
          answersTasks(this, 'originate-loan'),
          failsTasks(this, 'originate-loan'),
        ],
        'functions/callbacks/payout-callback.ts': [
          asksProviders(providerSecret),
          uses(applications, 'GetItem', 'PutItem'),
          uses(catalog, 'GetItem'),
          uses(loans, 'GetItem', 'PutItem'),
          uses(payouts, 'GetItem', 'PutItem'),
        ],
        'functions/callbacks/message-callback.ts': [
          asksProviders(providerSecret),
          uses(catalog, 'GetItem'),
          uses(notices, 'GetItem', 'PutItem'),
        ],
        'functions/callbacks/debit-callback.ts': [
          asksProviders(providerSecret),
          uses(loans, 'PutItem', 'Query'),
        ],
        'functions/callbacks/compensation-callback.ts': [
          asksProviders(providerSecret),
          uses(loans, 'PutItem', 'Query'),
          queries(loans, 'ByContract'),
        ],
        'functions/callbacks/receipt-callback.ts': [
          asksProviders(providerSecret),
          uses(loans, 'GetItem', 'PutItem', 'Query'),
          queries(loans, 'ByContract'),
          uses(receipts, 'GetItem', 'PutItem'),
          queries(receipts, 'Matching'),
        ],
      },
    });
  }
}
