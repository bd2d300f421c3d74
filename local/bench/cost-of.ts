import * as z from 'zod';

/** What AWS asks for one of each; dated data. */
export const Prices = z.strictObject({
  region: z.string(),
  asOf: z.string(),
  currency: z.literal('USD'),
  source: z.string(),
  stateTransition: z.number(),
  lambdaRequest: z.number(),
  lambdaGigabyteSecond: z.number(),
  writeUnit: z.number(),
  readUnit: z.number(),
  restRequest: z.number(),
  customEvent: z.number(),
  logGigabyte: z.number(),
});
export type Prices = z.infer<typeof Prices>;

/** What one piece of work used. */
export interface Usage {
  readonly statesEntered: number;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly apiRequests: number;
  readonly eventsPut: number;
  readonly logKilobytes: number;
}

/** Billed time of a warm step: 20 ms measured on one machine without the network, taken four times for it. */
const MILLISECONDS_PER_INVOCATION = 80;
const MEGABYTES = 512;
/** START, END, REPORT and the state machine's lines without data. */
const LOG_KILOBYTES_PER_INVOCATION = 0.5;
const LOG_KILOBYTES_PER_STATE = 0.4;

/** What was counted, with what follows from it by assumption: billed time and logs. */
export function usageOf(counts: Omit<Usage, 'gigabyteSeconds' | 'logKilobytes'>): Usage {
  const { invocations, statesEntered } = counts;
  return {
    ...counts,
    gigabyteSeconds: (invocations * MILLISECONDS_PER_INVOCATION * MEGABYTES) / 1000 / 1024,
    logKilobytes:
      invocations * LOG_KILOBYTES_PER_INVOCATION + statesEntered * LOG_KILOBYTES_PER_STATE,
  };
}

export interface CostLine {
  readonly what: keyof Usage;
  readonly used: number;
  readonly dollars: number;
}

/** Dollars of `times` pieces of work, line by line, the dearest first. */
export function costOf(usage: Usage, prices: Prices, times: number): readonly CostLine[] {
  const perUnit: Readonly<Record<keyof Usage, number>> = {
    statesEntered: prices.stateTransition,
    invocations: prices.lambdaRequest,
    gigabyteSeconds: prices.lambdaGigabyteSecond,
    readUnits: prices.readUnit,
    writeUnits: prices.writeUnit,
    apiRequests: prices.restRequest,
    eventsPut: prices.customEvent,
    logKilobytes: prices.logGigabyte / 1_000_000,
  };
  return usageNames
    .map((what) => ({
      what,
      used: usage[what] * times,
      dollars: usage[what] * times * perUnit[what],
    }))
    .toSorted((left, right) => right.dollars - left.dollars);
}

const usageNames = [
  'statesEntered',
  'invocations',
  'gigabyteSeconds',
  'readUnits',
  'writeUnits',
  'apiRequests',
  'eventsPut',
  'logKilobytes',
] as const satisfies readonly (keyof Usage)[];
