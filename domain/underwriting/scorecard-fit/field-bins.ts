import type { BinTest } from '../locate-bin.ts';
import type { OutcomeCounts } from './weight-of-evidence.ts';

/** A class of a field's values with the outcomes of the loans in it. */
export type FieldBin = BinTest & { readonly counts: OutcomeCounts };
