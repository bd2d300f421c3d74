import { createHash } from 'node:crypto';
import * as z from 'zod';
import { sampleRowOf } from '../samples/sample-applicant.ts';
import { scenarioOf } from './magic.ts';
import { malformed, noSuchRoute, outOfService } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';
import { Tally } from './tally.ts';

const Body = z.object({ idNumber: z.string(), declaredMonthlyIncomeFen: z.int().min(0) });

const LOWER_EVERY_ROWS = 23;

/** Compares a declared income with what tax and social insurance know of it. */
export class IncomeProvider implements SandboxProvider {
  readonly #tally = new Tally();

  needsKey(): boolean {
    return true;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'POST' || request.path !== '') return noSuchRoute;
    const body = Body.safeParse(request.body);
    if (!body.success) return malformed('idNumber and declaredMonthlyIncomeFen are needed');
    const { idNumber, declaredMonthlyIncomeFen } = body.data;
    const scenario = scenarioOf(idNumber);
    if (scenario === 'IncomeDown') return outOfService;
    if (scenario === 'IncomeDownTwice' && this.#tally.attempt(idNumber) <= 2) return outOfService;
    const result = judge(idNumber);
    this.#tally.count(result);
    const checkId = `inc_${createHash('sha256').update(request.rawBody).digest('hex').slice(0, 24)}`;
    if (result === 'NoRecord') return { status: 200, body: { result, checkId } };
    const verifiedMonthlyIncomeFen =
      result === 'Lower'
        ? Math.floor((declaredMonthlyIncomeFen * 3) / 5)
        : declaredMonthlyIncomeFen;
    return { status: 200, body: { result, verifiedMonthlyIncomeFen, checkId } };
  }

  books(): unknown {
    return this.#tally.books();
  }

  close(): void {
    this.#tally.clear();
  }
}

function judge(idNumber: string): 'Confirmed' | 'Lower' | 'NoRecord' {
  const scenario = scenarioOf(idNumber);
  if (scenario === 'IncomeLower') return 'Lower';
  if (scenario === 'IncomeNoRecord') return 'NoRecord';
  const row = sampleRowOf(idNumber);
  if (row === undefined) return 'Confirmed';
  // A71: without employment, so no employer reports an income.
  if (row.employmentSince === 'A71') return 'NoRecord';
  return row.index % LOWER_EVERY_ROWS === 7 ? 'Lower' : 'Confirmed';
}
