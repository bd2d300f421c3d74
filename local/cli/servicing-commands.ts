import type { Command } from 'commander';
import { loanIdOf } from '../../domain/shared/ids.ts';
import { connected, connection } from './connection.ts';
import type { CommandFlags } from './credentials.ts';

type Reasoned = CommandFlags & { readonly reason: string };

/** Everything about a loan that runs: money, changes of its plan, the day close, notices. */
export function addServicingCommands(program: Command): void {
  addLoanCommands(program);
  addMoneyCommands(program);
  addRestructuringCommands(program.command('restructuring').description('another plan for a loan'));
  addReceiptCommands(program.command('receipts').description('money that belongs to no loan yet'));
  addNoticeCommands(program.command('notices').description('what borrower and partner were told'));
  addDayCommands(program.command('days').description('the closes of the business days'));
}

function addLoanCommands(program: Command): void {
  connected(program.command('loan'))
    .description('say where a loan stands: what was paid, what is due, how late it is')
    .argument('<loanId>')
    .action(async (loanId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeLoan } = await import('./loan.ts');
      const body = await operator.get(`/ops/loans/${loanId}`);
      output.result(body, () => describeLoan(body));
    });

  connected(program.command('pay'))
    .description('pay a loan: the money arrives at the bank and is posted')
    .argument('<loanId>')
    .requiredOption('--amount-fen <number>', 'how much, in fen')
    .option('--value-date <date>', 'the day the money arrived (default: today on the platform)')
    .option('--reference <id>', "the bank's id of the money (default: a fresh one)")
    .action(
      async (
        loanId: string,
        flags: CommandFlags & { amountFen: string; valueDate?: string; reference?: string },
      ) => {
        const { output, partner } = await connection(flags);
        const { describePayment, payLoan, platformToday } = await import('./loan.ts');
        const { amountFen, reference } = flags;
        const valueDate = flags.valueDate ?? (await platformToday(partner.baseUrl));
        const order = { loanId, amountFen: Number(amountFen), valueDate, reference };
        const body = await payLoan(order, partner);
        output.result(body, () => describePayment(body));
      },
    );

  connected(program.command('payoff'))
    .description('say what must be paid to owe nothing more')
    .argument('<loanId>')
    .option('--on <date>', 'the day it is paid (default: today on the platform)')
    .action(async (loanId: string, flags: CommandFlags & { on?: string }) => {
      const { output, partner } = await connection(flags);
      const { describePayoff, platformToday } = await import('./loan.ts');
      const payOn = flags.on ?? (await platformToday(partner.baseUrl));
      const { body } = await partner.post(`/v1/loans/${loanId}/payoff-quotes`, { payOn });
      output.result(body, () => describePayoff(body));
    });
}

function addMoneyCommands(program: Command): void {
  connected(program.command('reverse'))
    .description('take a payment back; what came after it is counted anew')
    .argument('<loanId>')
    .argument('<paymentId>')
    .requiredOption('--reason <text>', 'why')
    .option(
      '--money-to <where>',
      "Suspense: it is somebody else's; Payer: the bank took it back",
      'Suspense',
    )
    .action(async (loanId: string, paymentId: string, flags: Reasoned & { moneyTo: string }) => {
      const { output, operator } = await connection(flags);
      const { describeLoan } = await import('./loan.ts');
      const { reason, moneyTo } = flags;
      const path = `/ops/loans/${loanId}/reversals`;
      const { body } = await operator.post(path, { paymentId, reason, moneyTo });
      output.result(body, () => describeLoan(body));
    });

  connected(program.command('refund'))
    .description('pay back what was paid too much, through the bank')
    .argument('<loanId>')
    .requiredOption('--amount-fen <number>', 'how much, in fen')
    .requiredOption('--reason <text>', 'why')
    .action(async (loanId: string, flags: Reasoned & { amountFen: string }) => {
      const { output, operator } = await connection(flags);
      const order = { amountFen: Number(flags.amountFen), reason: flags.reason };
      const { body } = await operator.post(`/ops/loans/${loanId}/refunds`, order);
      output.result(body, () => [`${String(body['reference'])} is ${String(body['state'])}`]);
    });

  connected(program.command('write-off'))
    .description('ask that a loan be given up; a second person decides')
    .argument('<loanId>')
    .requiredOption('--reason <text>', 'why')
    .action(async (loanId: string, flags: Reasoned) => {
      const { output, operator } = await connection(flags);
      const { describeRequest } = await import('./servicing.ts');
      const { reason } = flags;
      const { body } = await operator.post(`/ops/loans/${loanId}/write-off-requests`, { reason });
      output.result(body, () => describeRequest(body));
    });
}

