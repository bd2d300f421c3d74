import { setTimeout as sleep } from 'node:timers/promises';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { BankAnswer, PayoutBank } from '#domain/applications/provider-ports.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import type { MoneyChange, MoneyStore } from '#domain/disbursement/ports.ts';
import { payoutRefOf } from '#domain/shared/ids.ts';
import { runPayOut } from '#functions/disbursement/pay-out.ts';
import type { MoneyRun } from './money-run.ts';
import type { Canary } from './money-step.faults.ts';
import { tableNames } from './money-tables.ts';
import type { MoneyWorld } from './money-world.ts';

/** Bugs that have been made elsewhere. Each must be found: that is the proof that a clean run means something. */
export const canaries: readonly Canary[] = [
  {
    name: 'the claim has no condition',
    breakWorld: (world, _run, documents) =>
      withMoney(world, { replacePayout: unconditional(documents) }),
    // Luck alone brings two deliveries together in one run of hundreds.
    breakSteps: () => ({ payOut: twiceAtOnce }),
  },
  {
    name: 'the reference is random',
    breakWorld: (world, run) =>
      withBank(
        world,
        (bank) => (instruction) => bank.pay({ ...instruction, reference: `R${run.random()}` }),
      ),
  },
  {
    name: 'an unknown outcome is taken for a refusal',
    breakWorld: (world) =>
      withBank(
        world,
        (bank) => (instruction) =>
          bank.pay(instruction).catch((): BankAnswer => ({ status: 'Refused', reason: 'Timeout' })),
      ),
  },
  {
    name: 'the record is deleted when a step throws',
    breakSteps: (world, documents) => ({ payOut: startingAnewOnThrow(world, documents) }),
  },
  {
    name: 'every attempt pays without asking about the one before',
    breakWorld: (world) => withMoney(world, { findPayout: forgetful(world.dependencies.money) }),
  },
  {
    name: 'the settlement is two writes',
    breakWorld: (world, run) =>
      withMoney(world, { store: inTwoWrites(world.dependencies.money, run) }),
  },
  {
    name: 'the answer of the bank is believed whatever amount it names',
    breakWorld: (world) => payingTooMuch(world),
  },
  {
    name: 'people answer before the cut-off',
    breakWorld: (world, run) => ({
      ...world,
      // Silence is taken for "not paid" while the payment is still on its way through the bank.
      askByPhone: (reference) => {
        const heard = world.askByPhone(reference);
        return heard === 'Paid' && run.random() < 0.5 ? 'NotPaid' : heard;
      },
    }),
  },
];

function withBank(world: MoneyWorld, change: (bank: PayoutBank) => PayoutBank['pay']): MoneyWorld {
  const { bank } = world.dependencies;
  const { supportsReferenceDedup, queryByReference } = bank;
  const broken: PayoutBank = {
    supportsReferenceDedup,
    queryByReference,
    query: (reference) => bank.query(reference),
    pay: change(bank),
  };
  return { ...world, dependencies: { ...world.dependencies, bank: broken } };
}

function withMoney(world: MoneyWorld, broken: Partial<MoneyStore>): MoneyWorld {
  const { money } = world.dependencies;
  const store: MoneyStore = {
    findPayout: (payoutRef) => money.findPayout(payoutRef),
    replacePayout: (next) => money.replacePayout(next),
    store: (change) => money.store(change),
    ...broken,
  };
  return { ...world, dependencies: { ...world.dependencies, money: store } };
}

/** What Lambda and Step Functions may do at any time, every time: a sound step bears it. */
export const everythingTwice: Canary = {
  name: 'each attempt is delivered twice at once',
  breakSteps: () => ({ payOut: twiceAtOnce }),
};

async function twiceAtOnce(
  ...given: Parameters<typeof runPayOut>
): Promise<Awaited<ReturnType<typeof runPayOut>>> {
  const [first, second] = await Promise.allSettled([runPayOut(...given), runPayOut(...given)]);
  if (first.status === 'fulfilled') return first.value;
  if (second.status === 'fulfilled') return second.value;
  throw first.reason;
}

/** Time enough for a duplicate to read what the first has read, on a busy machine too: the bug shows in the first such run. */
const GAP_MS = 25;

function unconditional(documents: DynamoDBDocumentClient): MoneyStore['replacePayout'] {
  return async (next) => {
    await sleep(GAP_MS);
    await documents.send(new PutCommand({ TableName: tableNames.payouts, Item: next }));
  };
}

/** Reads an open payout as if nobody had tried it yet. */
function forgetful(money: MoneyStore): MoneyStore['findPayout'] {
  return async (payoutRef): Promise<Payout | undefined> => {
    const payout = await money.findPayout(payoutRef);
    return payout?.state === 'Unknown' || payout?.state === 'Sending'
      ? { ...payout, state: 'Intent' }
      : payout;
  };
}

function inTwoWrites(money: MoneyStore, run: MoneyRun): MoneyStore['store'] {
  return async (change: MoneyChange) => {
    const { payout, ...rest } = change;
    if (payout === undefined || payout.version === 1) return money.store(change);
    await money.store({ payout });
    if (run.strikes(0.2, 'killed between the two writes')) throw new Error('killed');
    await money.store(rest);
  };
}

/** What a library does that locks by a record and removes it on failure (reliability §0.1): the next try begins anew. */
function startingAnewOnThrow(
  world: MoneyWorld,
  documents: DynamoDBDocumentClient,
): typeof runPayOut {
  return async (input, dependencies) => {
    try {
      return await runPayOut(input, dependencies);
    } catch (error) {
      const payoutRef = payoutRefOf(world.loanId, input.payoutNumber);
      const payout = await world.dependencies.money.findPayout(payoutRef);
      const anew = { ...payout, version: 1, state: 'Intent', attempt: 1 };
      if (payout?.state !== 'Paid' && payout?.state !== 'Refused')
        await documents.send(new PutCommand({ TableName: tableNames.payouts, Item: anew }));
      throw error;
    }
  };
}

function payingTooMuch(world: MoneyWorld): MoneyWorld {
  return withBank(
    world,
    (bank) => (instruction) =>
      bank
        .pay({ ...instruction, amountFen: instruction.amountFen * 100 })
        .then((answer) =>
          answer.status === 'Paid' ? { ...answer, amountFen: instruction.amountFen } : answer,
        ),
  );
}
