import { appendFileSync } from 'node:fs';

/** Writes every call of a function into a file, a line each: what `npm run golden:events` chooses from. */
export function callsWrittenTo(file: string): (entry: string, payload: unknown) => void {
  return (entry, payload) => {
    appendFileSync(file, `${JSON.stringify({ entry, payload })}\n`);
  };
}
