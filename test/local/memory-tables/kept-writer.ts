import { randomSequence } from './kept-state.ts';
import { KeptTables } from '#local/memory-tables/kept-tables.ts';

/** So many requests are under way at once. */
const AT_ONCE = 8;

/**
 * Sends the requests of a seed to tables kept in a folder, several at once, and says the number of each that is answered,
 * until it is killed: `node kept-writer.ts DIRECTORY SEED LOG_BYTES_MAX`.
 */
const [directory = '', seed = '1', logBytesMax = '20000'] = process.argv.slice(2);
const tables = await KeptTables.open({ directory, logBytesMax: Number(logBytesMax) });
let sent = 0;
const requests = randomSequence(Number(seed));

async function work(): Promise<void> {
  for (;;) {
    const number = (sent += 1);
    const { target, request } = requests.next();
    await tables.send(target, request);
    process.stdout.write(`${String(number)}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
