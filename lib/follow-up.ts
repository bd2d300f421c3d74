import { Construct } from 'constructs';
import { uses } from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** 定期回访: visits to borrowers after payout, and what comes of their answers. */
export class FollowUp extends Construct {
  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const { eventBus, loans, catalog, tasks } = data;
    const openVisit = new WorkflowFunction(this, 'OpenVisit', {
      entry: 'functions/follow-up/open-visit.ts',
      errorImpact: 'borrowers are not visited: misuse of funds and lost income go unseen',
      isAsynchronous: true,
      access: [uses(loans, 'GetItem'), uses(catalog, 'GetItem'), uses(tasks, 'PutItem')],
    });
    new EventTrigger(this, 'OnVisitDue', {
      description: 'Puts visits that have fallen due into the queue',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['FollowUpVisitDue'] },
      target: openVisit,
    });
    const recordVisit = new WorkflowFunction(this, 'RecordVisit', {
      entry: 'functions/follow-up/record-visit.ts',
      errorImpact: 'what borrowers said at a visit reaches neither their loan nor a supervisor',
      isAsynchronous: true,
      access: [uses(loans, 'Query', 'PutItem'), uses(tasks, 'GetItem', 'PutItem')],
    });
    new EventTrigger(this, 'OnVisitMade', {
      description: 'Puts the answers of a visit on the loan',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskDecided'],
        detail: { kind: ['FollowUpVisit'] },
      },
      target: recordVisit,
    });
  }
}
