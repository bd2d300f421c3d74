import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoteText } from '#local/cli/quote.ts';

const terms = {
  principalFen: 1_200_000,
  annualRate: '0.1200',
  disbursedOn: '2026-01-31',
  installments: 12,
  method: 'EqualInstallment',
};

describe('quoteText', () => {
  it('answers one set of terms with one quote', () => {
    expect(JSON.parse(quoteText(JSON.stringify({ id: 'a', ...terms })))).toMatchObject({
      id: 'a',
      installmentFen: 106_619,
    });
  });

  it('answers an array in its order, one line each', () => {
    const text = quoteText(
      JSON.stringify([{ id: 1 }, { id: 2 }].map(({ id }) => ({ ...terms, id: String(id) }))),
    );
    const answers = JSON.parse(text) as { id: string }[];
    expect(answers.map(({ id }) => id)).toEqual(['1', '2']);
    expect(text.split('\n')).toHaveLength(4);
  });

  it('answers an empty array with an empty one', () => {
    expect(JSON.parse(quoteText('[]'))).toEqual([]);
  });

  it.each([
    { text: '{"principalFen":1', says: 'the file is not JSON' },
    {
      text: JSON.stringify([terms, { ...terms, extra: 1 }]),
      says: 'record 2: unknown field "extra"',
    },
    {
      text: JSON.stringify([terms, { ...terms, annualRate: 0.12 }]),
      says: 'record 2: field "annualRate"',
    },
    { text: 'null', says: 'record 1' },
    {
      text: JSON.stringify([terms, { id: 'far', ...terms, every: 366, installments: 12 }]),
      says: 'record 2 (id "far"): a date outside 1900-2299',
    },
  ])('refuses everything when one record is wrong: $says', ({ text, says }) => {
    expect(() => quoteText(text)).toThrow(says);
  });
});

describe('zhudai quote', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zhudai-quote-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs the command in a process of its own, as a shell does. */
  async function run(text: string, input: 'file' | 'stdin' = 'file') {
    const file = join(folder, 'terms.json');
    await writeFile(file, text);
    const argument = input === 'file' ? file : '-';
    const child = spawn(process.execPath, ['local/cli/zhudai.ts', 'quote', argument, '--json']);
    child.stdin.end(input === 'stdin' ? text : '');
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout, stderr };
  }

  it('answers exactly the shape of the interface, from a file and from standard input', async () => {
    const example = {
      id: 'echoed',
      ...terms,
      every: 1,
      unit: 'Month',
      firstDueOn: '2026-02-28',
      monthEnd: 'Clamp',
      accrual: 'Thirty360',
      rounding: 'HalfUp',
      interestRounding: 'EachPeriod',
      installmentMultipleFen: 1,
      principalGraceInstallments: 0,
      downPaymentFen: 0,
      fees: [
        { code: 'Guarantee', payeeRole: 'Guarantor', timing: 'EachInstallment', amountFen: 5000 },
      ],
    };
    const { code, stdout, stderr } = await run(JSON.stringify(example));
    expect([code, stderr]).toEqual([0, '']);
    const { schedule, ...answer } = JSON.parse(stdout) as { schedule: object[] };
    expect(answer).toEqual({
      id: 'echoed',
      installmentFen: 106_619,
      totals: { principalFen: 1_200_000, interestFen: 79_423, feeFen: 60_000 },
      apr: { nominal: '0.1200', effective: '0.1268' },
      allInCost: { itemised: '0.2095', combined: '0.2080' },
    });
    expect(schedule).toHaveLength(12);
    expect(schedule[0]).toEqual({
      number: 1,
      dueOn: '2026-02-28',
      principalFen: 94_619,
      interestFen: 12_000,
      feeFen: 5000,
      totalFen: 111_619,
      outstandingFen: 1_105_381,
    });
    expect((await run(JSON.stringify(example), 'stdin')).stdout).toBe(stdout);
  });

  it.each([
    { record: { ...terms, colour: 'red' }, says: 'record 2: unknown field "colour"' },
    { record: { ...terms, principalFen: '1200000' }, says: 'record 2: field "principalFen"' },
    {
      record: { id: 'x7', ...terms, method: undefined },
      says: 'record 2 (id "x7"): field "method"',
    },
  ])('ends with an error and prints nothing else: $says', async ({ record, says }) => {
    const { code, stdout, stderr } = await run(JSON.stringify([terms, record]));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
