import { readFileSync } from 'node:fs';
import { sendRaw } from '../sandbox/http-json.ts';
import { SandboxOperator } from '../sandbox/operator.ts';
import { ConsoleOutput } from './console-output.ts';
import { findCredentials } from './credentials.ts';
import { replaySamples } from './replay.ts';
import type { ReplayItem, ReplayProgress } from './replay.ts';
import { describeReplay } from './replay-summary.ts';
import type { CommandFlags } from './credentials.ts';

export interface ReplayFlags extends CommandFlags {
  readonly count: string;
  readonly offset: string;
  readonly concurrency: string;
  readonly autoOperate?: boolean;
  readonly manualBorrower?: boolean;
  readonly file?: string;
}

/** The command `zhudai replay`: sends, shows how far it is, prints what became of each. */
export async function runReplay(flags: ReplayFlags): Promise<void> {
  const count = wholeNumber(flags.count, 'count');
  const { baseUrl, partnerKey } = findCredentials(flags);
  const output = new ConsoleOutput(flags.json ?? false);
  const items = flags.file === undefined ? undefined : itemsInFile(flags.file);
  const staff = flags.autoOperate === true ? staffOf(baseUrl) : undefined;
  const display = output.progress('Replaying applications');
  staff?.start();
  try {
    const report = await replaySamples({
      baseUrl,
      partnerKey,
      count: items?.length ?? count,
      offset: wholeNumber(flags.offset, 'offset'),
      concurrency: wholeNumber(flags.concurrency, 'concurrency'),
      isAutoOperated: flags.autoOperate ?? false,
      isManualBorrower: flags.manualBorrower ?? false,
      ...(items !== undefined && { items }),
      onProgress: (progress) => {
        display.update(progress.settled, progress.total, describeProgress(progress));
      },
    });
    display.end('Replay done');
    output.result(report, () => describeReplay(report));
  } finally {
    await staff?.stop();
  }
}

/** The sandbox staff, with tokens from the sandbox's own issuer. */
function staffOf(baseUrl: string): SandboxOperator {
  return new SandboxOperator({
    baseUrl,
    mintToken: async (operatorId) => {
      const { access_token: token } = await sandboxJson(`${baseUrl}/sandbox/oidc/token`, {
        operatorId,
      });
      return String(token);
    },
    askBank: async (reference) => {
      const { said } = await sandboxJson(`${baseUrl}/sandbox/bank/enquiries`, { reference });
      return said === 'Paid' || said === 'NotPaid' ? said : 'Processing';
    },
    rescanMs: 300,
  });
}

async function sandboxJson(url: string, body: unknown): Promise<Record<string, unknown>> {
  const { status, text } = await sendRaw({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  return JSON.parse(text) as Record<string, unknown>;
}

function describeProgress({ sent, settled, total }: ReplayProgress): string {
  return `${sent} sent, ${settled} of ${total} through or waiting for a person`;
}

function itemsInFile(file: string): ReplayItem[] {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  const bodies = text.startsWith('[')
    ? (JSON.parse(text) as ReplayItem['request'][])
    : text.split('\n').map((line) => JSON.parse(line) as ReplayItem['request']);
  return bodies.map((request) => ({ request }));
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}"`);
  return Number(text);
}
