import { callAws } from '#local/aws-call.ts';

interface ListedFunction {
  readonly FunctionName: string;
  readonly Description: string;
}

/** The functions of one stage, called as the cloud's own services call them. */
export class DeployedFunctions {
  readonly #region: string;
  readonly #stage: string;

  constructor({ region, stage }: { readonly region: string; readonly stage: string }) {
    this.#region = region;
    this.#stage = stage;
  }

  /** The name of the function made from a source file; `undefined` when it is not deployed. */
  async nameOf(entry: string): Promise<string | undefined> {
    const functions = await this.list();
    return functions.find(({ Description }) => Description.startsWith(`${entry} (${this.#stage},`))
      ?.FunctionName;
  }

  async list(): Promise<readonly ListedFunction[]> {
    const found: ListedFunction[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const { text } = await callAws(this.#region, {
        service: 'lambda',
        method: 'GET',
        path: '/2015-03-31/functions/',
        query: { MaxItems: '50', ...(marker === '' ? {} : { Marker: marker }) },
      });
      const page = JSON.parse(text) as { Functions: ListedFunction[]; NextMarker?: string | null };
      found.push(...page.Functions);
      marker = page.NextMarker ?? undefined;
    }
    return found.filter(({ Description }) => Description.includes(` (${this.#stage}, release `));
  }

  /** What a deployment of another release does with a function: its description, a version, the alias. */
  async release(name: string, description: string): Promise<void> {
    const path = `/2015-03-31/functions/${name}`;
    const send = (method: 'POST' | 'PUT', part: string, body: object) =>
      callAws(this.#region, {
        service: 'lambda',
        method,
        path: `${path}/${part}`,
        body: JSON.stringify(body),
        contentType: 'application/json',
      });
    await send('PUT', 'configuration', { Description: description });
    const { text } = await send('POST', 'versions', {});
    const { Version } = JSON.parse(text) as { Version: string };
    await send('PUT', 'aliases/live', { FunctionVersion: Version });
  }

  /** Calls a function and waits for it, as a person does who advances a schedule by hand. */
  async invoke(entry: string, payload: unknown): Promise<unknown> {
    const name = await this.nameOf(entry);
    if (name === undefined) throw new Error(`no function was made from ${entry}`);
    const { headers, text } = await callAws(this.#region, {
      service: 'lambda',
      method: 'POST',
      path: `/2015-03-31/functions/${name}/invocations`,
      query: { Qualifier: 'live' },
      body: JSON.stringify(payload),
      contentType: 'application/json',
    });
    if (headers['x-amz-function-error'] !== undefined) throw new Error(`${entry} failed: ${text}`);
    return JSON.parse(text) as unknown;
  }
}
