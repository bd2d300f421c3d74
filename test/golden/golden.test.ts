import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Application } from '#domain/applications/application.ts';
import { CollectionCase } from '#domain/collections/case.ts';
import { Payout } from '#domain/disbursement/payout.ts';
import { readLoanFile } from '#domain/servicing/read-loan-file.ts';
import { verifyChain, type AuditRecord } from '#domain/shared/audit.ts';
import { Task } from '#domain/tasks/task.ts';
import type { Json, JsonObject } from '#local/interpreter/json.ts';
import { TOKEN, type GoldenCall, type GoldenExecution } from '#local/releases/golden-execution.ts';
import { listEntries } from '#lib/bundle-functions.ts';
import { benchWith, untilEnded, type Bench } from '../local/interpreter/support/bench.ts';

/** Every release that was recorded (`npm run golden -- record`): later code is held to what it said and stored. */
const releases = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map(({ name }) => name);
const root = join(import.meta.dirname, '../..');

/**
 * Machines that lost steps since a release: what runs keeps the definition it began with, and no execution ever
 * changes over. That today's functions serve the old definition: test/functions/origination/earlier-release.test.ts.
 */
const redrawnSince: Readonly<Record<string, readonly string[]>> = {
  // ADR 061
  '0.1.0': ['originate-loan'],
};

function isRedrawn(release: string, machine: string): boolean {
  return redrawnSince[release]?.includes(machine) === true;
}

function statesIn(definition = '{}'): readonly string[] {
  return Object.keys((JSON.parse(definition) as { States?: object }).States ?? {});
}

function readJson(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, ...path), 'utf8'));
}

function historiesOf(release: string): readonly (readonly [string, GoldenExecution])[] {
  return readdirSync(join(import.meta.dirname, release, 'histories')).map((file) => [
    file.replace('.json', ''),
    readJson(release, 'histories', file) as GoldenExecution,
  ]);
}

