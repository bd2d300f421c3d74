import type { DisclosureSheet } from './disclosure-sheet.ts';

/** Where disclosure sheets are kept, each under its hash: what is confirmed and signed is found again word for word. */
export interface DisclosureSheets {
  /** Keeps a sheet. The same one again changes nothing, and no other can take its place. */
  keep(sheetHash: string, sheet: DisclosureSheet): Promise<void>;
  /** The sheet as it was shown, whatever sheets look like by now; throws when it no longer has this hash. */
  find(sheetHash: string): Promise<unknown>;
}
