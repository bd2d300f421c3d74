#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addBackupCommands, BANK_BOOKS } from './backup-commands.ts';
import { addCollectionCommands } from './collection-commands.ts';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';
import { addPartnerKeyCommands } from './partner-key-commands.ts';
import { addBlindIndexCommands } from './blind-index-commands.ts';
import { addBlockCommands } from './block-commands.ts';
import { addPrivacyCommands } from './privacy-commands.ts';
import type { PlatformProblem } from '../sandbox/platform-client.ts';
import type { ReplayFlags } from './run-replay.ts';
import type { FitFlags } from './scorecard-fit.ts';
import { addServicingCommands } from './servicing-commands.ts';

// Each command loads what it needs when it runs: `zhudai quote` prices ten thousand loans in a second of CPU, and
// must not spend a quarter of it on loading what only a replay uses.

const program = new Command('zhudai')
  .description('A loan-facilitation platform on one machine: run it, apply, decide, look.')
  .showHelpAfterError()
  .enablePositionalOptions();

program
  .command('start')
  .description('start the platform (the same as npm start)')
  .argument(
    '[flags...]',
    '--port, --data DIR, --memory, --empty, --auto-operate, --manual-borrower',
  )
  .allowUnknownOption()
  .helpOption(false)
  .passThroughOptions()
  .action(async (flags: string[]) => {
    const host = (await import('../run.ts')) as unknown as {
      main: (argv: string[]) => Promise<void>;
    };
    await host.main(flags);
  });

connected(program.command('replay'))
  .description('send the German samples through the HTTP API and say what became of each')
  .option('--count <number>', 'how many', '1000')
  .option('--offset <number>', 'where in the set to begin', '0')
  .option('--concurrency <number>', 'how many senders at once', '8')
  .option('--auto-operate', 'work the tasks too, as the sandbox staff, and follow each to its end')
  .option('--manual-borrower', 'an unsigned contract is an end too')
  .option('--file <file>', 'send these applications instead: JSON lines or one JSON array')
  .action(async (flags: ReplayFlags) => {
    const { runReplay } = await import('./run-replay.ts');
    await runReplay(flags);
  });

connected(program.command('apply'))
  .description('send one application')
  .argument('<file>', 'the body of POST /v1/applications, or - for standard input')
  .option('--key <key>', 'the idempotency key (default: a fresh one)')
  .action(async (file: string, flags: CommandFlags & { key?: string }) => {
    const { output, partner } = await connection(flags);
    const body: unknown = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
    const answer = await partner.post('/v1/applications', body, flags.key);
    const { applicationId, status } = answer.body;
    output.result(answer.body, () => [
      `${String(applicationId)} is ${String(status)}`,
      `follow it: zhudai status ${String(applicationId)}`,
    ]);
  });

program
  .command('quote')
  .description('price terms without a platform: schedule, APR and all-in cost, as JSON')
  .argument('<file>', 'one set of terms or an array of them, or - for standard input')
  .option('--json', 'answer in JSON (it always does)')
  .action(async (file: string) => {
    const { quoteFile } = await import('./quote.ts');
    console.log(quoteFile(file));
  });

connected(program.command('status'))
  .description('say how the platform is, or where one application stands')
  .argument('[applicationId]')
  .action(async (applicationId: string | undefined, flags: CommandFlags) => {
    const { output, partner, credentials } = await connection(flags);
    const { describeApplication, describeStatus, readStatus } = await import('./status.ts');
    if (applicationId === undefined) {
      const status = await readStatus(credentials);
      output.result(status, () => describeStatus(status));
      return;
    }
    const body = await partner.get(`/v1/applications/${applicationId}`);
    output.result(body, () => describeApplication(body));
  });

addServicingCommands(program);
addPrivacyCommands(program);
addBlindIndexCommands(program);
addBackupCommands(program);
addPartnerKeyCommands(program);

connected(program.command('advance'))
  .description("move the platform's clock; everything due in between happens")
  .argument('<duration>', 'for example 30d, 12h or 1d12h')
  .action(async (duration: string, flags: CommandFlags) => {
    const { parseDuration } = await import('./duration.ts');
    const { advanceClock } = await import('./advance.ts');
    const advanceSeconds = parseDuration(duration);
    const { output, credentials } = await connection(flags);
    const display = output.progress(`Advancing ${duration}`);
    const advance = await advanceClock(credentials.baseUrl, advanceSeconds, display.update);
    display.end('Clock moved');
    output.result(advance, () => [`${advance.days} days closed; it is now ${advance.now}`]);
  });

