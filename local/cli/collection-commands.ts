import type { Command } from 'commander';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

/** What is being collected, and everything a collector and a supervisor do about it. */
export function addCollectionCommands(program: Command): void {
  addCaseLists(program);
  const collect = program
    .command('collect')
    .description('work the queue of collectors, case by case');
  addQueue(collect);
  addContacts(collect);
  addRequests(collect);
  addSupervision(collect);
}

function addCaseLists(program: Command): void {
  connected(program.command('cases'))
    .description('what is being collected: the open cases of a lender')
    .option('--lender <id>', 'whose', 'zhudai-lending')
    .action(async (flags: CommandFlags & { lender: string }) => {
      const { output, operator } = await connection(flags);
      const { describeCases, openCases } = await import('./cases.ts');
      const rows = await openCases(operator, flags.lender);
      output.result(rows, () => describeCases(rows));
    });

  connected(program.command('case'))
    .description('one collection case: its ladder, promises, requests and contacts')
    .argument('<caseId>')
    .action(async (caseId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeCase } = await import('./cases.ts');
      const found = await operator.get(`/ops/cases/${caseId}`);
      output.result(found, () => describeCase(found));
    });
}

function addQueue(collect: Command): void {
  connected(collect.command('next'))
    .description('take the next best account: the nearest deadline, then what is most at stake')
    .option('--queue <queue>', 'Collection or FieldVisit', 'Collection')
    .action(async (flags: CommandFlags & { queue: string }) => {
      const { output, operator } = await connection(flags);
      const { describeAccount } = await import('./cases.ts');
      const { body } = await operator.post('/ops/collections/next', { queue: flags.queue });
      output.result(body, () => describeAccount(body));
    });

  connected(collect.command('claim'))
    .description('take a certain account of the queue')
    .argument('<taskId>')
    .action(async (taskId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeAccount } = await import('./cases.ts');
      const { body } = await operator.post(`/ops/tasks/${taskId}/claim`, {});
      output.result(body, () => describeAccount(body));
    });

  connected(collect.command('release'))
    .description('give an account back to the queue')
    .argument('<taskId>')
    .action(async (taskId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { body } = await operator.post(`/ops/tasks/${taskId}/release`, {});
      output.result(body, () => [`${taskId} is in the queue again`]);
    });
}

interface ContactFlags extends CommandFlags {
  readonly script: string;
  readonly channel: string;
  readonly purpose?: string;
  readonly mobile?: string;
  readonly staff?: string[];
  readonly consent?: boolean;
}

function addContacts(collect: Command): void {
  connected(collect.command('contact'))
    .description('ask whether a call or visit may be made now; without it nobody is contacted')
    .argument('<caseId>')
    .requiredOption('--script <id>', 'what will be said, for example collector-call')
    .option('--channel <channel>', 'Call or Visit', 'Call')
    .option('--purpose <purpose>', 'Collect; of a third person FindDebtor or PassMessage')
    .option('--mobile <number>', 'of a third person: recognised, never stored')
    .option('--staff <name...>', 'of a visit: who goes, two at the least')
    .option('--consent', 'of a visit: the debtor agreed to it')
    .action(async (caseId: string, flags: ContactFlags) => {
      const { output, operator } = await connection(flags);
      const { script: scriptId, channel, purpose, mobile, staff, consent } = flags;
      const { body } = await operator.post(`/ops/cases/${caseId}/contacts`, {
        ...{ channel, scriptId },
        ...(purpose !== undefined && { purpose }),
        ...(mobile !== undefined && { mobile }),
        ...(staff !== undefined && { staff }),
        ...(consent === true && { hasConsent: true }),
      });
      const contactId = String(body['contactId']);
      output.result(body, () => [
        `${contactId} may be made now`,
        `report it: zhudai collect outcome ${caseId} ${contactId} --code NoAnswer`,
      ]);
    });

  connected(collect.command('outcome'))
    .description('report what became of a contact, by its code, with the promise if one was made')
    .argument('<caseId>')
    .argument('<contactId>')
    .requiredOption('--code <code>', 'NoAnswer, PromiseToPay, RefusesToPay, ThirdPersonStop ...')
    .option('--promise-fen <number>', 'of PromiseToPay: how much, in fen')
    .option('--promise-on <date>', 'of PromiseToPay: the day by which')
    .action(
      async (
        caseId: string,
        contactId: string,
        flags: CommandFlags & { code: string; promiseFen?: string; promiseOn?: string },
      ) => {
        const { output, operator } = await connection(flags);
        const { describeCase } = await import('./cases.ts');
        const { code, promiseFen, promiseOn } = flags;
        const isPromise = promiseFen !== undefined || promiseOn !== undefined;
        const { body } = await operator.post(`/ops/cases/${caseId}/outcomes`, {
          ...{ contactId, code },
          ...(isPromise && { promise: { amountFen: Number(promiseFen), dueOn: promiseOn } }),
        });
        output.result(body, () => describeCase(body));
      },
    );
}

interface RequestFlags extends CommandFlags {
  readonly reason: string;
  readonly complexity?: string;
  readonly evidence?: string[];
  readonly loan?: string[];
  readonly moreInstallments?: string;
  readonly holidayPeriods?: string;
  readonly annualRate?: string;
  readonly spreadPastDue?: boolean;
  readonly keepInstallment?: boolean;
}

