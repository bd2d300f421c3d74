import { createHash } from 'node:crypto';
import * as z from 'zod';
import { sampleRowOf } from '../samples/sample-applicant.ts';
import { scenarioOf } from './magic.ts';
import { malformed, noSuchRoute, outOfService } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';
import { Tally } from './tally.ts';

const Body = z.object({ name: z.string(), idNumber: z.string(), mobile: z.string() });

/** Every such sample row has a name that does not belong to its number, so that a reviewer has something to see. */
const MISMATCH_EVERY_ROWS = 97;

/** Checks that name, identity number and mobile belong to one person. */
export class IdentityProvider implements SandboxProvider {
  readonly #tally = new Tally();

  needsKey(): boolean {
    return true;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'POST' || request.path !== '') return noSuchRoute;
    const body = Body.safeParse(request.body);
    if (!body.success) return malformed('name, idNumber and mobile are needed');
    const { name, idNumber, mobile } = body.data;
    const scenario = scenarioOf(idNumber);
    if (scenario === 'IdentityDown') return outOfService;
    if (scenario === 'IdentityDownTwice' && this.#tally.attempt(idNumber) <= 2) return outOfService;
    const result = judge(idNumber);
    this.#tally.count(result);
    const digest = createHash('sha256').update([name, idNumber, mobile].join('\n')).digest('hex');
    return { status: 200, body: { result, checkId: `idc_${digest.slice(0, 24)}` } };
  }

  books(): unknown {
    return this.#tally.books();
  }

  close(): void {
    this.#tally.clear();
  }
}

function judge(idNumber: string): 'Match' | 'Mismatch' | 'NotFound' {
  const scenario = scenarioOf(idNumber);
  if (scenario === 'IdentityMismatch') return 'Mismatch';
  if (scenario === 'IdentityNotFound') return 'NotFound';
  const row = sampleRowOf(idNumber);
  return row !== undefined && row.index % MISMATCH_EVERY_ROWS === 13 ? 'Mismatch' : 'Match';
}
