import { existsSync, readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { errorNames } from '#domain/shared/errors.ts';
import { machines, states, type State } from './machine-files.ts';

/** What AWS itself reports, for the resources the machines use. */
const awsErrors = [
  'States.Timeout',
  'States.TaskFailed',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'StepFunctions.ExecutionLimitExceededException',
  'StepFunctions.SdkClientException',
];
const known: readonly string[] = [...awsErrors, ...errorNames];

const tasks = states.filter(({ state }) => state.Type === 'Task');
const choices = states.filter(({ state }) => state.Type === 'Choice');

describe.each(machines)('$name', (machine) => {
  it('says what it is for, speaks JSONata and ends in time', () => {
    expect(machine.Comment.length).toBeGreaterThan(40);
    expect(machine.QueryLanguage).toBe('JSONata');
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });

  it('reaches every state, and names none that is not there', () => {
    const targets = Object.values(machine.States).flatMap(nextOf);
    expect(new Set([machine.StartAt, ...targets])).toEqual(new Set(Object.keys(machine.States)));
    for (const { ItemProcessor } of Object.values(machine.States)) {
      if (ItemProcessor === undefined) continue;
      const inner = Object.values(ItemProcessor.States).flatMap(nextOf);
      expect(new Set([ItemProcessor.StartAt, ...inner])).toEqual(
        new Set(Object.keys(ItemProcessor.States)),
      );
    }
  });

  it('waits longer as a whole than in any of its states', () => {
    const longest = Object.values(machine.States).map(({ TimeoutSeconds }) =>
      typeof TimeoutSeconds === 'number' ? TimeoutSeconds : 0,
    );
    expect(machine.TimeoutSeconds).toBeGreaterThan(Math.max(...longest));
  });

  it('never calculates: JSONata compares, joins names and passes on', () => {
    for (const [expression] of machine.text.matchAll(/\{%.*?%\}/g))
      expect(expression).not.toMatch(/\$(sum|round|number|average|max|min)\b| [*/+] | - |\d\.\d/);
  });

  it('is drawn in the README', () => {
    const readme = readFileSync(new URL('../../statemachines/README.md', import.meta.url), 'utf8');
    for (const { machine: owner, name } of states)
      if (owner === machine.name) expect(readme).toContain(name);
  });
});

describe.each(tasks)('$machine.$name', ({ state }) => {
  it('says why it is there and has a time limit', () => {
    expect(state.Comment?.length ?? 0).toBeGreaterThan(10);
    // A wait may be as long as the step before said: the domain bounds it (WAIT_MAX_DAYS).
    if (typeof state.TimeoutSeconds === 'string')
      expect(state.TimeoutSeconds).toBe('{% $states.input.waitSeconds %}');
    else expect(state.TimeoutSeconds).toBeGreaterThan(0);
  });

  it('retries by name, with full jitter, and never everything', () => {
    const retriers = state.Retry ?? [];
    expect(retriers.length).toBeGreaterThan(0);
    for (const { ErrorEquals, JitterStrategy, MaxAttempts } of retriers) {
      expect(JitterStrategy).toBe('FULL');
      expect(MaxAttempts).toBeLessThanOrEqual(10);
      for (const name of ErrorEquals) expect(known).toContain(name);
      expect(ErrorEquals).not.toContain('States.ALL');
      expect(ErrorEquals).not.toContain('States.TaskFailed');
    }
  });

  it('names no error twice among its retriers', () => {
    const names = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(names).toEqual([...new Set(names)]);
  });

  it('catches by names that exist', () => {
    for (const { ErrorEquals } of state.Catch ?? [])
      for (const name of ErrorEquals) expect(known).toContain(name);
  });

  it('passes ids and small facts only', () => {
    const text = JSON.stringify(state.Arguments);
    expect(text).not.toMatch(/\$states\.input *%\}|\$states\.result/);
  });

  it.runIf(waits(state))('has a way on when nobody answers', () => {
    const caught = (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(caught).toContain('States.Timeout');
    expect(text(state)).toContain('$states.context.Task.Token');
    expect(state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.Timeout');
  });

  it.runIf(!waits(state) && isLambda(state))('gives its function less time than itself', () => {
    expect(state.TimeoutSeconds).toBeGreaterThan(60);
  });

  it.runIf(isLambda(state))('calls a function that has a file', () => {
    const [, name = ''] = /\$\{(\w+)FunctionArn\}/.exec(text(state)) ?? [];
    const file = name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
    const folders = [
      'origination',
      'disbursement',
      'tasks',
      'notification',
      'day-close',
      'collections',
      'collateral',
    ];
    const paths = folders.map(
      (folder) => new URL(`../../functions/${folder}/${file}.ts`, import.meta.url),
    );
    expect(paths.some((path) => existsSync(path))).toBe(true);
  });
});

describe.each(choices)('$machine.$name', ({ state }) => {
  it('explains every rule', () => {
    for (const { Comment } of state.Choices ?? []) expect(Comment?.length ?? 0).toBeGreaterThan(10);
    expect(state.Default).toBeDefined();
  });
});

/** What enters a Choice, and where it must lead: every rule and every default once. */
const routes = [
  ['RouteAnswer', { kind: 'ReviewDocuments', outcome: 'Approve' }, 'CheckCredit'],
  ['RouteAnswer', { kind: 'ReviewDocuments', outcome: 'RequestMore' }, 'AwaitDocuments'],
  ['RouteAnswer', { kind: 'ReviewDocuments', outcome: 'Reject' }, 'NotifyOutcome'],
  ['RouteAnswer', { kind: 'CheckCreditManually', outcome: 'Retry' }, 'CheckCredit'],
  ['RouteAnswer', { kind: 'CheckCreditManually', outcome: 'Approve' }, 'DecideApplication'],
  ['RouteAnswer', { kind: 'CheckCreditManually', outcome: 'Reject' }, 'NotifyOutcome'],
  ['RouteAnswer', { kind: 'ApproveApplication', outcome: 'Approve' }, 'OfferContract'],
  ['RouteAnswer', { kind: 'ApproveApplication', outcome: 'Reject' }, 'NotifyOutcome'],
  ['RouteAnswer', { kind: 'ResolvePayout', outcome: 'Retry' }, 'DisburseLoan'],
  ['RouteAnswer', { kind: 'ResolvePayout', outcome: 'Cancel' }, 'CancelLoan'],
  ['RouteExpiry', { outcome: 'Answered', $: 'AwaitDocuments' }, 'ReviewDocuments'],
  ['RouteExpiry', { outcome: 'Answered', $: 'AwaitSignature' }, 'DisburseLoan'],
  ['RouteExpiry', { outcome: 'Answered', $: 'ReviewDocuments' }, 'ApplyAnswer'],
  ['RouteExpiry', { outcome: 'Answered', $: 'ResolvePayout' }, 'ApplyAnswer'],
  ['RouteExpiry', { outcome: 'Expired', $: 'ResolvePayout' }, 'CancelLoan'],
  ['RouteExpiry', { outcome: 'Expired', $: 'ApproveApplication' }, 'NotifyOutcome'],
  ['IsShardDone', { isDone: false }, 'CloseShard'],
  ['IsShardDone', { isDone: true }, 'ShardDone'],
  ['IsDayClosed', { status: 'Closed' }, 'DayClosed'],
  ['IsDayClosed', { status: 'Incomplete' }, 'DayIncomplete'],
  ['RouteStep', { step: 'ContactBorrower' }, 'ContactBorrower'],
  ['RouteStep', { step: 'AwaitCollector' }, 'AwaitCollector'],
  ['RouteStep', { step: 'SendLetter' }, 'SendLetter'],
  ['RouteStep', { step: 'AwaitDisposal' }, 'AwaitDisposal'],
  ['RouteStep', { step: 'RenewEscalation' }, 'RenewEscalation'],
  ['RouteStep', { step: 'Closed' }, 'CaseClosed'],
  ['RouteStep', { step: 'AwaitNextStep' }, 'AwaitNextStep'],
] as const;

describe('every Choice', () => {
  it.each(routes)('%s leads %j to %s', async (name, input, expected) => {
    const state = states.find((found) => found.name === name)?.state;
    expect(await chosen(state, input)).toBe(expected);
  });

  it('has a case for every rule of every Choice', () => {
    const rules = choices.flatMap(({ name, state }) =>
      [...(state.Choices ?? []).map(({ Next }) => Next), state.Default].map(
        (next) => `${name} ${next}`,
      ),
    );
    const covered = new Set<string>(routes.map(([name, , next]) => `${name} ${next}`));
    expect(rules.filter((rule) => !covered.has(rule))).toEqual([]);
  });
});

async function chosen(
  state: State | undefined,
  { $: waitedFor, ...input }: { readonly $?: string; readonly [fact: string]: unknown },
): Promise<string | undefined> {
  for (const { Condition, Next } of state?.Choices ?? []) {
    const expression = jsonata(Condition.replace(/^\{%|%\}$/g, ''));
    if ((await expression.evaluate({}, { states: { input }, waitedFor })) === true) return Next;
  }
  return state?.Default;
}

function nextOf(state: State): string[] {
  return [
    state.Next,
    state.Default,
    ...(state.Choices ?? []).map(({ Next }) => Next),
    ...(state.Catch ?? []).map(({ Next }) => Next),
  ].filter((name) => name !== undefined);
}

function waits({ Resource = '' }: State): boolean {
  return Resource.endsWith('.waitForTaskToken');
}

function isLambda({ Resource = '' }: State): boolean {
  return Resource.includes('lambda:invoke');
}

function text(state: State): string {
  return JSON.stringify(state);
}
