import { describe, expect, it } from 'vitest';
import { matchesPattern } from '#local/hosting/event-pattern.ts';
import {
  functionsBehind,
  synthesised,
  type Json,
  type SynthesisedResource,
} from './synthesised.ts';

const cloud = synthesised();
const queues = cloud.ofType('AWS::SQS::Queue');

function entriesCalledBy(resources: readonly SynthesisedResource[]): string[] {
  return resources.flatMap(({ properties }) =>
    functionsBehind(cloud, properties).map(({ metadata }) =>
      String(metadata['zhudai:entry']).replace('functions/', ''),
    ),
  );
}

describe('rules', () => {
  const rules = cloud.ofType('AWS::Events::Rule');

  it('start the functions that wait for events', () => {
    expect([...new Set(entriesCalledBy(rules))].sort()).toEqual([
      'collateral/apply-release.ts',
      'collateral/follow-ending.ts',
      'collections/apply-relief.ts',
      'collections/follow-case.ts',
      'collections/follow-loan.ts',
      'collections/follow-relief.ts',
      'collections/open-case.ts',
      'collections/record-result.ts',
      'documents/verify-document.ts',
      'follow-up/open-visit.ts',
      'follow-up/record-visit.ts',
      'notification/notify-loan.ts',
      'notification/notify-review.ts',
      'origination/start-origination.ts',
      'privacy/carry-out-request.ts',
      'servicing/apply-write-off.ts',
      'servicing/claim-compensation.ts',
      'servicing/match-receipts.ts',
      'servicing/offer-restructuring.ts',
      'tasks/answer-workflow.ts',
      'tasks/conclude-review.ts',
      'underwriting/count-decision.ts',
      'underwriting/count-outcome.ts',
    ]);
  });

  it('tell of a refund once: what the order to the bank says of it is no news of the loan', () => {
    const ofLoan = { loanId: 'loan_1', borrowerKey: 'b', version: 12 };
    const ofOrder = { loanId: 'loan_1', record: 'refund#0001', version: 3 };
    const reached = (detail: object) =>
      entriesCalledBy(
        rules.filter(({ properties }) =>
          matchesPattern(properties['EventPattern'], {
            source: 'zhudai',
            'detail-type': 'RefundPaid',
            detail,
          }),
        ),
      ).sort();
    expect(reached(ofLoan)).toEqual(['collections/follow-loan.ts', 'notification/notify-loan.ts']);
    expect(reached(ofOrder)).toEqual([]);
  });

  it('tell people of a debit that the bank refused, which only an order says', () => {
    const called = entriesCalledBy(
      rules.filter(({ properties }) =>
        matchesPattern(properties['EventPattern'], {
          source: 'zhudai',
          'detail-type': 'DebitRefused',
          detail: { loanId: 'loan_1', record: 'debit#2026-12-24', version: 3 },
        }),
      ),
    );
    expect(called).toEqual(['notification/notify-loan.ts']);
  });

  it('try for a day and keep what could not be delivered', () => {
    for (const { properties } of rules) {
      const [target] = properties['Targets'] as Json[];
      expect(target?.['RetryPolicy']).toEqual({
        MaximumEventAgeInSeconds: 86_400,
        MaximumRetryAttempts: 185,
      });
      expect(JSON.stringify(target?.['DeadLetterConfig'])).toContain('DeadLetters');
    }
  });
});

describe('schedules', () => {
  const schedules = cloud.ofType('AWS::Scheduler::Schedule');

  const known = [
    { entry: 'tasks/watch-tasks.ts', expression: 'rate(15 minutes)' },
    { entry: 'disbursement/sweep-payouts.ts', expression: 'rate(1 minute)' },
    { entry: 'privacy/sweep-retention.ts', expression: 'cron(30 3 * * ? *)' },
    { entry: 'day-close/start-day-close.ts', expression: 'cron(5 0 * * ? *)' },
    { entry: 'day-close/start-day-close.ts', expression: 'cron(5 6 * * ? *)' },
    { entry: 'notification/send-waiting-notices.ts', expression: 'rate(5 minutes)' },
    { entry: 'underwriting/watch-models.ts', expression: 'cron(0 6 ? * MON *)' },
    { entry: 'servicing/sweep-orders.ts', expression: 'rate(1 minute)' },
  ];

  it.each(known)('run $entry at $expression', ({ entry, expression }) => {
    const ofEntry = schedules.filter((schedule) => entriesCalledBy([schedule]).includes(entry));
    expect(ofEntry.map(({ properties }) => properties['ScheduleExpression'])).toContain(expression);
  });

  it('go by the clock of Shanghai and keep what could not be delivered', () => {
    expect(schedules).toHaveLength(known.length);
    for (const { properties } of schedules) {
      expect(properties['ScheduleExpressionTimezone']).toBe('Asia/Shanghai');
      const target = properties['Target'] as Json;
      expect(target['DeadLetterConfig']).toBeDefined();
      expect(target['RetryPolicy']).toBeDefined();
    }
  });
});

