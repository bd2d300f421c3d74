/**
 * Kills the platform (SIGKILL) at random moments of a replay, starts it again each time, and then judges by the books of
 * the bank simulator and by the API: every application ended, every disbursed one was paid exactly once, nothing is lost.
 *
 *   node test/journeys/kill-and-restart.ts [--kills 10] [--applications 50] [--seed 1] [--dynamodb-local]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { freePort } from '#local/hosting/ports.ts';
import { loadSamples } from '#local/samples/samples.ts';
import { seededRandom } from '../support/seeded-random.ts';

export interface KillReport {
  seed: number;
  kills: number;
  applications: number;
  byStatus: Record<string, number>;
  payouts: number;
  faults: string[];
  restartMs: number[];
  /** From the last restart until every application had ended. */
  endedAfterMs: number;
  /** For every application that did not end: where its executions stand. */
  standing: Record<string, string[]>;
}

const WITHOUT_DOCUMENTS_FEN = 5_000_000;
const closed = new Set(['Disbursed', 'Declined', 'Expired', 'Withdrawn']);

export async function killAndRestart(options: {
  kills: number;
  applications: number;
  seed: number;
  /** More flags of `npm start`. */
  flags?: readonly string[];
  log?: (line: string) => void;
}): Promise<KillReport> {
  const { kills, applications, seed, log = () => undefined } = options;
  const random = seededRandom(seed);
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-kill-'));
  const port = await freePort();
  const flags = ['--empty', '--auto-operate', ...(options.flags ?? [])];
  let platform = await startPlatformProcess({ flags, dataDir, port });
  const restartMs: number[] = [];
  const accepted = new Map<string, string>();
  try {
    const sending = sendAll(() => platform, applications, accepted);
    for (let kill = 1; kill <= kills; kill++) {
      await delay(150 + random() * 1500);
      await platform.kill();
      const before = performance.now();
      platform = await startPlatformProcess({ flags, dataDir, port });
      restartMs.push(Math.round(performance.now() - before));
      log(
        `kill ${kill} of ${kills}: ready again after ${restartMs.at(-1) ?? 0} ms, ${accepted.size} accepted`,
      );
    }
    const restartedAt = performance.now();
    await sending;
    const statuses = await untilAllClosed(platform, [...accepted.values()]);
    const endedAfterMs = Math.round(performance.now() - restartedAt);
    const verdict = await judge(platform, accepted, statuses);
    return { seed, kills, applications, restartMs, endedAfterMs, ...verdict };
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Sends every sample until it is accepted, with one idempotency key each, as a partner's retrying client does. */
async function sendAll(
  platform: () => PlatformProcess,
  applications: number,
  accepted: Map<string, string>,
): Promise<void> {
  // Larger amounts ask for documents: those applications rightly wait for a partner that uploads them.
  const samples = (await loadSamples()).filter(
    ({ request }) => request.requested.amountFen <= WITHOUT_DOCUMENTS_FEN,
  );
  for (const sample of samples.slice(0, applications)) {
    for (;;) {
      const { baseUrl, partnerKey } = platform();
      const answer = await fetch(`${baseUrl}/v1/applications`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${partnerKey}`,
          'content-type': 'application/json',
          'idempotency-key': `kill-${sample.request.externalId}`,
        },
        body: JSON.stringify(sample.request),
        signal: AbortSignal.timeout(5_000),
      }).catch(() => undefined);
      if (answer?.status === 202) {
        const { applicationId } = (await answer.json()) as { applicationId: string };
        accepted.set(sample.request.externalId, applicationId);
        break;
      }
      if (answer && answer.status < 500 && answer.status !== 429 && answer.status !== 409)
        throw new Error(`${sample.request.externalId}: ${answer.status} ${await answer.text()}`);
      await delay(100);
    }
    await delay(20);
  }
}

async function untilAllClosed(
  platform: PlatformProcess,
  ids: readonly string[],
): Promise<Map<string, { status: string; loanId?: string }>> {
  const statuses = new Map<string, { status: string; loanId?: string }>();
  const deadline = performance.now() + 180_000;
  for (;;) {
    for (const id of ids) {
      if (closed.has(statuses.get(id)?.status ?? '')) continue;
      const answer = await fetch(`${platform.baseUrl}/v1/applications/${id}`, {
        headers: { authorization: `Bearer ${platform.partnerKey}` },
      });
      statuses.set(
        id,
        answer.status === 200
          ? ((await answer.json()) as { status: string })
          : { status: `HTTP ${answer.status}` },
      );
    }
    if (ids.every((id) => closed.has(statuses.get(id)?.status ?? ''))) return statuses;
    if (performance.now() > deadline) return statuses;
    await delay(500);
  }
}

async function judge(
  platform: PlatformProcess,
  accepted: Map<string, string>,
  statuses: Map<string, { status: string; loanId?: string }>,
): Promise<Pick<KillReport, 'byStatus' | 'payouts' | 'faults' | 'standing'>> {
  const faults: string[] = [];
  const byStatus: Record<string, number> = {};
  const standing: Record<string, string[]> = {};
  for (const [id, { status }] of statuses) {
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    if (closed.has(status)) continue;
    faults.push(`${id} did not end: ${status}`);
    standing[id] = await standingOf(platform, id);
  }
  const books = (await (await fetch(`${platform.baseUrl}/sandbox/bank/books`)).json()) as {
    payouts: { reference: string; amountFen: number; count: number; status?: string }[];
  };
  const paid = books.payouts.filter((payout) => payout.count > 0);
  for (const payout of paid)
    if (payout.count !== 1) faults.push(`${payout.reference} was paid ${payout.count} times`);
  const disbursed = byStatus['Disbursed'] ?? 0;
  if (paid.length !== disbursed)
    faults.push(`${disbursed} disbursed, but the bank paid ${paid.length}`);
  if (accepted.size !== statuses.size) faults.push('an accepted application was not found again');
  return { byStatus, payouts: paid.length, faults, standing };
}

/** The last events of every execution that names the application, for whoever looks for the fault. */
async function standingOf(platform: PlatformProcess, applicationId: string): Promise<string[]> {
  const client = new SFNClient({
    endpoint: platform.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const lines: string[] = [];
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  for (const { stateMachineArn } of stateMachines) {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1000 }),
    );
    for (const { executionArn } of executions) {
      if (executionArn?.includes(applicationId) !== true) continue;
      const { events = [] } = await client.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 4, reverseOrder: true }),
      );
      for (const event of events) lines.push(JSON.stringify(event).slice(0, 400));
    }
  }
  client.destroy();
  return lines;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '10' },
      applications: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      'dynamodb-local': { type: 'boolean', default: false },
    },
  });
  const report = await killAndRestart({
    kills: Number(values.kills),
    applications: Number(values.applications),
    seed: Number(values.seed),
    flags: values['dynamodb-local'] ? ['--dynamodb-local'] : [],
    log: (line) => {
      console.log(line);
    },
  });
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}
