import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Everything secret on this machine; made once for a data folder. */
export const LocalKeys = z.object({
  providerApiKey: z.string(),
  callbackSecret: z.string(),
  webhookSecretKey: z.string(),
  piiWrappingKey: z.string(),
  blindIndexKey: z.string(),
  areNamesDrawn: z.boolean().optional(),
  blindIndexKeyNext: z.string().optional(),
  blindIndexKeyBefore: z.string().optional(),
  blindIndexKeysRetired: z.array(z.string()).optional(),
  tokenSecret: z.string(),
  partnerKey: z.string(),
  awsSecretKey: z.string(),
});
export type LocalKeys = z.infer<typeof LocalKeys>;

/** In memory the keys last as long as the process: what functions remember stays true from one platform to the next. */
let inMemory: LocalKeys | undefined;

/** Reads the keys of a data folder, or makes them; nobody else may read the file. */
export function localKeys(dataDir: string | undefined): LocalKeys {
  if (dataDir === undefined) return (inMemory ??= newKeys());
  const file = join(dataDir, 'keys.json');
  if (existsSync(file)) return LocalKeys.parse(JSON.parse(readFileSync(file, 'utf8')));
  const keys = newKeys();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(keys, undefined, 2), { mode: 0o600 });
  return keys;
}

const IndexKeys = LocalKeys.pick({
  blindIndexKey: true,
  areNamesDrawn: true,
  blindIndexKeyNext: true,
  blindIndexKeyBefore: true,
  blindIndexKeysRetired: true,
});

/** The keys people are found by, as a secret has them. */
export function indexKeysOf(keys: LocalKeys): z.infer<typeof IndexKeys> {
  return IndexKeys.parse(keys);
}

/** Keeps the keys people are found by, as a secret has them now: whatever else is in it, is as it was at the next start. */
export function keepIndexKeys(dataDir: string | undefined, secretText: string): void {
  const changed = IndexKeys.parse(JSON.parse(secretText));
  const others = Object.entries(localKeys(dataDir)).filter(([name]) => !(name in IndexKeys.shape));
  const keys = LocalKeys.parse({ ...Object.fromEntries(others), ...changed });
  if (dataDir === undefined) {
    inMemory = keys;
    return;
  }
  // Never half a file: without it nothing opens that was ever sealed.
  const file = join(dataDir, 'keys.json');
  writeFileSync(`${file}.new`, JSON.stringify(keys, undefined, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function newKeys(): LocalKeys {
  const base64 = (): string => randomBytes(32).toString('base64');
  const hex = (): string => randomBytes(24).toString('hex');
  return {
    providerApiKey: hex(),
    callbackSecret: base64(),
    webhookSecretKey: base64(),
    piiWrappingKey: base64(),
    blindIndexKey: base64(),
    areNamesDrawn: true,
    tokenSecret: hex(),
    partnerKey: `zk_demo_${hex()}`,
    awsSecretKey: hex(),
  };
}
