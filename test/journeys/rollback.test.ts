import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { freePort } from '#local/hosting/ports.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';
import { release } from '../grants/earlier-release.ts';

// The tables as a user has them, in files.
process.env['ZHUDAI_TABLES'] = '';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:originate-loan';
/** Asks for documents, and waits for them. */
const WAITING_FEN = 12_000_000;
/** Paid out at once. */
const STRAIGHT_FEN = 1_000_000;

let dataDir: string;
let port: number;
let platform: PlatformProcess;
let client: SFNClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-rollback-'));
  port = await freePort();
  platform = await start();
}, 120_000);
afterAll(async () => {
  client.destroy();
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<PlatformProcess> {
  const started = await startPlatformProcess({ flags: ['--empty'], dataDir, port });
  client = new SFNClient({
    endpoint: started.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return started;
}

async function submit(seed: number, amountFen: number): Promise<string> {
  const body = syntheticApplication('rollback', seed);
  Object.assign(body['requested'] as object, { amountFen });
  Object.assign(body['applicant'] as object, { monthlyIncomeFen: 9_000_000 });
  const partner = new PlatformClient({
    baseUrl: platform.baseUrl,
    credential: platform.partnerKey,
    patienceMs: 10_000,
  });
  const answer = await partner.post('/v1/applications', body, `rollback-${seed}`);
  return String(answer.body['applicationId']);
}

/** The execution of an application, as soon as there is one in this state. */
async function executionOf(applicationId: string, status: string): Promise<string> {
  for (let turn = 0; turn < 200; turn += 1) {
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn: machine }),
    );
    const found = executions.find(
      (each) => each.name?.includes(applicationId) === true && each.status === status,
    );
    if (found) return found.executionArn ?? '';
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${applicationId} has no execution that is ${status}`);
}

async function startedBy(executionArn: string): Promise<(string | undefined)[]> {
  const found = await client.send(new DescribeExecutionCommand({ executionArn }));
  return [found.stateMachineAliasArn, found.stateMachineVersionArn];
}

/** What a deployment of a release does: the machine changes, a version is published, the alias leads to it. */
async function releaseBroken(): Promise<void> {
  const { definition = '' } = await client.send(
    new DescribeStateMachineCommand({ stateMachineArn: machine }),
  );
  const { States, ...rest } = JSON.parse(definition) as { States: object };
  const broken = {
    ...rest,
    Comment: 'Loses everything. (release 9.9.9)',
    StartAt: 'Lose',
    States: { Lose: { Type: 'Fail', Error: 'Lost' } },
  };
  expect(States).toBeDefined();
  await release(client, JSON.stringify(broken));
}

async function rollBack(...words: readonly string[]): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ['local/releases/rollback.ts', '--stage', 'local', ...words],
    {
      cwd: root,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: platform.awsEndpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    },
  );
  return stdout;
}

it('takes a broken release back by one command, and lets what runs keep its version', async () => {
  const waiting = await executionOf(await submit(1, WAITING_FEN), 'RUNNING');
  expect(await startedBy(waiting)).toEqual([`${machine}:live`, `${machine}:1`]);

  await releaseBroken();
  const lost = await executionOf(await submit(2, STRAIGHT_FEN), 'FAILED');
  expect(await startedBy(lost)).toEqual([`${machine}:live`, `${machine}:2`]);

  expect(await rollBack('--machine', 'originate-loan', '--dry-run')).toContain(
    'would point originate-loan: 2 -> 1',
  );
  const said = await rollBack('--machine', 'originate-loan', '--to', '1');
  expect(said).toContain('originate-loan: 2 -> 1');
  expect(said).not.toContain('disburse-loan');

  // The platform starts anew on its templates: nothing has changed in them, so the alias stays where it was pointed.
  client.destroy();
  await platform.stop();
  platform = await start();
  const saved = await executionOf(await submit(3, STRAIGHT_FEN), 'SUCCEEDED');
  expect(await startedBy(saved)).toEqual([`${machine}:live`, `${machine}:1`]);

  expect(await executionOf(waiting.split(':').at(-1) ?? '', 'RUNNING')).toBe(waiting);
  const { definition = '' } = await client.send(
    new DescribeStateMachineForExecutionCommand({ executionArn: waiting }),
  );
  expect((JSON.parse(definition) as { StartAt: string }).StartAt).toBe('ScreenApplication');
  await expect(rollBack('--machine', 'originate-loan')).rejects.toThrow(/no version before 1/);
  await expect(rollBack('--to', '1')).rejects.toThrow(/say which by --machine/);
}, 240_000);
