import type { Contract } from '#domain/applications/application.ts';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';

/** The disclosure sheet of a contract; contracts of before sheets had a place of their own still carry it. */
export async function shownSheet(contract: Contract, sheets: DisclosureSheets): Promise<unknown> {
  return contract.sheet ?? (await sheets.find(contract.sheetHash));
}
