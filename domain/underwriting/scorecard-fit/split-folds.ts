import { seededOrder } from './seeded-order.ts';

/** Which fold tests each row: about equal numbers of good and of bad loans in every fold, drawn by the seed. */
export function splitFolds(isBad: readonly boolean[], folds: number, seed: number): number[] {
  const foldOf = new Array<number>(isBad.length).fill(0);
  const dealt = { good: 0, bad: 0 };
  for (const row of seededOrder(isBad.length, seed)) {
    const outcome = isBad[row] === true ? 'bad' : 'good';
    foldOf[row] = dealt[outcome] % folds;
    dealt[outcome] += 1;
  }
  return foldOf;
}
