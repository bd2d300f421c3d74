import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { concludeReview } from '#domain/applications/reopen-application.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { runNotifyReview } from '#functions/notification/notify-review.ts';
import { partnerWebhookSecrets } from '#platform/webhook-secret.ts';
import { HttpWebhookSender, type WebhookMessage } from '#platform/webhook-sender.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { anApplication, anEvent, aRequest } from '../../domain/builders.ts';
import { partner } from '../../domain/catalog-files.ts';

const review = {
  taskId: 'task_01JDG5KX7W9MZ0QJ2V4N8R6T3B',
  dueAt: '2026-11-27T02:00:00.000Z',
  at: '2026-11-24T10:00:00.000Z',
  operatorId: 'operator-b',
};

/** A declined application, its partner with an address or without one, and what was sent to it. */
async function world(outcome?: 'Upheld' | 'Overturned', webhookUrl?: string) {
  const applications = new InMemoryApplications();
  const catalog = inMemoryCatalog();
  const next = { ...partner, webhookUrl, idVersion: 'demo-partner#0009', version: 9 };
  catalog.put('partner', next);
  catalog.put('partner', { idVersion: 'demo-partner#latest', version: 9 });
  const received = anApplication({ request: aRequest({ externalId: 'P-7' }) });
  await applications.create(received);
  const declined = changeApplication(received, {
    status: 'Declined',
    event: anEvent('ApplicationDeclined'),
  });
  await applications.replace(declined);
  const said = outcome === undefined ? undefined : concludeReview(declined, { ...review, outcome });
  if (said !== undefined) await applications.replace(said);
  const sent: WebhookMessage[] = [];
  const ports = {
    applications,
    catalog,
    webhooks: { send: (message: WebhookMessage) => Promise.resolve(void sent.push(message)) },
    webhookSecretKeys: () => Promise.resolve(['key']),
  };
  const application: Application = said ?? declined;
  return { ports, sent, application, event: { applicationId: application.applicationId } };
}

const bodyOf = ({ body }: WebhookMessage): unknown => JSON.parse(body);

describe('the news of a review', () => {
  it('says to the partner that a decline stands, without a word about the person', async () => {
    const { ports, sent, application, event } = await world('Upheld', 'https://partner.example');
    expect(await runNotifyReview(event, ports)).toEqual({ isTold: true });
    expect(sent.map(bodyOf)).toEqual([
      {
        type: 'application.review_upheld',
        timestamp: review.at,
        data: {
          applicationId: application.applicationId,
          externalId: 'P-7',
          outcome: 'Upheld',
        },
      },
    ]);
    expect(JSON.stringify(sent)).not.toMatch(/测|199|990000|operator-b|task_/);
  });

  it('names the application that follows an overturned decline', async () => {
    const { ports, sent, application, event } = await world(
      'Overturned',
      'https://partner.example',
    );
    await runNotifyReview(event, ports);
    expect(sent.map(bodyOf)).toMatchObject([
      {
        type: 'application.review_overturned',
        data: { outcome: 'Overturned', successorId: application.declineReview?.successorId },
      },
    ]);
    expect(application.declineReview?.successorId).toMatch(/^app_/);
  });

  it('carries one id however often its event comes, so that the partner hears it once', async () => {
    const { ports, sent, event } = await world('Upheld', 'https://partner.example');
    await runNotifyReview(event, ports);
    await runNotifyReview(event, ports);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
    expect(sent[0]?.messageId).toBe(`${event.applicationId}-DeclineReview-Upheld`);
  });

  it('is tried again when the partner does not answer: the event comes again', async () => {
    const { ports, event } = await world('Upheld', 'https://partner.example');
    const down = { send: () => Promise.reject(new Unavailable('down')) };
    await expect(runNotifyReview(event, { ...ports, webhooks: down })).rejects.toThrow(Unavailable);
  });

  it.each([
    { name: 'a partner without an address', outcome: 'Upheld' as const, url: undefined },
    { name: 'a review nobody has concluded', outcome: undefined, url: 'https://partner.example' },
  ])('is not sent of $name', async ({ outcome, url }) => {
    const { ports, sent, event } = await world(outcome, url);
    expect(await runNotifyReview(event, ports)).toEqual({ isTold: false });
    expect(sent).toEqual([]);
  });

  it('is signed with the key of the partner, as every other webhook', async () => {
    const heard: { headers: Record<string, string>; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        heard.push({ headers: request.headers as Record<string, string>, body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    try {
      const { ports, event } = await world('Upheld', url);
      const webhooks = new HttpWebhookSender({ allowPrivate: true });
      await runNotifyReview(event, { ...ports, webhooks });
      const [secret = ''] = partnerWebhookSecrets(['key'], 'demo-partner');
      const [{ headers, body } = expect.fail('nothing came')] = heard;
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({
        type: 'application.review_upheld',
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
