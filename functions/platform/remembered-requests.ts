import type * as z from 'zod';
import { replayedHeader, type Idempotency, type RouteAnswer } from './api-route.ts';
import { documentClient, requireEnvironment } from './clients.ts';
import { ApiProblem } from './problem.ts';
import { DynamoIdempotencyKeys, type IdempotencyKeys } from './repositories/idempotency-keys.ts';

/** The requests of this function that no aggregate remembers. */
export function rememberedRequests(): IdempotencyKeys {
  return new DynamoIdempotencyKeys(documentClient(), requireEnvironment('IDEMPOTENCY_KEYS_TABLE'));
}

const KEPT_SECONDS = 30 * 86_400;

export interface RememberedCall<Body> {
  readonly keys: IdempotencyKeys;
  readonly callerId: string;
  readonly idempotency: Idempotency;
  readonly at: Date;
  readonly answer: z.ZodType<Body, Body>;
}

/**
 * For a request that changes no aggregate of ours: the first answer is kept under its key and given again. What it does
 * must bear being done twice, since a crash between doing and keeping loses the answer; no money moves this way.
 */
export async function answerOnce<Body>(
  call: RememberedCall<Body>,
  work: () => Promise<Body>,
): Promise<RouteAnswer<Body>> {
  const { keys, callerId, idempotency, at } = call;
  const callerKey = `${callerId}#${idempotency.key}`;
  const known = await keys.find(callerKey);
  if (known !== undefined) return replayed(call, known);
  const body = await work();
  const kept = await keys.remember({
    callerKey,
    bodyHash: idempotency.bodyHash,
    answer: JSON.stringify(call.answer.parse(body)),
    expiresAt: Math.floor(at.getTime() / 1000) + KEPT_SECONDS,
  });
  // Somebody was faster under the same key: theirs is the first answer, if it was the same request.
  return kept.bodyHash === idempotency.bodyHash ? { body } : replayed(call, kept);
}

function replayed<Body>(
  { idempotency, answer }: RememberedCall<Body>,
  known: { readonly bodyHash: string; readonly answer: string },
): RouteAnswer<Body> {
  if (known.bodyHash !== idempotency.bodyHash)
    throw new ApiProblem('IdempotencyKeyReused', 'use a new key for a new request');
  return { body: answer.parse(JSON.parse(known.answer)), headers: replayedHeader };
}
