import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Where DynamoDB Local keeps everything when it is started with `-sharedDb -dbPath`. */
export const DATABASE_FILE = 'shared-local-instance.db';
const PAGE_BYTES = 1024;

/**
 * Lays out an empty SQLite file in write-ahead mode before DynamoDB Local opens it; a file that is there stays as it is.
 * The mode belongs to the file, and the database itself would choose a rollback journal: four syncs of the disk for each
 * write against one, measured at 25 against 160 writes a second on a busy disk. What was acknowledged is on the disk
 * either way.
 */
export function prepareDatabaseFile(dataDir: string): void {
  const path = join(dataDir, DATABASE_FILE);
  if (existsSync(path)) return;
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, emptyDatabase());
  closeSync(file);
}

/** The first page as the file format describes it (sqlite.org/fileformat2.html): the header and an empty schema. */
function emptyDatabase(): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  page.write('SQLite format 3\0', 0, 'latin1');
  page.writeUInt16BE(PAGE_BYTES, 16);
  // Write and read version 2: write-ahead log.
  page.writeUInt8(2, 18);
  page.writeUInt8(2, 19);
  // Fractions of a page a payload may take; the format fixes them.
  page.writeUInt8(64, 21);
  page.writeUInt8(32, 22);
  page.writeUInt8(32, 23);
  page.writeUInt32BE(1, 24); // change counter
  page.writeUInt32BE(1, 28); // pages
  page.writeUInt32BE(4, 44); // schema format
  page.writeUInt32BE(1, 56); // UTF-8
  page.writeUInt32BE(1, 92); // the change counter the page count belongs to
  page.writeUInt32BE(3_008_007, 96); // version of the library that DynamoDB Local carries
  page.writeUInt8(0x0d, 100); // the schema: a leaf without cells
  page.writeUInt16BE(PAGE_BYTES, 105); // where its content begins
  return page;
}
