import type { Catalog } from '#domain/catalog/ports.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import type { RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { existing } from './existing.ts';
import { askRestructuring } from './restructuring-request.ts';

/** Where new terms for a loan are asked for. */
export interface Restructurings {
  /** The task in which a person decides about them; undefined when the loan cannot be changed so. */
  ask(request: {
    readonly loanId: string;
    readonly plan: RestructuringPlan;
    readonly reason: string;
    readonly requestedBy: string;
    readonly excludedOperators: readonly string[];
  }): Promise<string | undefined>;
}

/** Asks servicing: the terms are priced, put before a second person, offered to the borrower and confirmed by them. */
export class ServicedRestructurings implements Restructurings {
  readonly #ports: { loans: LoanFiles; tasks: Tasks; catalog: Catalog; now: () => Date };

  constructor(ports: { loans: LoanFiles; tasks: Tasks; catalog: Catalog; now: () => Date }) {
    this.#ports = ports;
  }

  async ask({ loanId, ...request }: Parameters<Restructurings['ask']>[0]) {
    const { loans, ...ports } = this.#ports;
    const file = existing(await loans.find(loanId), `loan ${loanId}`);
    try {
      return (await askRestructuring({ file, ...request }, ports)).taskId;
    } catch (error) {
      // Dearer than the cap, paid off meanwhile, nothing left to plan: people find another way.
      if (error instanceof InvalidTransition) return undefined;
      throw error;
    }
  }
}
