import { inValueOrder, type LoanEvent } from '../lending/servicing/loan-event.ts';
import { payoffOn } from '../lending/servicing/payoff.ts';
import type { ServicedLoan } from '../lending/servicing/replay.ts';

/**
 * The events as they are played: a payment that covers all that is owed on its value date ends the loan (Civil Code 677:
 * interest for the actual period only), whether or not its payer called it a payoff. Decided in value-date order and from
 * nothing but the events, so that the order of arrival changes nothing (I7).
 */
export function playableEvents({ terms, policy, events }: ServicedLoan): readonly LoanEvent[] {
  const played: LoanEvent[] = [];
  let unpaidFen = terms.principalFen;
  for (const event of inValueOrder(events)) {
    if (event.kind !== 'Payment' || event.purpose === 'Prepayment' || event.amountFen < unpaidFen) {
      played.push(event);
    } else {
      const payoff = payoffOn({ terms, policy, events: played }, event.valueDate);
      const isCovered = payoff.totalFen > 0 && event.amountFen >= payoff.totalFen;
      played.push(isCovered ? { ...event, purpose: 'Prepayment' } : event);
    }
    // No payoff can be less than the principal that all payments so far could not have repaid.
    if (event.kind === 'Payment') unpaidFen -= event.amountFen;
  }
  return played;
}
