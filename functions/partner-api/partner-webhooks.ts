import type { ZodOpenApiPathItemObject } from 'zod-openapi';
import * as z from 'zod';

const headers = z.object({
  'webhook-id': z.string().meta({
    description: 'The same however often a message is sent: drop what was there before',
  }),
  'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970' }),
  'webhook-signature': z.string().meta({
    description:
      'Standard Webhooks: v1, then the HMAC-SHA256 of id, timestamp and body; two of them while a key is replaced',
  }),
});

const message = <Data extends z.ZodType>(type: z.ZodType<string>, data: Data) =>
  z.object({ type, timestamp: z.iso.datetime({ offset: true }), data });

const OutcomeMessage = message(
  z.enum([
    'application.disbursed',
    'application.declined',
    'application.withdrawn',
    'application.expired',
  ]),
  z.object({
    applicationId: z.string(),
    externalId: z.string(),
    status: z.string(),
    reasonCodes: z.array(z.string()),
    loanId: z.string().optional(),
  }),
);

const UpheldMessage = message(
  z.literal('application.review_upheld'),
  z.object({
    applicationId: z.string(),
    externalId: z.string(),
    outcome: z.literal('Upheld'),
  }),
);

const OverturnedMessage = message(
  z.literal('application.review_overturned'),
  z.object({
    applicationId: z.string(),
    externalId: z.string(),
    outcome: z.literal('Overturned'),
    successorId: z.string().meta({ description: 'The application that a person decides now' }),
  }),
);

/** What the platform sends to the address of a partner: ids and words, never a person. */
export const partnerWebhooks: Readonly<Record<string, ZodOpenApiPathItemObject>> = {
  applicationEnded: webhook('An application has come to its end', OutcomeMessage),
  declineUpheld: webhook('A person has looked at a decline, and it stands', UpheldMessage),
  declineOverturned: webhook(
    'A person has overturned a decline: another application follows',
    OverturnedMessage,
  ),
};

function webhook(summary: string, schema: z.ZodType): ZodOpenApiPathItemObject {
  return {
    post: {
      summary,
      requestParams: { header: headers },
      requestBody: { content: { 'application/json': { schema } } },
      responses: { '2XX': { description: 'Taken. Any other answer is tried again.' } },
    },
  };
}
