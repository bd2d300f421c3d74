import { createHmac } from 'node:crypto';

/** The secret shared with one partner (Standard Webhooks): derived, so that one key rotates them all and none is stored. */
export function partnerWebhookSecret(webhookSecretKey: string, partnerId: string): string {
  const derived = createHmac('sha256', webhookSecretKey).update(`webhook\n${partnerId}`).digest();
  return `whsec_${derived.toString('base64')}`;
}

/** The secrets a partner may check with while the key behind them changes. */
export function partnerWebhookSecrets(keys: readonly string[], partnerId: string): string[] {
  return keys.map((key) => partnerWebhookSecret(key, partnerId));
}
