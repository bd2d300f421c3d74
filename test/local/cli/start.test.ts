import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '#local/hosting/ports.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhudai-start-'));
const root = join(import.meta.dirname, '../../..');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Surroundings {
  readonly path?: string | undefined;
  readonly tables?: '' | 'dynamodb-local';
}

function environment({ path = process.env['PATH'], tables = '' }: Surroundings): NodeJS.ProcessEnv {
  return { ...process.env, PATH: path, ZHUDAI_TABLES: tables };
}

function start(flags: readonly string[], surroundings: Surroundings = {}) {
  return spawnSync(process.execPath, ['local/run.ts', ...flags], {
    cwd: root,
    encoding: 'utf8',
    env: environment(surroundings),
  });
}

describe('npm start says what to do', () => {
  it('with --help', () => {
    const { status, stdout } = start(['--help']);
    expect(status).toBe(0);
    for (const flag of [
      '--port',
      '--data',
      '--memory',
      '--dynamodb-local',
      '--empty',
      '--auto-operate',
    ])
      expect(stdout).toContain(flag);
    expect(stdout).toContain('--manual-borrower');
  });

  it.each([
    { flags: ['--bogus'], says: "Unknown option '--bogus'" },
    { flags: ['--port', 'abc'], says: '--port must be a number' },
  ])('when it is given $flags', ({ flags, says }) => {
    const { status, stderr } = start(flags);
    expect(status).toBe(1);
    expect(stderr.startsWith(says)).toBe(true);
  });

  const flags = ['--port', '0', '--empty', '--data', join(folder, 'data'), '--dynamodb-local'];
  it('when it is to use DynamoDB Local and there is no Java', () => {
    const { status, stderr } = start(flags, { path: folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^No "java" is on the PATH\./);
    expect(stderr).toContain('apt-get install openjdk-17-jre-headless');
    expect(stderr).not.toContain('    at ');
  }, 60_000);

  it('when Java is too old', () => {
    const java = join(folder, 'java');
    writeFileSync(java, '#!/bin/sh\necho "openjdk version \\"11.0.2\\"" >&2\nexit 1\n');
    chmodSync(java, 0o755);
    const { status, stderr } = start(flags, { path: `${folder}:/usr/bin:/bin` });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The "java" on the PATH is version 11\./);
  }, 60_000);

  it.each([
    {
      name: 'is a file',
      make: (path: string) => {
        writeFileSync(path, '');
      },
      says: 'it is, or lies under, a file',
    },
    {
      name: 'lies under a file',
      make: (path: string) => {
        writeFileSync(path.replace(/\/inside$/, ''), '');
      },
      inside: '/inside',
      says: 'it is, or lies under, a file',
    },
    {
      name: 'was written by a newer version',
      make: (path: string) => {
        mkdirSync(path);
        writeFileSync(join(path, 'format.json'), '{"format":99}');
      },
      says: 'was written by a newer Zhudai (format 99; this one reads up to 2)',
    },
    {
      name: 'says nothing sensible of its version',
      make: (path: string) => {
        mkdirSync(path);
        writeFileSync(join(path, 'format.json'), 'oops');
      },
      says: 'format.json is damaged',
    },
  ])(
    'when its data folder $name',
    ({ name, make, inside = '', says }) => {
      const path = join(folder, name.replaceAll(' ', '-')) + inside;
      make(path);
      const { status, stderr } = start(['--port', '0', '--empty', '--data', path]);
      expect(status).toBe(1);
      expect(stderr).toContain(says);
      expect(stderr).toContain('--data DIR');
      expect(stderr).not.toContain('    at ');
    },
    60_000,
  );

  // Node never comes back from making a folder there in one go.
  it.runIf(process.platform === 'linux')(
    'when no data folder can be made',
    () => {
      const { status, stderr } = start(['--port', '0', '--empty', '--data', '/proc/zhudai']);
      expect(status).toBe(1);
      expect(stderr).toContain('The data folder /proc/zhudai cannot be used');
    },
    60_000,
  );
});

