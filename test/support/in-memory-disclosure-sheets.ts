import type { DisclosureSheet } from '#domain/contracts/disclosure-sheet.ts';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';
import { canonicalJson } from '#domain/shared/canonical-json.ts';
import { sha256Hex } from '#domain/shared/digest.ts';

/** Disclosure sheets in memory; what it answers is what DynamoDB answers. */
export class InMemoryDisclosureSheets implements DisclosureSheets {
  readonly #texts = new Map<string, string>();

  keep(sheetHash: string, sheet: DisclosureSheet): Promise<void> {
    const text = canonicalJson(sheet);
    if (sha256Hex(text) !== sheetHash) return Promise.reject(new Error('another hash'));
    this.#texts.set(sheetHash, text);
    return Promise.resolve();
  }

  find(sheetHash: string): Promise<unknown> {
    const text = this.#texts.get(sheetHash);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as unknown));
  }
}
