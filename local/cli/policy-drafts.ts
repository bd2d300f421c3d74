import { readFileSync } from 'node:fs';
import { CreditPolicy } from '../../domain/catalog/credit-policy.ts';
import type { PlatformAnswer, PlatformClient } from '../sandbox/platform-client.ts';

type Draft = PlatformAnswer['body'];

/** Hands a policy in for approval by somebody else. A hole, an overlap or an unknown fact is refused with its row named. */
export async function draftPolicy(operator: PlatformClient, file: string): Promise<Draft> {
  const content = CreditPolicy.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { body } = await operator.post('/ops/catalog/drafts', { kind: 'credit-policy', content });
  return (await operator.post(draftPath(body, 'submission'), {})).body;
}

/** Publishes, or rejects, what somebody else has handed in, bound to the hash of what is there now. */
export async function decidePolicy(
  operator: PlatformClient,
  { draftId, outcome }: { readonly draftId: string; readonly outcome: 'Approve' | 'Reject' },
): Promise<Draft> {
  const draft = await operator.get(`/ops/catalog/drafts/${encodeURIComponent(draftId)}`);
  const { contentHash } = draft;
  return (await operator.post(draftPath(draft, 'approval'), { outcome, contentHash })).body;
}

/** The draft in one line. */
export function describeDraft({ draftId, status, contentHash }: Draft): string[] {
  return [`${String(draftId)} ${String(status)} ${String(contentHash)}`];
}

function draftPath({ draftId }: Draft, step: 'submission' | 'approval'): string {
  return `/ops/catalog/drafts/${String(draftId)}/${step}`;
}