describe('a running platform', () => {
  interface Running {
    readonly port: number;
    readonly output: () => string;
    readonly signal: (name: NodeJS.Signals) => void;
    readonly exit: Promise<number | null>;
  }

  async function run(data: string, surroundings: Surroundings): Promise<Running> {
    const port = await freePort();
    const child = spawn(
      process.execPath,
      ['local/run.ts', '--port', String(port), '--empty', '--data', data],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: environment(surroundings) },
    );
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    await expect
      .poll(() => output, { timeout: 60_000, interval: 50 })
      .toContain('Ctrl-C stops everything');
    return { port, output: () => output, signal: (name) => void child.kill(name), exit };
  }

  const others = { '': 'dynamodb-local', 'dynamodb-local': '' } as const;

  it.each([{ tables: '' }, { tables: 'dynamodb-local' }] as const)(
    'refuses a second one its port and its folder, stops gently when told, and goes on at the next start ($tables)',
    async ({ tables }) => {
      const data = join(folder, `running-${tables}`);
      const first = await run(data, { tables });
      const takenPort = start(['--port', String(first.port), '--empty', '--data', `${data}-2`]);
      expect(takenPort.status).toBe(1);
      expect(takenPort.stderr).toMatch(
        /^Port \d+ is taken by another program\. Choose another one: /,
      );
      const takenFolder = start(['--port', '0', '--empty', '--data', data]);
      expect(takenFolder.status).toBe(1);
      expect(takenFolder.stderr).toMatch(
        /^The data folder \S+ is in use by the platform with process id \d+\.\nStop that one/,
      );
      const { partnerKey } = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')) as {
        partnerKey: string;
      };
      const api = (port: number, path: string, body?: unknown): Promise<Response> =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${partnerKey}`,
            'content-type': 'application/json',
            'idempotency-key': 'stop-1',
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
      const submitted = await api(
        first.port,
        '/v1/applications',
        syntheticApplication('stop', 66_001),
      );
      expect(submitted.status).toBe(202);
      const { applicationId } = (await submitted.json()) as { applicationId: string };

      // In the middle of the application.
      first.signal('SIGTERM');
      expect(await first.exit).toBe(0);
      const said = first.output().split('Ctrl-C stops everything')[1] ?? '';
      expect(said.split('\n').slice(1)).toEqual(['Stopping ...', '']);

      // Whatever is wished for now: the tables stay where they were begun.
      const second = await run(data, { tables: others[tables] });
      expect(existsSync(join(data, 'tables'))).toBe(tables === '');
      await expect
        .poll(
          async () =>
            (
              (await (await api(second.port, `/v1/applications/${applicationId}`)).json()) as {
                status: string;
              }
            ).status,
          { timeout: 60_000, interval: 200 },
        )
        .toMatch(/^(Disbursed|Declined|UnderReview|Awaiting\w+)$/);
      second.signal('SIGINT');
      await expect.poll(second.output, { interval: 1 }).toContain('Stopping ...');
      second.signal('SIGINT');
      // The second signal may come when the first has done its work.
      expect([0, 130]).toContain(await second.exit);

      const third = await run(data, { tables });
      // The lines it prints work when pasted, wherever its folder is.
      const lines = third.output().match(/^npx zhudai .*$/gm) ?? [];
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        const command = line.replace(/^npx zhudai/, `'${process.execPath}' local/cli/zhudai.ts`);
        const { status, stderr } = spawnSync('sh', ['-c', command], {
          cwd: root,
          encoding: 'utf8',
        });
        expect({ status, stderr }).toMatchObject({ status: 0 });
      }
      third.signal('SIGINT');
      expect(await third.exit).toBe(0);
    },
    240_000,
  );

  it('needs no Java, and says what would', async () => {
    const data = join(folder, 'without-java');
    const running = await run(data, { path: data });
    await expect.poll(running.output).toContain('apt-get install openjdk-17-jre-headless');
    expect(running.output()).toMatch(
      /^There is no Java on the PATH, and none is needed here\. DynamoDB Local \(for --dynamodb-local and the tests\) needs Java 17/m,
    );
    running.signal('SIGTERM');
    expect(await running.exit).toBe(0);
  }, 60_000);
});
