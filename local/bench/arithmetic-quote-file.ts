import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomLoans } from './arithmetic-oracle.ts';

export interface QuoteFileCost {
  loans: number;
  answerMegabytes: number;
  cpuSeconds: number;
  wallSeconds: number;
}

/** What the command costs from start to exit, in CPU time of all its threads. */
export async function quoteFileCost(loans: number): Promise<QuoteFileCost> {
  const folder = await mkdtemp(join(tmpdir(), 'zhudai-bench-quote-'));
  try {
    const file = join(folder, 'terms.json');
    const terms = randomLoans(loans, 7, (draw) => 3 + Math.floor(draw() * 34)).map(
      (loan, index) => ({
        id: `loan-${String(index)}`,
        principalFen: loan.principalFen,
        annualRate: (loan.ratePpm / 1_000_000).toFixed(6),
        disbursedOn: `2026-${String(1 + (index % 12)).padStart(2, '0')}-15`,
        installments: loan.installments,
        method: 'EqualInstallment',
      }),
    );
    await writeFile(file, JSON.stringify(terms));
    return { loans, ...(await measure(file)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Wraps the command in a process that reports its own CPU time when it ends. */
async function measure(file: string): Promise<Omit<QuoteFileCost, 'loans'>> {
  const command = fileURLToPath(new URL('../cli/zhudai.ts', import.meta.url));
  const report =
    "process.on('exit',()=>{const u=process.cpuUsage();process.stderr.write(JSON.stringify(u))})";
  const preload = `data:text/javascript,${encodeURIComponent(report)}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', preload, command, 'quote', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let bytes = 0;
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`zhudai quote ended with ${String(code)}: ${errors}`);
  const { user, system } = JSON.parse(errors.slice(errors.lastIndexOf('{'))) as NodeJS.CpuUsage;
  return {
    answerMegabytes: Math.round(bytes / 1e5) / 10,
    cpuSeconds: Math.round((user + system) / 1e4) / 100,
    wallSeconds: Math.round((performance.now() - startedAt) / 10) / 100,
  };
}
