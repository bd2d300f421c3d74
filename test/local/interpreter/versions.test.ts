import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#local/interpreter/json.ts';
import { createStepFunctionsProtocol } from '#local/interpreter/step-functions-protocol.ts';
import { ask, benchWith, machineOf, settle, untilEnded, type Bench } from './support/bench.ts';

const first = machineOf({ A: { Type: 'Pass', Output: 'first', End: true } });
const second = machineOf({ A: { Type: 'Pass', Output: 'second', End: true } });
const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine';

/** Calls an operation as the SDK does. */
async function call(bench: Bench, operation: string, body: object): Promise<JsonObject> {
  const protocol = createStepFunctionsProtocol(bench.engine);
  const answer = await protocol(`AWSStepFunctions.${operation}`, body);
  return answer.body as JsonObject;
}

async function deploy(bench: Bench, definition: JsonObject): Promise<void> {
  const put = await bench.engine.createStateMachine({ name: 'machine', definition });
  await bench.engine.machines.publications.deploy(put, { alias: 'live', atMs: 1000 });
}

function pointTo(bench: Bench, ...routes: readonly [number, number][]): Promise<JsonObject> {
  return call(bench, 'UpdateStateMachineAlias', {
    stateMachineAliasArn: `${machine}:live`,
    routingConfiguration: routes.map(([number, weight]) => ({
      stateMachineVersionArn: `${machine}:${number}`,
      weight,
    })),
  });
}

async function outputOf(bench: Bench, stateMachineArn: string): Promise<unknown> {
  const { executionArn } = await bench.engine.startExecution({ stateMachineArn });
  return (await untilEnded(bench, executionArn)).output;
}

async function versionsOf(bench: Bench): Promise<unknown[]> {
  const { stateMachineVersions } = await call(bench, 'ListStateMachineVersions', {
    stateMachineArn: machine,
  });
  return (stateMachineVersions as { stateMachineVersionArn: string }[]).map(
    (each) => each.stateMachineVersionArn,
  );
}

describe('a deployed machine', () => {
  it('has a version for every definition, and an alias that leads to the last one', async () => {
    const bench = await benchWith();
    await deploy(bench, first);
    await deploy(bench, second);
    expect(await versionsOf(bench)).toEqual([`${machine}:2`, `${machine}:1`]);
    expect(await outputOf(bench, `${machine}:live`)).toBe('second');
    expect(await outputOf(bench, `${machine}:1`)).toBe('first');
    expect(await outputOf(bench, machine)).toBe('second');
  });

  it('says by what an execution was started, and lists executions by it', async () => {
    const bench = await benchWith();
    await deploy(bench, first);
    const { executionArn } = await bench.engine.startExecution({
      stateMachineArn: `${machine}:live`,
    });
    await outputOf(bench, machine);
    const startedBy = {
      stateMachineArn: machine,
      stateMachineVersionArn: `${machine}:1`,
      stateMachineAliasArn: `${machine}:live`,
    };
    expect(await call(bench, 'DescribeExecution', { executionArn })).toMatchObject(startedBy);
    const byAlias = await call(bench, 'ListExecutions', { stateMachineArn: `${machine}:live` });
    expect(byAlias['executions']).toMatchObject([{ executionArn, ...startedBy }]);
    const all = await call(bench, 'ListExecutions', { stateMachineArn: machine });
    expect(all['executions']).toHaveLength(2);
  });

  it('stays where a rollback pointed it when the same definition is deployed again', async () => {
    const bench = await benchWith();
    await deploy(bench, first);
    await deploy(bench, second);
    await pointTo(bench, [1, 100]);
    await deploy(bench, second);
    expect(await outputOf(bench, `${machine}:live`)).toBe('first');
    // The next release leads it forward again, to a number that was never given before.
    await deploy(bench, machineOf({ A: { Type: 'Pass', Output: 'third', End: true } }));
    expect(await outputOf(bench, `${machine}:live`)).toBe('third');
    expect(await versionsOf(bench)).toHaveLength(3);
  });

  it('keeps the definition of an execution under way, and its versions, through a restart', async () => {
    const tokens: string[] = [];
    const keep = ({ token }: { token: string }) => void tokens.push(token);
    const waiting = machineOf({
      Ask: ask('keep', { Next: 'Told' }),
      Told: { Type: 'Pass', Output: 'as it began', End: true },
    });
    const before = await benchWith({ keep });
    await deploy(before, waiting);
    const { executionArn } = await before.engine.startExecution({
      stateMachineArn: `${machine}:live`,
    });
    await settle();
    before.engine.stop();

    const after = await benchWith({ keep }, { store: before.store, clock: before.clock });
    await after.engine.machines.publications.load();
    await deploy(after, second);
    await after.engine.start();
    expect(await outputOf(after, `${machine}:live`)).toBe('second');
    await after.engine.sendTaskSuccess(tokens[0] ?? '', {});
    expect((await untilEnded(after, executionArn)).output).toBe('as it began');
    expect(await versionsOf(after)).toEqual([`${machine}:2`, `${machine}:1`]);
  });

  it('shows the definition of a version and of an alias', async () => {
    const bench = await benchWith();
    await deploy(bench, first);
    await deploy(bench, second);
    for (const [qualifier, definition] of [
      ['1', first],
      ['live', second],
    ] as const) {
      const shown = await call(bench, 'DescribeStateMachine', {
        stateMachineArn: `${machine}:${qualifier}`,
      });
      expect(shown['stateMachineArn']).toBe(`${machine}:${qualifier}`);
      expect(JSON.parse(String(shown['definition']))).toEqual(definition);
    }
  });
});

describe('an alias', () => {
  it('shares the executions out by its weights', async () => {
    const draws = [0.05, 0.0999, 0.1, 0.9];
    const bench = await benchWith({}, { random: () => draws.shift() ?? 0 });
    await deploy(bench, first);
    await deploy(bench, second);
    await pointTo(bench, [2, 10], [1, 90]);
    const outputs: unknown[] = [];
    for (let turn = 0; turn < 4; turn += 1) outputs.push(await outputOf(bench, `${machine}:live`));
    expect(outputs).toEqual(['second', 'second', 'first', 'first']);
  });

  it.each([
    ['a version that is not there', [[7, 100]], 'ResourceNotFound'],
    ['less than the whole', [[1, 90]], 'ValidationException'],
    [
      'the same version twice',
      [
        [1, 50],
        [1, 50],
      ],
      'ValidationException',
    ],
  ] as const)('is not pointed at %s', async (_, routes, type) => {
    const bench = await benchWith();
    await deploy(bench, first);
    const answer = await pointTo(
      bench,
      ...routes.map(([number, weight]): [number, number] => [number, weight]),
    );
    expect(answer['__type']).toBe(type);
    expect(await outputOf(bench, `${machine}:live`)).toBe('first');
  });

  it('holds its version: what it leads to cannot be deleted', async () => {
    const bench = await benchWith();
    await deploy(bench, first);
    await deploy(bench, second);
    const remove = (number: number) =>
      call(bench, 'DeleteStateMachineVersion', {
        stateMachineVersionArn: `${machine}:${number}`,
      });
    expect((await remove(2))['__type']).toBe('ConflictException');
    expect(await remove(1)).toEqual({});
    expect(await versionsOf(bench)).toEqual([`${machine}:2`]);
  });

  it('that is not there starts nothing', async () => {
    const bench = await benchWith();
    await deploy(bench, first);
    const answer = await call(bench, 'StartExecution', { stateMachineArn: `${machine}:other` });
    expect(answer['__type']).toBe('StateMachineDoesNotExist');
  });
});
