import * as z from 'zod';
import type { BankAnswer, PayoutBank } from '#domain/applications/provider-ports.ts';
import type { DebitBank, DebitInstruction } from '#domain/servicing/ports.ts';
import { PayoutUnknown } from '#domain/shared/errors.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Paid = z.object({
  status: z.literal('Paid'),
  bankReference: z.string().min(1).max(100),
  amountFen: z.int().positive(),
  valueDate: z.iso.date(),
});
const Refused = z.object({ status: z.literal('Refused'), reason: z.string().max(200) });
const Processing = z.object({ status: z.literal('Processing') });
const NotFound = z.object({ status: z.literal('NotFound') });

const PayAnswer = z.discriminatedUnion('status', [Paid, Refused, Processing]);
const isFinal = { isFinal: z.boolean() };
const QueryAnswer = z.discriminatedUnion('status', [
  Paid.extend(isFinal),
  Refused.extend(isFinal),
  Processing.extend(isFinal),
  NotFound.extend(isFinal),
]);

export interface BankAbilities {
  /** A second instruction with the same reference moves nothing and gets the first one's answer. */
  readonly supportsReferenceDedup: boolean;
  readonly queryByReference: boolean;
}

/**
 * The bank that pays out and collects. Its time limit is the shortest of the money step: bank client < function < state. Whatever is not
 * a definite answer is `PayoutUnknown`: a refusal by status code, a broken answer and silence all leave open what happened.
 */
export class HttpPayoutBank implements PayoutBank, DebitBank {
  readonly supportsReferenceDedup: boolean;
  readonly queryByReference: boolean;
  readonly #client: ProviderClient;
  readonly #endpoint: () => Promise<ProviderEndpoint>;

  constructor(
    endpoint: () => Promise<ProviderEndpoint>,
    abilities: BankAbilities,
    timeoutMs = 10_000,
  ) {
    this.supportsReferenceDedup = abilities.supportsReferenceDedup;
    this.queryByReference = abilities.queryByReference;
    this.#endpoint = endpoint;
    this.#client = new ProviderClient('the bank', endpoint, timeoutMs);
  }

  async asksFirst(): Promise<boolean> {
    return (await this.#endpoint()).asksFirst ?? false;
  }

  pay(instruction: Parameters<PayoutBank['pay']>[0]): Promise<BankAnswer> {
    return this.#instruct('/payouts', instruction);
  }

  query(reference: string): Promise<BankAnswer & { isFinal: boolean }> {
    return this.#query(`/payouts/${encodeURIComponent(reference)}`);
  }

  debit(instruction: DebitInstruction): Promise<BankAnswer> {
    return this.#instruct('/debits', instruction);
  }

  queryDebit(reference: string): Promise<BankAnswer & { isFinal: boolean }> {
    return this.#query(`/debits/${encodeURIComponent(reference)}`);
  }

  async #instruct(path: string, instruction: unknown): Promise<BankAnswer> {
    try {
      return await this.#client.call({
        method: 'POST',
        path,
        body: instruction,
        answer: PayAnswer,
      });
    } catch (error) {
      throw new PayoutUnknown('the bank gave no definite answer to the instruction', {
        cause: error,
      });
    }
  }

  async #query(path: string): Promise<BankAnswer & { isFinal: boolean }> {
    try {
      return await this.#client.call({
        method: 'GET',
        path,
        answer: QueryAnswer,
        answerStatuses: [404],
      });
    } catch (error) {
      throw new PayoutUnknown('the bank gave no definite answer to the query', { cause: error });
    }
  }
}

/** What this bank can do, from BANK_ABILITIES (`ReferenceDedup`, `QueryByReference`, comma separated; unset: both). */
export function bankAbilitiesOf(setting: string | undefined): BankAbilities {
  const named = setting?.split(',').map((ability) => ability.trim());
  return {
    supportsReferenceDedup: named?.includes('ReferenceDedup') ?? true,
    queryByReference: named?.includes('QueryByReference') ?? true,
  };
}
