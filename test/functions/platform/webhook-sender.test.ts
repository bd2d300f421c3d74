import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '#platform/public-address.ts';
import { HttpWebhookSender } from '#platform/webhook-sender.ts';
import { partnerWebhookSecret } from '#platform/webhook-secret.ts';
import {
  startHostileProvider,
  type HostileProvider,
} from '#test/functions/providers/hostile-provider.ts';

const secret = partnerWebhookSecret('a secret key', 'demo-partner');
const former = partnerWebhookSecret('the key before', 'demo-partner');
const secrets = [secret, former];
const message = { secrets, messageId: 'app_1-Disbursed', body: '{"type":"application.disbursed"}' };

describe('isPublicAddress', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '100::1',
    'localhost',
    '',
    '8.8.8',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2400:3200::1', '2606:4700::1111'])(
    'takes %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('HttpWebhookSender', () => {
  let partner: HostileProvider;
  beforeAll(async () => {
    partner = await startHostileProvider();
  });
  afterAll(() => partner.stop());

  const strict = new HttpWebhookSender({ allowPrivate: false });
  const local = new HttpWebhookSender({ allowPrivate: true });

  it.each([
    'http://example.com/hook',
    'https://example.com:8443/hook',
    'https://user@example.com/hook',
    'https://:password@example.com/hook',
    'https://127.0.0.1/hook',
    'https://2130706433/hook',
    'https://0x7f.1/hook',
    'https://0177.0.0.1/hook',
    'https://127.1/hook',
    'https://[::1]/hook',
    'https://[::ffff:127.0.0.1]/hook',
    'https://[::ffff:7f00:1]/hook',
    'https://[64:ff9b::7f00:1]/hook',
    'https://169.254.169.254/latest/meta-data/',
    'https://192.168.0.1/hook',
    'https://10.0.0.1/hook',
    'https://localhost/hook',
    'https://localhost./hook',
    'ftp://example.com/hook',
    'file:///etc/passwd',
  ])('never sends to %s', async (url) => {
    await expect(strict.send({ ...message, url })).rejects.toMatchObject({ name: 'Unavailable' });
  });

  it('signs what it sends, so that the partner can tell it is ours', async () => {
    let headers: Record<string, string> = {};
    partner.behave = (request, response) => {
      headers = request.headers as Record<string, string>;
      response.writeHead(204).end();
    };
    await local.send({ ...message, url: `${partner.url}/hook` });
    const body = partner.requests.at(-1)?.body ?? '';
    expect(body).toBe(message.body);
    for (const known of secrets)
      expect(() => new Webhook(known).verify(body, headers)).not.toThrow();
    expect(() =>
      new Webhook(partnerWebhookSecret('a secret key', 'other')).verify(body, headers),
    ).toThrow();
    expect(headers['webhook-id']).toBe(message.messageId);
  });

  it.each([302, 307, 400, 410, 500])(
    'takes status %i for not delivered, and follows nothing',
    async (status) => {
      const before = partner.requests.length;
      partner.behave = (_request, response) => {
        response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
      };
      await expect(local.send({ ...message, url: partner.url })).rejects.toMatchObject({
        name: 'Unavailable',
      });
      expect(partner.requests.length).toBe(before + 1);
    },
  );

  it('gives up on an endless answer', async () => {
    partner.behave = (_request, response) => {
      const more = setInterval(() => response.write('x'.repeat(20_000)), 1);
      response.on('close', () => {
        clearInterval(more);
      });
    };
    await expect(local.send({ ...message, url: partner.url })).rejects.toMatchObject({
      name: 'Unavailable',
    });
  });
});
