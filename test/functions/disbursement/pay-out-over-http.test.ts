import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { HttpPayoutBank } from '#platform/providers/payout-bank.ts';
import { goodApplicant, OriginationWorld } from '#test/functions/origination/origination-world.ts';
import {
  json,
  startHostileProvider,
  type HostileProvider,
} from '#test/functions/providers/hostile-provider.ts';

interface Order {
  readonly reference: string;
  readonly amountFen: number;
}

let bank: HostileProvider;
let world: OriginationWorld;
/** The books of the bank: what it paid, by reference, each once. */
let books: Map<string, Order>;

beforeAll(async () => {
  bank = await startHostileProvider();
});
afterAll(() => bank.stop());

beforeEach(async () => {
  books = new Map();
  bank.requests.length = 0;
  const client = new HttpPayoutBank(
    () => Promise.resolve({ url: bank.url, apiKey: 'bank key' }),
    { supportsReferenceDedup: true, queryByReference: true },
    150,
  );
  world = await OriginationWorld.start((outside) => {
    outside.pay = (instruction) => client.pay(instruction);
    outside.queryBank = (reference) => client.query(reference);
  });
});
afterEach(() => {
  world.stop();
});

const paid = ({ amountFen }: Order) => ({
  status: 'Paid',
  bankReference: 'BK1',
  amountFen,
  valueDate: '2026-11-24',
});

/** An honest bank, but for what a test does to its answers. */
function answer(spoil: (count: number) => HostileProvider['behave'] | undefined): void {
  let count = 0;
  bank.behave = (request, response) => {
    count += 1;
    const found = books.get(request.url?.split('/').at(-1) ?? '');
    const isPay = request.method === 'POST';
    if (isPay) {
      const order = JSON.parse(bank.requests.at(-1)?.body ?? '') as Order;
      books.set(order.reference, order);
    }
    const order = isPay ? [...books.values()].at(-1) : found;
    const honest =
      order === undefined
        ? json(404, { status: 'NotFound', isFinal: true })
        : json(200, { ...paid(order), ...(isPay ? {} : { isFinal: true }) });
    (spoil(count) ?? honest)(request, response);
  };
}

const ways: Readonly<Record<string, HostileProvider['behave']>> = {
  'an answer lost on the way': (request) => request.socket.destroy(),
  silence: () => undefined,
  'an error after it paid': json(500, {}),
  'half an answer': (_request, response) => {
    response.write('{"status":"Pa');
    response.destroy();
  },
};

describe('pay-out over HTTP', () => {
  it.each(Object.keys(ways))('pays once in spite of %s', async (way) => {
    answer((count) => (count === 1 ? ways[way] : undefined));
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect([...books.values()]).toMatchObject([{ amountFen: 30_000_00 }]);
    expect(bank.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('asks the bank again at once when the payment could not be booked for a change at the same time', async () => {
    answer(() => undefined);
    const applicationId = await world.apply({ applicant: goodApplicant });
    const store = world.money.store.bind(world.money);
    let conflicts = 0;
    world.money.store = (settlement) => {
      conflicts += 1;
      return conflicts === 2 ? Promise.reject(new ConcurrentChange('changed')) : store(settlement);
    };
    const signedAt = world.clock.now();
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(bank.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
    // Not the seconds after which a claim is stale: nobody was at it any more.
    expect(world.clock.now() - signedAt).toBeLessThan(20_000);
  });

  it('does not book a payment of another amount', async () => {
    answer((count) =>
      count === 1 ? json(200, { ...paid({ reference: '', amountFen: 1 }) }) : undefined,
    );
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(bank.requests.length).toBeGreaterThan(1);
    expect(books.size).toBe(1);
  });
});
