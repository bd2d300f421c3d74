import { describe, expect, it } from 'vitest';
import { staleAfterSeconds } from '#functions/disbursement/stale-after.ts';
import disburseLoan from '../../statemachines/disburse-loan.asl.json' with { type: 'json' };

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
}

describe('a payout whose attempt died', () => {
  const states = [disburseLoan.States.PayOut, disburseLoan.States.PayOutConfirmed];
  it.each(states)('is taken up soon after its claim is stale, before people are asked', (state) => {
    const retriers: readonly Partial<Retrier>[] = state.Retry;
    const busy = retriers.find(({ ErrorEquals }) => ErrorEquals?.includes('PayoutBusy'));
    const { IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts } = busy as Retrier;
    const delays = Array.from({ length: MaxAttempts }, (_, attempt) =>
      Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
    );
    // Full jitter draws between nothing and the whole delay: half of it on average.
    const expectedSeconds = delays.reduce((sum, delay) => sum + delay / 2, 0);
    expect(expectedSeconds).toBeGreaterThan(staleAfterSeconds() * 1.5);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30);
  });
});
