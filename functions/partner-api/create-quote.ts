import * as z from 'zod';
import { quote } from '#domain/lending/quote.ts';
import { parseTerms, Terms } from '#domain/lending/terms.ts';
import { apiRoute } from '#platform/api-route.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';

const Row = z.object({
  number: z.int(),
  dueOn: z.string(),
  principalFen: z.int(),
  interestFen: z.int(),
  feeFen: z.int(),
  totalFen: z.int(),
  outstandingFen: z.int(),
});

export const createQuoteRoute = describeRoute({
  operationId: 'createQuote',
  summary: 'Schedule, yearly rate and all-in cost of given terms',
  method: 'POST',
  path: '/v1/quotes',
  caller: 'Partner',
  parameters: Nothing,
  query: Nothing,
  body: Terms,
  status: 200,
  answer: z
    .object({
      id: z.string().optional(),
      installmentFen: z.int(),
      schedule: z.array(Row),
      totals: z.object({ principalFen: z.int(), interestFen: z.int(), feeFen: z.int() }),
      apr: z.object({ nominal: z.string(), effective: z.string() }),
      allInCost: z.object({ itemised: z.string(), combined: z.string() }),
    })
    .meta({ id: 'Quote' }),
  problems: ['IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: createQuoteRoute,
  dependencies: () => ({ keys: rememberedRequests() }),
  run: ({ caller, body, idempotency }, { keys }) =>
    answerOnce(
      { keys, callerId: caller.partnerId, idempotency, at: now(), answer: createQuoteRoute.answer },
      () => {
        const { schedule, ...quoted } = quote(parseTerms(body));
        return Promise.resolve({ ...quoted, schedule: [...schedule] });
      },
    ),
});
