/** What puts a value into a bin: its word, its range (lower end inside, upper end not), or that nothing is known of it. */
export type BinTest =
  | { readonly words: readonly string[] }
  | { readonly from?: number | undefined; readonly below?: number | undefined }
  | { readonly takes: 'Missing' | 'Unseen' };

/** The bin of a value: its own word or range; else, where the card declares one, that of a missing value or unseen word. */
export function locateBin<Bin extends BinTest>(
  bins: readonly Bin[],
  value: number | string | boolean | undefined,
): Bin | undefined {
  if (value === undefined) return bins.find((bin) => 'takes' in bin && bin.takes === 'Missing');
  return (
    bins.find((bin) => holds(bin, value)) ??
    bins.find((bin) => 'takes' in bin && bin.takes === 'Unseen')
  );
}

function holds(bin: BinTest, value: number | string | boolean): boolean {
  if ('takes' in bin) return false;
  if ('words' in bin) return typeof value === 'string' && bin.words.includes(value);
  if (typeof value !== 'number') return false;
  return value >= (bin.from ?? -Infinity) && value < (bin.below ?? Infinity);
}
