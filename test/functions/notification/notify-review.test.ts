import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { concludeReview } from '#domain/applications/reopen-application.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { sendAgain } from '#domain/notification/notice.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import type { Loans } from '#domain/loans/ports.ts';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import { runSendWaitingNotices } from '#functions/notification/send-waiting-notices.ts';
import { quietHoursFor } from '#platform/quiet-hours-in-force.ts';
import { InMemoryNotices } from '#test/support/in-memory-notices.ts';
import { runNotifyReview } from '#functions/notification/notify-review.ts';
import { partnerWebhookSecrets } from '#platform/webhook-secret.ts';
import {
  HttpWebhookSender,
  type WebhookMessage,
  type WebhookSender,
} from '#platform/webhook-sender.ts';
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

const HOUR_MS = 3_600_000;
const SCHEDULE_MS = 5 * 60_000;

/** There is no loan, and no borrower is written to: whoever looks for either fails. */
const nobodyElse = {
  loans: { find: () => Promise.resolve(undefined) } as unknown as Loans,
  vault: {} as PersonalDataVault,
  messages: {} as MessageSender,
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
  const notices = new InMemoryNotices();
  const clock = { at: Date.parse('2026-11-24T10:00:01Z') };
  const ports = {
    applications,
    catalog,
    notices,
    now: () => new Date(clock.at),
    webhooks: { send: (message: WebhookMessage) => Promise.resolve(void sent.push(message)) },
    webhookSecretKeys: () => Promise.resolve(['key']),
  };
  const application: Application = said ?? declined;
  return { ports, sent, clock, application, event: { applicationId: application.applicationId } };
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

  it('is heard once however often its event comes, also at the same moment', async () => {
    const { ports, sent, event } = await world('Upheld', 'https://partner.example');
    await Promise.all([runNotifyReview(event, ports), runNotifyReview(event, ports)]);
    expect(await runNotifyReview(event, ports)).toEqual({ isTold: false });
    const loanId = loanIdOf(event.applicationId);
    expect(sent.map(({ messageId }) => messageId)).toEqual([
      `${loanId}-DeclineReview.Upheld.Webhook-1`,
    ]);
  });

  it('is kept while the partner does not answer, and sent by the schedule as news of a loan is', async () => {
    const { ports, sent, clock, event } = await world('Upheld', 'https://partner.example');
    const tries: number[] = [];
    const down = {
      send: () => {
        tries.push(clock.at);
        return Promise.reject(new Unavailable('down'));
      },
    };
    expect(await runNotifyReview(event, { ...ports, webhooks: down })).toEqual({ isTold: false });
    const fromTo = async (hours: number, webhooks: WebhookSender): Promise<void> => {
      for (const until = clock.at + hours * HOUR_MS; clock.at < until;) {
        clock.at += SCHEDULE_MS;
        await runSendWaitingNotices({}, { ...ports, ...nobodyElse, webhooks });
      }
    };
    await fromTo(2, down);
    // At once, then after 5 seconds, 5 minutes and half an hour, each at the next run of the schedule.
    expect(tries.length).toBe(4);
    await fromTo(3, ports.webhooks);
    expect(sent.map(bodyOf)).toMatchObject([{ type: 'application.review_upheld' }]);
    const { items } = await ports.notices.listByLoan(loanIdOf(event.applicationId), { limit: 9 });
    expect(items).toMatchObject([{ status: 'Sent', attempts: 5, lastFault: 'down' }]);
  });

  it('waits for a person after eight tries over two days, and is sent again under another id', async () => {
    const { ports, sent, clock, event } = await world('Upheld', 'https://partner.example');
    const down = { send: () => Promise.reject(new Unavailable('down')) };
    await runNotifyReview(event, { ...ports, webhooks: down });
    for (let run = 0; run < (96 * HOUR_MS) / SCHEDULE_MS; run += 1) {
      clock.at += SCHEDULE_MS;
      await runSendWaitingNotices({}, { ...ports, ...nobodyElse, webhooks: down });
    }
    const loanId = loanIdOf(event.applicationId);
    const [parked = expect.fail('nothing is kept')] = (
      await ports.notices.listByLoan(loanId, { limit: 9 })
    ).items;
    expect(parked).toMatchObject({
      status: 'Parked',
      attempts: 8,
      applicationId: event.applicationId,
    });
    const at = ports.now().toISOString();
    const again = sendAgain(parked, {
      at,
      quiet: await quietHoursFor(parked, { ...ports, ...nobodyElse }),
    });
    await ports.notices.replace(again ?? expect.fail('it cannot be sent again'));
    await runSendWaitingNotices({}, { ...ports, ...nobodyElse });
    expect(sent.map(({ messageId }) => messageId)).toEqual([
      `${loanId}-DeclineReview.Upheld.Webhook-2`,
    ]);
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
