import { readFile } from 'node:fs/promises';
import { Cases, isConsidered, type Case } from './conformance/cases.ts';
import { runCase, type CaseResult } from './conformance/run-case.ts';

/** What a file of cases came to. */
export interface ConformanceReport {
  /** Cases in JSONata or neutral of language: those that count. */
  readonly total: number;
  readonly agree: number;
  readonly considered: readonly string[];
  readonly misses: readonly {
    readonly id: string;
    readonly field: string;
    readonly expected: unknown;
    readonly got: unknown;
  }[];
  /** Of the cases that agree, those whose events agree in every detail, ids and links too. */
  readonly eventsAgree: number;
  readonly eventMisses: readonly string[];
  /** Cases that need JSONPath: how many the loader refuses, and how many run and agree all the same. */
  readonly notConsidered: {
    readonly total: number;
    readonly refused: number;
    readonly agree: number;
  };
}

/** Runs every case of a file. */
export async function runConformance(cases: readonly Case[]): Promise<ConformanceReport> {
  const considered = cases.filter(isConsidered);
  const results: CaseResult[] = [];
  for (const given of considered) results.push(await runSafely(given));
  const others: CaseResult[] = [];
  for (const given of cases) if (!isConsidered(given)) others.push(await runSafely(given));
  const agreeing = results.filter(({ differences }) => differences.length === 0);
  const exact = agreeing.filter(({ eventDifferences }) => eventDifferences.length === 0);
  return {
    total: considered.length,
    agree: agreeing.length,
    considered: considered.map(({ id }) => id),
    misses: results.flatMap(({ id, differences }) =>
      differences.map((difference) => ({ id, ...difference })),
    ),
    eventsAgree: exact.length,
    eventMisses: agreeing
      .filter(({ eventDifferences }) => eventDifferences.length > 0)
      .map(({ id, eventDifferences: [first] }) => `${id}: ${JSON.stringify(first)}`),
    notConsidered: {
      total: others.length,
      refused: others.filter(({ differences }) => differences.some(isRefusal)).length,
      agree: others.filter(({ differences }) => differences.length === 0).length,
    },
  };
}

function isRefusal({ got, expected }: { got: unknown; expected: unknown }): boolean {
  return expected === 'created' || JSON.stringify(got ?? '').includes('which is not supported');
}

async function runSafely(given: Case): Promise<CaseResult> {
  try {
    return await runCase(given);
  } catch (error) {
    const got = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      id: given.id,
      differences: [{ field: 'run', expected: 'an answer', got }],
      eventDifferences: [],
    };
  }
}

function print(report: ConformanceReport): void {
  const { total, agree, misses, notConsidered, eventsAgree, eventMisses } = report;
  for (const { id, field, expected, got } of misses) {
    console.log(`MISS ${id}: ${field}`);
    console.log(`  expected ${JSON.stringify(expected)}`);
    console.log(`  got      ${JSON.stringify(got)}`);
  }
  for (const line of eventMisses) console.log(`EVENTS ${line}`);
  const share = total === 0 ? 100 : (agree / total) * 100;
  console.log(
    `${agree} of ${total} JSONata and language-neutral cases agree (${share.toFixed(1)} %); ` +
      `${eventsAgree} of them in every detail of every event`,
  );
  console.log(
    `${notConsidered.total} further cases need JSONPath: ${notConsidered.refused} refused by name, ${notConsidered.agree} agree`,
  );
}

async function main(given: readonly string[]): Promise<number> {
  const isJson = given.includes('--json');
  const file = given.find((argument) => !argument.startsWith('--'));
  if (file === undefined) {
    console.error('usage: npm run conformance -- FILE [--json]');
    return 2;
  }
  let cases: readonly Case[];
  try {
    cases = Cases.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    console.error(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  const report = await runConformance(cases);
  if (isJson) console.log(JSON.stringify(report, null, 2));
  else print(report);
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
