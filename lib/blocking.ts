import { Construct } from 'constructs';
import { queries, uses } from './constructs/access.ts';
import { routeFunctions, type RouteFunction } from './constructs/route-functions.ts';
import type { DataStack } from './data-stack.ts';

/** 黑名单: who is blocked, by whom and until when; lifted by two people. */
export class Blocking extends Construct {
  readonly routes: readonly RouteFunction[];

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const { applications, blocks, idempotencyKeys, loans, people } = data;
    const remembersRequests = uses(idempotencyKeys, 'GetItem', 'PutItem');
    const changesBlock = [uses(blocks, 'GetItem', 'PutItem'), remembersRequests];
    this.routes = routeFunctions(this, {
      authorisers: ['Operator'],
      access: {
        'functions/operator-api/enter-block.ts': [
          ...changesBlock,
          uses(applications, 'GetItem'),
          uses(loans, 'GetItem'),
        ],
        'functions/operator-api/list-blocks.ts': [queries(blocks, 'Standing')],
        'functions/operator-api/get-block.ts': [uses(blocks, 'GetItem')],
        'functions/operator-api/request-block-lift.ts': changesBlock,
        'functions/operator-api/decide-block-lift.ts': [
          ...changesBlock,
          // Whom nothing but the block kept.
          uses(people, 'DeleteItem'),
          queries(people, 'ByBorrower'),
        ],
      },
    });
  }
}
