import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Everything secret on this machine; made once for a data folder. */
export const LocalKeys = z.object({
  providerApiKey: z.string(),
  callbackSecret: z.string(),
  webhookSecretKey: z.string(),
  piiWrappingKey: z.string(),
  blindIndexKey: z.string(),
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

function newKeys(): LocalKeys {
  const base64 = (): string => randomBytes(32).toString('base64');
  const hex = (): string => randomBytes(24).toString('hex');
  return {
    providerApiKey: hex(),
    callbackSecret: base64(),
    webhookSecretKey: base64(),
    piiWrappingKey: base64(),
    blindIndexKey: base64(),
    tokenSecret: hex(),
    partnerKey: `zk_demo_${hex()}`,
    awsSecretKey: hex(),
  };
}