describe('functions called by events or schedules', () => {
  it('are tried again and leave failures in a queue', () => {
    const configured = cloud.ofType('AWS::Lambda::EventInvokeConfig');
    expect(entriesCalledBy(configured).sort()).toEqual([
      'collateral/apply-release.ts',
      'collateral/follow-ending.ts',
      'collections/apply-relief.ts',
      'collections/follow-case.ts',
      'collections/follow-loan.ts',
      'collections/follow-relief.ts',
      'collections/open-case.ts',
      'collections/record-result.ts',
      'day-close/start-day-close.ts',
      'disbursement/sweep-payouts.ts',
      'documents/verify-document.ts',
      'follow-up/open-visit.ts',
      'follow-up/record-visit.ts',
      'notification/notify-loan.ts',
      'notification/notify-review.ts',
      'notification/send-waiting-notices.ts',
      'origination/start-origination.ts',
      'privacy/carry-out-request.ts',
      'privacy/sweep-retention.ts',
      'servicing/apply-write-off.ts',
      'servicing/claim-compensation.ts',
      'servicing/match-receipts.ts',
      'servicing/offer-restructuring.ts',
      'servicing/sweep-orders.ts',
      'tasks/answer-workflow.ts',
      'tasks/conclude-review.ts',
      'tasks/watch-tasks.ts',
      'underwriting/count-decision.ts',
      'underwriting/count-outcome.ts',
      'underwriting/watch-models.ts',
    ]);
    for (const { properties } of configured) {
      expect(properties['MaximumRetryAttempts']).toBe(2);
      expect(JSON.stringify(properties['DestinationConfig'])).toContain('DeadLetters');
    }
  });
});

describe('stream consumers', () => {
  const mappings = cloud.ofType('AWS::Lambda::EventSourceMapping');

  it.each(['Applications', 'Loans', 'Payouts', 'Receipts', 'Tasks', 'Cases'])(
    'publish the changes of %s',
    (table) => {
      const found = mappings.filter(({ properties }) =>
        JSON.stringify(properties['EventSourceArn']).includes(`GetAtt${table}`),
      );
      expect(entriesCalledBy(found)).toEqual(['audit/publish-changes.ts']);
    },
  );

  it('halve a failing batch, retry only what failed, and give it up to a queue', () => {
    expect(mappings).toHaveLength(12);
    for (const { properties } of mappings) {
      expect(properties['BisectBatchOnFunctionError']).toBe(true);
      expect(properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
      expect(properties['MaximumRetryAttempts']).toBe(10);
      expect(properties['StartingPosition']).toBe('TRIM_HORIZON');
      expect(JSON.stringify(properties['DestinationConfig'])).toContain('DeadLetters');
    }
  });

  it('raise an alarm when they are a minute behind', () => {
    const [alarm] = cloud
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties['MetricName'] === 'IteratorAge');
    expect(alarm?.properties).toMatchObject({ Threshold: 60_000, Statistic: 'Maximum' });
    const [watched] = cloud
      .ofType('AWS::Lambda::Function')
      .filter(({ logicalId }) => JSON.stringify(alarm?.properties).includes(`"${logicalId}"`));
    expect(watched?.metadata['zhudai:entry']).toBe('functions/audit/publish-changes.ts');
  });

  it('take only new images that carry an event', () => {
    for (const { properties } of mappings) {
      const { Filters } = properties['FilterCriteria'] as { Filters: { Pattern: string }[] };
      expect(Filters.map(({ Pattern }) => JSON.parse(Pattern) as Json)).toEqual([
        {
          eventName: ['INSERT', 'MODIFY'],
          dynamodb: { NewImage: { event: { M: { type: { S: [{ exists: true }] } } } } },
        },
      ]);
    }
  });
});

describe('dead-letter queues', () => {
  it('keep for two weeks, encrypted, over TLS alone', () => {
    // One for each function nobody waits for, and one for the streams.
    expect(queues).toHaveLength(cloud.ofType('AWS::Lambda::EventInvokeConfig').length + 1);
    for (const { properties } of queues) {
      expect(properties['MessageRetentionPeriod']).toBe(14 * 24 * 3600);
      expect(properties['SqsManagedSseEnabled']).toBe(true);
    }
    expect(cloud.ofType('AWS::SQS::QueuePolicy')).toHaveLength(queues.length);
  });

  it.each(queues.map(({ logicalId }) => logicalId))(
    '%s raises an alarm at its first message',
    (id) => {
      const [alarm] = cloud
        .ofType('AWS::CloudWatch::Alarm')
        .filter(({ properties }) => JSON.stringify(properties['Dimensions'] ?? '').includes(id));
      expect(alarm?.properties['Threshold']).toBe(1);
      expect(alarm?.properties['AlarmDescription']).toMatch(/^Impact: /);
    },
  );
});