connected(program.command('audit'))
  .description('check the books against each other: audit chains, payouts, shares, journal')
  .option(...BANK_BOOKS)
  .action(async ({ bankBooks, ...flags }: CommandFlags & { readonly bankBooks?: string }) => {
    const { output, operator } = await connection(flags);
    const { auditPlatform, describeAudit } = await import('./audit.ts');
    const display = output.progress('Auditing');
    const report = await auditPlatform({ operator, bankBooks, onProgress: display.update });
    display.end('Audit done');
    output.result(report, () => describeAudit(report));
    if (report.findings.length > 0) process.exitCode = 1;
  });

const scorecard = program.command('scorecard').description('scorecards fitted on your own loans');

scorecard
  .command('fit')
  .description('fit a scorecard and say what it can do on loans it has not seen')
  .argument('<file>', 'a CSV with a header (.gz too), or the German set as it is published')
  .option('--folds <number>', 'folds of the cross-validation', '5')
  .option('--repeats <number>', 'how often to divide anew (default: 10; 1 above 5,000 loans)')
  .option('--seed <number>', 'decides which loan is in which fold', '1')
  .option('--target <column>', 'the column with the outcome (default: the last)')
  .option('--label <column>', 'the same')
  .option('--bad <value>', 'the outcome that means bad', '1')
  .option(
    '--plan <file>',
    'JSON: name, fields with shapes and reason codes, limits, points, grades',
  )
  .option(
    '--population-bad-rate <share>',
    'how many go bad where the card is used, for example 0.05',
  )
  .option('--out <file>', 'where to write the scorecard')
  .option('--json', 'answer in JSON')
  .action(async (file: string, flags: FitFlags) => {
    const { ConsoleOutput } = await import('./console-output.ts');
    const { describeFit, fitFile } = await import('./scorecard-fit.ts');
    const output = new ConsoleOutput(flags.json ?? false);
    const display = output.progress('Fitting');
    const report = fitFile(file, flags, (done, total) => {
      display.update(done, total, `fold ${done} of ${total}`);
    });
    display.end('Fitted');
    output.result(report, () => describeFit(report));
  });

const tasks = program.command('tasks').description('the work that waits for people');

connected(tasks.command('list'))
  .description('the open tasks, the most urgent first')
  .option('--queue <queue>', 'one queue instead of all, for example Approval')
  .action(async (flags: CommandFlags & { queue?: string }) => {
    const { output, operator } = await connection(flags);
    const { describeTasks, openTasks } = await import('./tasks.ts');
    const rows = await openTasks(operator, flags.queue);
    output.result(rows, () => describeTasks(rows));
  });

connected(tasks.command('decide'))
  .description('claim a task and decide it')
  .argument('<taskId>')
  .argument('<outcome>', 'for example Approve, Reject, RequestMore, Retry, Cancel')
  .option('--note <text>', 'why')
  .option('--answer <name=value...>', 'answers to the questions of a follow-up visit')
  .action(
    async (
      taskId: string,
      outcome: string,
      flags: CommandFlags & { note?: string; answer?: string[] },
    ) => {
      const { output, operator } = await connection(flags);
      const { answersOf, decideTask } = await import('./tasks.ts');
      const { note, answer } = flags;
      const body = await decideTask(operator, {
        taskId,
        outcome,
        ...(note !== undefined && { note }),
        ...(answer !== undefined && { answers: answersOf(answer) }),
      });
      output.result(body, () => [`${taskId} is ${String(body['status'])}`]);
    },
  );

addCollectionCommands(program);

addBlockCommands(program);

connected(program.command('campaign'))
  .description('borrowers a campaign may write to: keys of those who agreed to marketing')
  .argument('<campaign>', 'its name, for the record')
  .option('--policy <id>', 'whose decisions', 'person')
  .option('--segment <id...>', 'only these segments')
  .option('--grade <letter...>', 'only these grades')
  .option('--value-min <fen>', 'what a loan would bring at least, in fen')
  .action(
    async (
      campaign: string,
      flags: CommandFlags & {
        policy: string;
        segment?: string[];
        grade?: string[];
        valueMin?: string;
      },
    ) => {
      const { output, operator } = await connection(flags);
      const { describeSelection, selectForCampaign } = await import('./campaign.ts');
      const { CampaignCriteria } = await import('../../domain/campaigns/select-borrower.ts');
      const criteria = CampaignCriteria.parse({
        creditPolicyId: flags.policy,
        ...(flags.segment && { segments: flags.segment }),
        ...(flags.grade && { grades: flags.grade }),
        ...(flags.valueMin && { valueMinFen: Number(flags.valueMin) }),
      });
      const selection = await selectForCampaign(operator, campaign, criteria);
      output.result(selection, () => describeSelection(selection));
    },
  );

