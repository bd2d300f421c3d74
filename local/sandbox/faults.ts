import * as z from 'zod';

export const FaultKind = z.enum([
  'Fail',
  'Stall',
  'LoseAnswer',
  'Duplicate',
  'Reorder',
  'Garbage',
  'Delay',
]);
export type FaultKind = z.infer<typeof FaultKind>;

/** The body of `POST /sandbox/control`. */
export const FaultOrder = z.strictObject({
  /** A provider's name, or `*` for all of them. */
  provider: z.string(),
  fault: FaultKind,
  /** Whether requests to the provider are hit, or the callbacks it sends. */
  on: z.enum(['Request', 'Callback']).default('Request'),
  probability: z.number().min(0).max(1).default(1),
  /** How often it strikes before it heals by itself; without it, until told to stop. */
  times: z.int().positive().optional(),
  /** Strikes only when this text occurs in "METHOD path body". */
  match: z.string().min(1).optional(),
  seed: z.int().default(1),
  delayMs: z.int().min(0).max(600_000).optional(),
  /** For Stall: whether the provider does what was asked before it falls silent. Left out, the seed decides each time. */
  performs: z.boolean().optional(),
});
export type FaultOrder = z.input<typeof FaultOrder>;

/** A fault that strikes now, with everything random already drawn. */
export interface Strike {
  readonly kind: FaultKind;
  readonly delayMs: number | undefined;
  readonly performs: boolean;
  /** Between 0 and 1: picks among variants, for example of garbage. */
  readonly draw: number;
}

interface StandingFault {
  readonly faultId: string;
  readonly order: z.infer<typeof FaultOrder>;
  readonly random: () => number;
  strikes: number;
}

/** Small, fast and the same everywhere (mulberry32): the seed alone decides what strikes. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The faults the simulators are told to have. They live in memory: a restart heals everything. */
export class FaultBoard {
  #standing: StandingFault[] = [];
  #nextNumber = 1;

  inject(order: FaultOrder): { faultId: string } {
    const parsed = FaultOrder.parse(order);
    const faultId = `fault_${this.#nextNumber++}`;
    this.#standing.push({
      faultId,
      order: parsed,
      random: seededRandom(parsed.seed),
      strikes: 0,
    });
    return { faultId };
  }

  /** Ends faults: all of them, those of one provider, or one by id. Says how many ended. */
  heal(filter: { provider?: string | undefined; faultId?: string | undefined } = {}): number {
    const before = this.#standing.length;
    this.#standing = this.#standing.filter(
      ({ faultId, order }) =>
        (filter.faultId !== undefined && filter.faultId !== faultId) ||
        (filter.provider !== undefined && filter.provider !== order.provider),
    );
    return before - this.#standing.length;
  }

  list(): (z.infer<typeof FaultOrder> & { faultId: string; strikes: number })[] {
    return this.#standing.map(({ faultId, order, strikes }) => ({ faultId, ...order, strikes }));
  }

  /** The first standing fault that hits this request or callback, if any. */
  strike(provider: string, on: 'Request' | 'Callback', subject: () => string): Strike | undefined {
    for (const fault of this.#standing) {
      const { order, random } = fault;
      if (order.on !== on || (order.provider !== '*' && order.provider !== provider)) continue;
      if (order.times !== undefined && fault.strikes >= order.times) continue;
      if (order.match !== undefined && !subject().includes(order.match)) continue;
      if (random() >= order.probability) continue;
      fault.strikes += 1;
      const draw = random();
      return {
        kind: order.fault,
        delayMs: order.delayMs,
        performs: order.performs ?? draw < 0.5,
        draw,
      };
    }
    return undefined;
  }
}

const garbageVariants = [
  '<html><body>502 Bad Gateway</body></html>',
  '{"status":"Pa',
  '',
  '[]',
  'null',
  '{"status":42,"result":[],"checkId":null,"requestId":{},"score":"high"}',
  '{"__proto__":{"status":"Paid"}}',
];

/** An answer with status 200 that no honest provider would give. */
export function garbage(draw: number): string {
  return garbageVariants[Math.floor(draw * garbageVariants.length)] ?? '';
}
