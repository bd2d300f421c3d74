import { dirname, join } from 'node:path';
import { grantsOf, type Grant } from '#local/hosting/permissions.ts';
import { Assembly } from '#local/hosting/template.ts';
import { synthesise } from '#lib/synthesise.ts';

/** Everything that the templates of one machine grant: what every platform of the suite is held to. */
export async function granted(): Promise<readonly Grant[]> {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/zhudai');
  const [first = ''] = await synthesise(cache, { stage: 'local' });
  const nowhere = 'http://127.0.0.1:1';
  const parameters = { CallbackBaseUrl: nowhere, OidcIssuer: nowhere, OidcAudience: 'zhudai' };
  return grantsOf(new Assembly(dirname(first), parameters));
}
