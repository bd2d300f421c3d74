import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** What the host leaves in `<data>/credentials.json` for the command line. */
export const Credentials = z.object({
  baseUrl: z.string(),
  awsEndpoint: z.string().optional(),
  partnerKey: z.string(),
  operatorToken: z.string(),
});
export type Credentials = z.infer<typeof Credentials>;

export interface ConnectionFlags {
  readonly url?: string;
  readonly port?: string;
  readonly data?: string;
  readonly partnerKey?: string;
  readonly operatorToken?: string;
}

/** The flags of every command that talks to a platform. */
export interface CommandFlags extends ConnectionFlags {
  readonly json?: boolean;
}

const DEFAULT_DATA_FOLDER = '.zhudai';

/** Where the platform is and how to prove who asks: flags first, then ZHUDAI_* variables, then the host's file. */
export function findCredentials(
  flags: ConnectionFlags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Credentials {
  const folder = flags.data ?? environment['ZHUDAI_DATA'] ?? DEFAULT_DATA_FOLDER;
  const stored = readStored(join(folder, 'credentials.json'));
  const port = flags.port ?? environment['ZHUDAI_PORT'];
  const baseUrl =
    flags.url ??
    environment['ZHUDAI_URL'] ??
    (port === undefined ? stored.baseUrl : `http://127.0.0.1:${port}`) ??
    'http://127.0.0.1:4000';
  return {
    baseUrl: baseUrl.replace(/\/$/, ''),
    ...(stored.awsEndpoint !== undefined && { awsEndpoint: stored.awsEndpoint }),
    partnerKey: flags.partnerKey ?? environment['ZHUDAI_PARTNER_KEY'] ?? stored.partnerKey ?? '',
    operatorToken:
      flags.operatorToken ?? environment['ZHUDAI_OPERATOR_TOKEN'] ?? stored.operatorToken ?? '',
  };
}

function readStored(file: string): Partial<Credentials> {
  if (!existsSync(file)) return {};
  const parsed = Credentials.partial().safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) return {};
  return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
}