function addRequests(collect: Command): void {
  connected(collect.command('request'))
    .description('record hardship, a dispute or a complaint: the case rests until it is answered')
    .argument('<caseId>')
    .argument('<kind>', 'Hardship, Dispute or Complaint')
    .requiredOption('--reason <reason>', 'for example Illness, AmountWrong, Conduct')
    .option('--complexity <level>', 'of a complaint: Plain, Complex or Special')
    .option('--evidence <documentId...>', 'documents that were uploaded for the loans of the case')
    .option('--loan <loanId...>', 'of a dispute: the loans it is about')
    .option('--more-installments <number>', 'of hardship: so many more')
    .option('--holiday-periods <number>', 'of hardship: nothing falls due for so many periods')
    .option('--annual-rate <rate>', 'of hardship: another rate, for example 0.0800')
    .option('--spread-past-due', 'of hardship: principal past due goes over those to come')
    .option('--keep-installment', 'of hardship: installments stay as large as they were')
    .action(async (caseId: string, kind: string, flags: RequestFlags) => {
      const { output, operator } = await connection(flags);
      const { describeCase } = await import('./cases.ts');
      const { planOf } = await import('./servicing.ts');
      const { reason, complexity, evidence, loan } = flags;
      const { body } = await operator.post(`/ops/cases/${caseId}/requests`, {
        ...{ kind, reason },
        ...(complexity !== undefined && { complexity }),
        ...(evidence !== undefined && { evidence }),
        ...(loan !== undefined && { loanIds: loan }),
        ...(kind === 'Hardship' && { plan: planOf(flags) }),
      });
      output.result(body, () => describeCase(body));
    });

  connected(collect.command('withdraw'))
    .description('take back a request at the wish of the debtor: the case goes on')
    .argument('<caseId>')
    .argument('<pauseId>', 'of the request, as `zhudai case` shows it')
    .requiredOption('--evidence <id>', 'the document, or the contact in which the debtor said so')
    .action(async (caseId: string, pauseId: string, flags: CommandFlags & { evidence: string }) => {
      const { output, operator } = await connection(flags);
      const { describeCase } = await import('./cases.ts');
      const { evidence } = flags;
      const path = `/ops/cases/${caseId}/requests/${pauseId}/withdrawal`;
      const { body } = await operator.post(path, { evidence });
      output.result(body, () => describeCase(body));
    });

  connected(collect.command('hours'))
    .description('record hours the debtor wishes to be contacted in, or allows besides')
    .argument('<caseId>')
    .argument('<kind>', 'Only: of the ordinary hours just these. Also: these as well')
    .requiredOption('--from <time>', 'for example 18:00')
    .requiredOption('--to <time>', 'for example 20:00')
    .requiredOption('--evidence <id>', 'the document, or the contact in which the debtor said so')
    .action(
      async (
        caseId: string,
        kind: string,
        flags: CommandFlags & { from: string; to: string; evidence: string },
      ) => {
        const { output, operator } = await connection(flags);
        const { from, to, evidence } = flags;
        const hours = { kind, from, to, evidence };
        const { body } = await operator.post(`/ops/cases/${caseId}/contact-hours`, hours);
        output.result(body, () => [`${kind} from ${from} to ${to}, over all cases of the debtor`]);
      },
    );
}

function addSupervision(collect: Command): void {
  connected(collect.command('assign'))
    .description('give a case to an agency on the register; the debtor is told first')
    .argument('<caseId>')
    .argument('<agencyId>')
    .action(async (caseId: string, agencyId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeCase } = await import('./cases.ts');
      const { body } = await operator.post(`/ops/cases/${caseId}/assignment`, { agencyId });
      output.result(body, () => describeCase(body));
    });

  connected(collect.command('recall'))
    .description('take a case back from an agency')
    .argument('<caseId>')
    .requiredOption('--because <reason>', 'Complaint, Conduct, Performance or Expired')
    .action(async (caseId: string, flags: CommandFlags & { because: string }) => {
      const { output, operator } = await connection(flags);
      const { describeCase } = await import('./cases.ts');
      const { because } = flags;
      const { body } = await operator.post(`/ops/cases/${caseId}/recall`, { because });
      output.result(body, () => describeCase(body));
    });

  connected(collect.command('strategy'))
    .description('put a running case on another strategy or version; new cases take it themselves')
    .argument('<caseId>')
    .argument('<strategyId>')
    .option('--strategy-version <number>', 'instead of the one in force')
    .action(
      async (
        caseId: string,
        strategyId: string,
        flags: CommandFlags & { strategyVersion?: string },
      ) => {
        const { output, operator } = await connection(flags);
        const { describeCase } = await import('./cases.ts');
        const { strategyVersion: version } = flags;
        const { body } = await operator.post(`/ops/cases/${caseId}/strategy`, {
          strategyId,
          ...(version !== undefined && { version: Number(version) }),
        });
        output.result(body, () => describeCase(body));
      },
    );

  connected(collect.command('results'))
    .description('how the cases that ended between two dates ended, by strategy arm or agency')
    .requiredOption('--from <date>')
    .requiredOption('--to <date>')
    .option('--by <what>', 'Arm or Agency', 'Arm')
    .action(async (flags: CommandFlags & { from: string; to: string; by: string }) => {
      const { output, operator } = await connection(flags);
      const { describeResults } = await import('./cases.ts');
      const query = new URLSearchParams({ from: flags.from, to: flags.to, by: flags.by });
      const found = await operator.get(`/ops/collections/results?${query.toString()}`);
      output.result(found, () => describeResults(found));
    });
}