function addRestructuringCommands(restructuring: Command): void {
  connected(restructuring.command('ask'))
    .description('ask for another plan; a second person decides, then the borrower confirms')
    .argument('<loanId>')
    .requiredOption('--reason <text>', 'why')
    .option('--more-installments <number>', 'extension: so many more')
    .option('--holiday-periods <number>', 'payment holiday: nothing falls due for so many periods')
    .option('--annual-rate <rate>', 'another rate, for example 0.0800')
    .option('--spread-past-due', 're-amortisation: principal past due goes over those to come')
    .option('--keep-installment', 'installments stay as large as they were')
    .action(async (loanId: string, flags: Reasoned & PlanFlags) => {
      const { output, operator } = await connection(flags);
      const { describeRequest, planOf } = await import('./servicing.ts');
      const request = { plan: planOf(flags), reason: flags.reason };
      const { body } = await operator.post(`/ops/loans/${loanId}/restructuring-requests`, request);
      output.result(body, () => describeRequest(body));
    });

  connected(restructuring.command('offer'))
    .description('the cost sheet of an approved plan, as the borrower is to read it')
    .argument('<loanId>')
    .action(async (loanId: string, flags: CommandFlags) => {
      const { output, partner } = await connection(flags);
      const { describeOffer } = await import('./servicing.ts');
      const body = await partner.get(`/v1/loans/${loanId}/restructuring-offer`);
      output.result(body, () => describeOffer(body));
    });

  connected(restructuring.command('confirm'))
    .description('say, as the partner, that the borrower has read the cost sheet: it takes effect')
    .argument('<loanId>')
    .requiredOption('--shown-at <instant>', 'when it was shown, for example 2026-11-26T10:00:00Z')
    .requiredOption('--read-seconds <number>', 'how long it was read')
    .action(async (loanId: string, flags: CommandFlags & ShownFlags) => {
      const { output, partner } = await connection(flags);
      const { describeLoan } = await import('./loan.ts');
      const { confirmOffer } = await import('./servicing.ts');
      const { shownAt, readSeconds } = flags;
      const shown = { shownAt, readSeconds: Number(readSeconds) };
      const body = await confirmOffer(partner, loanId, shown);
      output.result(body, () => describeLoan({ ...body, status: 'restructured' }));
    });

  connected(restructuring.command('refuse'))
    .description('say, as the partner, that the borrower does not want the plan that was offered')
    .argument('<loanId>')
    .action(async (loanId: string, flags: CommandFlags) => {
      const { output, partner } = await connection(flags);
      const path = `/v1/loans/${loanId}`;
      const { sheetHash } = await partner.get(`${path}/restructuring-offer`);
      const { body } = await partner.post(`${path}/restructuring-refusal`, { sheetHash });
      output.result(body, () => ['the offer is open no more']);
    });
}

interface PlanFlags {
  readonly moreInstallments?: string;
  readonly holidayPeriods?: string;
  readonly annualRate?: string;
  readonly spreadPastDue?: boolean;
  readonly keepInstallment?: boolean;
}

interface ShownFlags {
  readonly shownAt: string;
  readonly readSeconds: string;
}

function addReceiptCommands(receipts: Command): void {
  connected(receipts.command('list'))
    .description('money in suspense, the oldest first')
    .action(async (flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeRows, receiptColumns, rowsOf } = await import('./servicing.ts');
      const rows = await rowsOf(operator, '/ops/receipts');
      output.result(rows, () => describeRows(rows, receiptColumns, 'no money is in suspense'));
    });

  connected(receipts.command('assign'))
    .description('credit money in suspense to the loan it was meant for')
    .argument('<receiptId>')
    .argument('<loanId>')
    .action(async (receiptId: string, loanId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { body } = await operator.post(`/ops/receipts/${receiptId}/assignment`, { loanId });
      output.result(body, () => [`${receiptId} is ${String(body['state'])}`]);
    });
}

function addNoticeCommands(notices: Command): void {
  connected(notices.command('list'))
    .description(
      'what was sent about a loan, or about a declined application, and what became of it',
    )
    .argument('<loanId>', 'or the id of the application')
    .action(async (id: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeRows, noticeColumns } = await import('./servicing.ts');
      const body = await operator.get(`/ops/loans/${noticedUnder(id)}/notices`);
      const rows = body['items'] as readonly Readonly<Record<string, unknown>>[];
      output.result(rows, () => describeRows(rows, noticeColumns, 'nothing was sent'));
    });

  connected(notices.command('resend'))
    .description('send a notice that did not arrive once more')
    .argument('<loanId>', 'or the id of the application')
    .argument('<noticeId>')
    .action(async (id: string, noticeId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const path = `/ops/loans/${noticedUnder(id)}/notices/${encodeURIComponent(noticeId)}/resend`;
      const { body } = await operator.post(path, {});
      output.result(body, () => [`${noticeId} is ${String(body['status'])}`]);
    });
}

/** What an application is about is told under the loan it is, or would have been. */
function noticedUnder(id: string): string {
  return id.startsWith('app_') ? loanIdOf(id) : id;
}

function addDayCommands(days: Command): void {
  connected(days.command('list'))
    .description('which dates were closed, and what that changed')
    .action(async (flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { dayColumns, describeRows, rowsOf } = await import('./servicing.ts');
      const rows = await rowsOf(operator, '/ops/business-days');
      output.result(rows, () => describeRows(rows, dayColumns, 'no day was closed yet'));
    });

  connected(days.command('parked'))
    .description('loans the day close had to leave out, with why')
    .action(async (flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { describeRows, parkedColumns, rowsOf } = await import('./servicing.ts');
      const rows = await rowsOf(operator, '/ops/parked-loans');
      output.result(rows, () => describeRows(rows, parkedColumns, 'no loan is parked'));
    });

  connected(days.command('release'))
    .description('put a parked loan back: the next close catches it up')
    .argument('<loanId>')
    .action(async (loanId: string, flags: CommandFlags) => {
      const { output, operator } = await connection(flags);
      const { body } = await operator.post(`/ops/loans/${loanId}/day-close-release`, {});
      output.result(body, () => [`${loanId} is released`]);
    });
}