/** The schema of what a function accepts as a task, by the function's name in the machines. */
async function inputOf(name: string): Promise<z.ZodType> {
  const kebab = name.replaceAll(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
  const entry = listEntries().find((each) => each.endsWith(`/${kebab}.ts`));
  if (entry === undefined) throw new Error(`the function ${name} is gone`);
  const loaded = (await import(pathToFileURL(join(root, entry)).href)) as Record<string, unknown>;
  const folder = join(root, entry, '..');
  // Functions of one room may share what they accept.
  const shared = readdirSync(folder).includes('step-input.ts')
    ? ((await import(pathToFileURL(join(folder, 'step-input.ts')).href)) as typeof loaded)
    : {};
  const schema = loaded[`${name}Input`] ?? shared['StepInput'];
  if (!(schema instanceof z.ZodType)) throw new Error(`${entry} exports no ${name}Input`);
  return schema;
}

const token = 'a task token';

function withToken(payload: unknown): unknown {
  return JSON.parse(JSON.stringify(payload).replaceAll(JSON.stringify(TOKEN), `"${token}"`));
}

/** A definition with its tokens put in, each by its own name; the last part of an ARN is that name. */
function definitionOf(text: string): string {
  return text
    .replaceAll(/\$\{(\w+)FunctionArn\}/g, (_, name: string) => name)
    .replaceAll('${DisburseLoanStateMachineArn}', machineArn('disburse-loan'));
}

function machineArn(name: string): string {
  return `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
}

interface Replayed {
  readonly status: string;
  readonly states: readonly string[];
  readonly sent: readonly { readonly function: string; readonly payload: unknown }[];
}

/** Runs an execution again in which every function answers what it answered then. */
async function replay(
  { machine, input, calls, status, states: recorded }: GoldenExecution,
  definitions: Readonly<Record<string, string>>,
): Promise<Replayed> {
  const { length } = recorded;
  const waiting = calls.map((call) => ({ ...call, isDone: false }));
  const states: string[] = [];
  const sent: Replayed['sent'][number][] = [];
  const holder: { bench?: Bench } = {};
  const answer = (name: string, payload: unknown): unknown => {
    sent.push({ function: name, payload });
    const call = waiting.find((each) => !each.isDone && each.function === name);
    // Recorded while it ran: what comes next, nobody knows.
    if (!call && status === 'RUNNING') return new Promise(() => undefined);
    if (!call) throw new Error(`${name} is called once more than it was`);
    call.isDone = true;
    if (call.isAnswered) return answerLater(holder.bench, call, payload);
    if (call.error !== undefined) throw Object.assign(new Error('as it was'), { name: call.error });
    return call.result;
  };
  const bench = await benchWith(
    {},
    {
      invokeLambda: (name, payload) => Promise.resolve().then(() => answer(name, payload)),
      random: () => 0.5,
      onTransition: ({ stateMachineArn, state }) => {
        if (stateMachineArn === machineArn(machine)) states.push(state);
      },
    },
  );
  holder.bench = bench;
  for (const [name, text] of Object.entries(definitions))
    await bench.engine.createStateMachine({ name, definition: definitionOf(text) });
  const { executionArn } = await bench.engine.startExecution({
    stateMachineArn: machineArn(machine),
    input: input as Json,
  });
  const ended = await untilEnded(bench, executionArn);
  bench.engine.stop();
  return {
    status: ended.status,
    states: status === 'RUNNING' ? states.slice(0, length) : states,
    sent,
  };
}

/** What was waited for comes back by the token that the payload carried. */
function answerLater(bench: Bench | undefined, call: GoldenCall, payload: unknown): null {
  const [, given] =
    Object.entries(payload as JsonObject).find(([key]) => key.toLowerCase().includes('token')) ??
    [];
  if (call.error === 'States.Timeout') return null;
  setImmediate(() => {
    const done =
      call.error === undefined
        ? bench?.engine.sendTaskSuccess(String(given), call.result as Json)
        : bench?.engine.sendTaskFailure(String(given), { error: call.error });
    done?.catch(() => undefined);
  });
  return null;
}

function currentDefinitions(): Record<string, string> {
  return definitionsIn(join(root, 'statemachines'));
}

function definitionsIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.asl.json'))
      .map((file) => [file.replace('.asl.json', ''), readFileSync(join(folder, file), 'utf8')]),
  );
}

describe.each(releases)('release %s', (release) => {
  const histories = historiesOf(release);

  it('was recorded with every machine, and with more than one way through the first', () => {
    const machines = histories.map(([, { machine }]) => machine);
    expect(new Set(machines).size).toBeGreaterThanOrEqual(3);
    expect(machines.filter((each) => each === 'originate-loan').length).toBeGreaterThan(2);
  });

  it('sent payloads that every task still accepts', async () => {
    const refused: string[] = [];
    const calls = histories.flatMap(([name, { calls: each }]) =>
      each.map((call) => ({ name, call })),
    );
    expect(calls.length).toBeGreaterThan(30);
    for (const { name, call } of calls) {
      const parsed = (await inputOf(call.function)).safeParse(withToken(call.payload));
      if (!parsed.success) refused.push(`${name} ${call.function}: ${parsed.error.message}`);
    }
    expect(refused).toEqual([]);
  });

  it.each(histories.filter(([, { machine }]) => !isRedrawn(release, machine)))(
    '%s goes the same way through the machine of today',
    async (_, golden) => {
      const now = await replay(golden, currentDefinitions());
      expect(now.states).toEqual(golden.states);
      if (golden.status !== 'RUNNING') expect(now.status).toBe(golden.status);
      for (const { function: name, payload } of now.sent)
        expect((await inputOf(name)).safeParse(payload).error?.message, name).toBeUndefined();
    },
  );

  it('lost steps only where that is written down', () => {
    const kept = definitionsIn(join(import.meta.dirname, release, 'definitions'));
    const today = currentDefinitions();
    const redrawn = Object.keys(kept).filter((name) => {
      const steps = statesIn(today[name]);
      return statesIn(kept[name]).some((step) => !steps.includes(step));
    });
    expect(redrawn).toEqual(redrawnSince[release] ?? []);
  });

  it.each(histories)('%s goes on as it began when its definition is kept', async (_, golden) => {
    const kept = await replay(
      golden,
      definitionsIn(join(import.meta.dirname, release, 'definitions')),
    );
    expect(kept.states).toEqual(golden.states);
  });

  describe('stored items that are still read', () => {
    const items = readJson(release, 'items.json') as Record<string, Record<string, unknown>[]>;
    const of = (table: string): Record<string, unknown>[] =>
      (items[table] ?? []).map((item) => revive(item) as Record<string, unknown>);

    it.each([
      ['Applications', Application, 'applicationId', /^app_/],
      ['Payouts', Payout, 'payoutRef', /./],
      ['Tasks', Task, 'taskId', /./],
      ['Cases', CollectionCase, 'record', /^case#[^#]+$/],
    ] as const)('%s', (table, schema, key, pattern) => {
      const stored = of(table).filter((item) => pattern.test(String(item[key])));
      expect(stored.length).toBeGreaterThan(0);
      for (const item of stored) expect(schema.safeParse(item).error?.message).toBeUndefined();
    });

    it('Audit, each chain intact', () => {
      const bySubject = Map.groupBy(of('Audit'), ({ subjectId }) => String(subjectId));
      expect(bySubject.size).toBeGreaterThan(10);
      for (const [subjectId, records] of bySubject)
        expect(verifyChain(subjectId, inOrder(records)), subjectId).toMatchObject({
          isIntact: true,
        });
    });

    it('Loans, each whole with its payments, entries and schedules', () => {
      const byLoan = Map.groupBy(of('Loans'), ({ loanId }) => String(loanId));
      expect(byLoan.size).toBeGreaterThan(1);
      let served = 0;
      for (const records of byLoan.values())
        if (records.some(({ record }) => record === 'agreement')) {
          served += 1;
          expect(readLoanFile(records as never)).toHaveProperty('loan.status');
        }
      expect(served).toBeGreaterThan(0);
    });
  });
});

function inOrder(records: readonly Record<string, unknown>[]): AuditRecord[] {
  const sorted = records.toSorted((a, b) => Number(a['sequence']) - Number(b['sequence']));
  return sorted as unknown as AuditRecord[];
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value) return Buffer.from(String(value.$bytes), 'base64');
  if ('$set' in value) return new Set(value.$set as unknown[]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revive(each)]));
}
