import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repositoryRoot = join(import.meta.dirname, '../..');
const cdk = join(repositoryRoot, 'node_modules/aws-cdk/bin/cdk');

export interface StackOptions {
  readonly stage: string;
  readonly region: string;
  /** Parameters of the Api stack. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the CDK command's own words go. */
  readonly log: (text: string) => void;
}

export interface ScheduledCall {
  readonly entry: string;
  readonly input: unknown;
}

interface Ref {
  readonly Ref: string;
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: unknown; Metadata?: Record<string, unknown> }>
  >;
}

/** Outputs by stack, without its prefix: `api`, `data`, `operations`. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The stacks of one stage, through the CDK command as a person would use it. */
export class DeployedStacks {
  readonly #options: StackOptions;
  readonly #assembly: Promise<string>;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#assembly = mkdtemp(join(tmpdir(), 'zhudai-cdk-'));
  }

  /** Builds the bundles and the templates; what is deployed afterwards is what was built here. */
  async synthesise(): Promise<void> {
    const { stage, region } = this.#options;
    await this.#run(
      'synth',
      '--quiet',
      ...['-c', `stage=${stage}`, '-c', 'disposable=yes', '-c', `region=${region}`],
      ...['--output', await this.#assembly],
    );
  }

  /** Makes the account ready for the CDK; nothing happens where it is. */
  async bootstrap(accountId: string): Promise<void> {
    const { region } = this.#options;
    await this.#run('bootstrap', `aws://${accountId}/${region}`, '--app', await this.#assembly);
  }

  async deploy(): Promise<StackOutputs> {
    const outputsFile = await this.outputsFile();
    await this.#run(
      'deploy',
      '--all',
      ...['--app', await this.#assembly, '--require-approval', 'never', '--concurrency', '2'],
      ...['--progress', 'events', '--outputs-file', outputsFile],
      ...Object.entries(this.#options.parameters).flatMap(([name, value]) => [
        '--parameters',
        `zhudai-${this.#options.stage}-api:${name}=${value}`,
      ]),
    );
    const outputs: unknown = JSON.parse(await readFile(outputsFile, 'utf8'));
    const prefix = `zhudai-${this.#options.stage}-`;
    return Object.fromEntries(
      Object.entries(outputs as Record<string, Record<string, string>>).map(([stack, values]) => [
        stack.replace(prefix, ''),
        values,
      ]),
    );
  }

  /** What `--outputs-file` names: where the commands of a deployment find its tables. */
  async outputsFile(): Promise<string> {
    return join(await this.#assembly, 'outputs.json');
  }

  /** Every schedule of the templates: the source of what it calls, and with what. */
  async schedules(): Promise<readonly ScheduledCall[]> {
    const assembly = await this.#assembly;
    const files = (await readdir(assembly)).filter((name) => name.endsWith('.template.json'));
    const found: ScheduledCall[] = [];
    for (const file of files) {
      const { Resources } = JSON.parse(await readFile(join(assembly, file), 'utf8')) as Template;
      for (const { Type, Properties } of Object.values(Resources)) {
        if (Type !== 'AWS::Scheduler::Schedule') continue;
        const { Arn, Input } = (Properties as { Target: { Arn: Ref; Input: string } }).Target;
        const alias = Resources[Arn.Ref]?.Properties as { FunctionName: Ref } | undefined;
        const entry = alias && Resources[alias.FunctionName.Ref]?.Metadata?.['zhudai:entry'];
        if (typeof entry !== 'string') throw new Error(`a schedule of ${file} calls no function`);
        found.push({ entry, input: JSON.parse(Input) });
      }
    }
    return found;
  }

  async destroy(): Promise<void> {
    const assembly = await this.#assembly;
    await this.#run('destroy', '--all', '--force', '--app', assembly);
    await rm(assembly, { recursive: true, force: true });
  }

  async #run(...words: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [cdk, ...words, '--no-notices', '--ci'], {
      cwd: repositoryRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    });
    let said = '';
    const collect = (chunk: Buffer): void => {
      said += chunk.toString();
      this.#options.log(chunk.toString());
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0)
      throw new Error(`cdk ${words[0] ?? ''} ended with ${code}:\n${said.slice(-6000)}`);
  }
}
