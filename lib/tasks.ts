import { Construct } from 'constructs';
import {
  answersTasks,
  opensPersonalData,
  queries,
  sealsPersonalData,
  uses,
} from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { Schedule } from './constructs/schedule.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** Human work: opened by a workflow, reminded of, escalated. */
export class Tasks extends Construct {
  readonly openTask: WorkflowFunction;
  readonly applyAnswer: WorkflowFunction;

  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const { applications, loans, payouts, tasks } = data;
    this.openTask = new WorkflowFunction(this, 'OpenTask', {
      entry: 'functions/tasks/open-task.ts',
      mayRefuse: true,
      errorImpact: 'applications that need a person reach none',
      access: [
        uses(applications, 'GetItem', 'PutItem'),
        uses(loans, 'GetItem'),
        uses(payouts, 'GetItem'),
        uses(tasks, 'GetItem', 'PutItem'),
        // What was decided before the workflow asked is answered at once.
        answersTasks(this, 'originate-loan', 'disburse-loan'),
      ],
    });
    this.applyAnswer = new WorkflowFunction(this, 'ApplyAnswer', {
      entry: 'functions/tasks/apply-answer.ts',
      mayRefuse: true,
      errorImpact: 'what reviewers and approvers decided takes no effect',
      access: [
        uses(applications, 'GetItem', 'PutItem', 'DeleteItem'),
        uses(loans, 'GetItem'),
        uses(payouts, 'GetItem'),
        uses(tasks, 'GetItem', 'PutItem'),
      ],
    });
    this.#repeatAnswers(data);
    this.#concludeReviews(data);
    const watchTasks = new WorkflowFunction(this, 'WatchTasks', {
      entry: 'functions/tasks/watch-tasks.ts',
      errorImpact: 'late reviews and approvals are neither reminded of nor escalated',
      isAsynchronous: true,
      access: [uses(tasks, 'GetItem', 'PutItem'), queries(tasks, 'Inbox')],
    });
    new Schedule(this, 'WatchTasksSchedule', {
      description: 'Reminds of open tasks and escalates late ones',
      expression: 'rate(15 minutes)',
      target: watchTasks,
    });
  }

  /** What people decided reaches the workflow even when the route that stored it died before it could say so. */
  #repeatAnswers({ eventBus, tasks }: DataStack): void {
    const answerWorkflow = new WorkflowFunction(this, 'AnswerWorkflow', {
      entry: 'functions/tasks/answer-workflow.ts',
      errorImpact: 'a decision whose first telling was lost leaves its application waiting',
      isAsynchronous: true,
      access: [
        uses(tasks, 'GetItem'),
        answersTasks(this, 'originate-loan', 'disburse-loan', 'escalate-collections'),
      ],
    });
    new EventTrigger(this, 'OnTaskDecided', {
      description: 'Tells the workflow that asked what people decided',
      eventBus,
      eventPattern: { source: ['zhudai'], detailType: ['TaskDecided'] },
      target: answerWorkflow,
    });
  }

  /** A decline that a person overturned, on the borrower's request, goes on as a new application. */
  #concludeReviews({ applications, eventBus, personalDataKey, tasks }: DataStack): void {
    const concludeReview = new WorkflowFunction(this, 'ConcludeReview', {
      entry: 'functions/tasks/conclude-review.ts',
      errorImpact:
        'declines that a person overturned stay declined, and nobody hears of the others',
      isAsynchronous: true,
      access: [
        uses(applications, 'GetItem', 'PutItem'),
        uses(tasks, 'GetItem', 'PutItem'),
        opensPersonalData(personalDataKey),
        sealsPersonalData(personalDataKey),
      ],
    });
    new EventTrigger(this, 'OnDeclineReviewed', {
      description:
        'Says what the review of a decline came to; opens a new application if overturned',
      eventBus,
      eventPattern: {
        source: ['zhudai'],
        detailType: ['TaskDecided'],
        detail: { kind: ['ReviewDecision'], outcome: ['Overturn', 'Uphold'] },
      },
      target: concludeReview,
    });
  }
}