connected(program.command('withdraw-consent'))
  .description('take back the consent to marketing of the borrower behind an application')
  .argument('<applicationId>')
  .action(async (applicationId: string, flags: CommandFlags) => {
    const { output, operator } = await connection(flags);
    const { describeWithdrawal, withdrawConsent } = await import('./campaign.ts');
    const withdrawn = await withdrawConsent(operator, applicationId);
    output.result(withdrawn, () => describeWithdrawal(withdrawn));
  });

const policy = program.command('policy').description('credit policies, before they are published');

connected(policy.command('replay'))
  .description('decide past applications again under a policy, and say who moves and why')
  .argument('<policy>', 'a file, the id of a draft, or a version such as person#0001')
  .option('--against <policy>', 'compare with this one instead of what was decided then')
  .action(async (name: string, flags: CommandFlags & { against?: string }) => {
    const { output, operator } = await connection(flags);
    const { describeReplay, replayPolicy } = await import('./policy-replay.ts');
    const display = output.progress('Deciding again');
    const { against } = flags;
    const report = await replayPolicy({
      operator,
      policy: name,
      against,
      onProgress: display.update,
    });
    display.end('Decided again');
    output.result(report, () => describeReplay(report));
  });

connected(policy.command('shadows'))
  .description('compare what champion and challenger said of the same applications')
  .argument('<policy>', 'the id of the challenged policy, such as person')
  .option('--from <date>', 'the first business date of the decisions')
  .option('--to <date>', 'the last one')
  .action(async (name: string, flags: CommandFlags & { from?: string; to?: string }) => {
    const { output, operator } = await connection(flags);
    const { describeShadows, shadowReports } = await import('./policy-shadows.ts');
    const display = output.progress('Comparing');
    const reports = await shadowReports({
      operator,
      creditPolicyId: name,
      from: flags.from,
      to: flags.to,
      onProgress: display.update,
    });
    display.end('Compared');
    output.result(reports, () => describeShadows(reports));
  });

connected(policy.command('draft'))
  .description('hand a policy in for approval by somebody else')
  .argument('<file>', 'the policy; its version is the next one')
  .action(async (file: string, flags: CommandFlags) => {
    const { output, operator } = await connection(flags);
    const { describeDraft, draftPolicy } = await import('./policy-drafts.ts');
    const draft = await draftPolicy(operator, file);
    output.result(draft, () => describeDraft(draft));
  });

connected(policy.command('publish'))
  .description('publish a policy that somebody else has handed in')
  .argument('<draftId>')
  .option('--reject', 'send it back instead')
  .action(async (draftId: string, flags: CommandFlags & { reject?: boolean }) => {
    const { output, operator } = await connection(flags);
    const { decidePolicy, describeDraft } = await import('./policy-drafts.ts');
    const outcome = flags.reject === true ? 'Reject' : 'Approve';
    const draft = await decidePolicy(operator, { draftId, outcome });
    output.result(draft, () => describeDraft(draft));
  });

policy
  .command('samples')
  .description('decide the 1,000 German applications by a policy, without a platform')
  .argument('[file]', 'a policy file instead of the shipped one')
  .option('--json', 'answer in JSON')
  .action(async (file: string | undefined, flags: { json?: boolean }) => {
    const { ConsoleOutput } = await import('./console-output.ts');
    const { describeSamples, samplesUnder } = await import('./policy-samples.ts');
    const summary = samplesUnder(file);
    new ConsoleOutput(flags.json ?? false).result(summary, () => describeSamples(summary));
  });

connected(program.command('dead-letters'))
  .description('say what waits in the dead-letter queues, or give it to its functions again')
  .option('--redrive <queue>', 'give back the messages of this queue, by its name or its end')
  .option('--aws-endpoint <url>', 'instead of the one in credentials.json; AWS itself when empty')
  .option('--region <region>', 'where the queues are', 'us-east-1')
  .action(
    async (flags: CommandFlags & { redrive?: string; awsEndpoint?: string; region: string }) => {
      const { describeDeadLetters, DeadLetters } = await import('./dead-letters.ts');
      const { output, credentials } = await connection(flags);
      const endpoint = flags.awsEndpoint ?? credentials.awsEndpoint;
      const letters = new DeadLetters({ region: flags.region, endpoint });
      const found =
        flags.redrive === undefined ? await letters.list() : await letters.redrive(flags.redrive);
      output.result(found, () => describeDeadLetters(found));
      if (found.some(({ outcome }) => outcome === 'Failed')) process.exitCode = 1;
    },
  );

/** Why a command failed, and what to do when the platform is simply not there. */
function explain(error: unknown): string {
  const { code, message = String(error), status } = error as Partial<PlatformProblem>;
  if (code === 'ECONNREFUSED')
    return 'no platform answers there: run npm start, or say where it is with --url or --port';
  if (status === 401)
    return `${message}\nsay with --data which folder the platform keeps its credentials in, or give --partner-key or --operator-token`;
  return message;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
