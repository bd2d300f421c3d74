import { callAws } from '../aws-call.ts';
import { releaseNamedIn, type ReleasedVersion } from './versions-of-release.ts';

const FUNCTIONS = '/2015-03-31/functions/';

interface Page {
  readonly NextMarker?: string | null;
}

/** Versions and aliases of the functions of one stage, through the Lambda API. */
export class PublishedFunctions {
  readonly #region: string;
  readonly #stage: string;
  readonly #alias: string;

  constructor({ region, stage, alias }: { region: string; stage: string; alias: string }) {
    this.#region = region;
    this.#stage = stage;
    this.#alias = alias;
  }

  /** The names of the stage's functions: each says its stage in its description. */
  async list(): Promise<readonly string[]> {
    const all = await this.#pages<{ FunctionName: string; Description?: string }>(
      FUNCTIONS,
      'Functions',
    );
    return all
      .filter(({ Description = '' }) => Description.includes(` (${this.#stage}, release `))
      .map(({ FunctionName }) => FunctionName);
  }

  async versions(name: string): Promise<readonly ReleasedVersion[]> {
    const all = await this.#pages<{ Version: string; Description?: string }>(
      `${FUNCTIONS}${name}/versions`,
      'Versions',
    );
    return all
      .filter(({ Version }) => /^\d+$/.test(Version))
      .map(({ Version, Description = '' }) => ({
        number: Number(Version),
        release: releaseNamedIn(Description),
      }));
  }

  async current(name: string): Promise<number> {
    const { text } = await callAws(this.#region, {
      service: 'lambda',
      method: 'GET',
      path: `${FUNCTIONS}${name}/aliases/${this.#alias}`,
    });
    return Number((JSON.parse(text) as { FunctionVersion: string }).FunctionVersion);
  }

  async point(name: string, version: number): Promise<void> {
    await callAws(this.#region, {
      service: 'lambda',
      method: 'PUT',
      path: `${FUNCTIONS}${name}/aliases/${this.#alias}`,
      body: JSON.stringify({
        FunctionVersion: String(version),
        // A gradual release under way ends with it.
        RoutingConfig: { AdditionalVersionWeights: {} },
      }),
      contentType: 'application/json',
    });
  }

  async #pages<Row>(path: string, rows: string): Promise<readonly Row[]> {
    const found: Row[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const { text } = await callAws(this.#region, {
        service: 'lambda',
        method: 'GET',
        path,
        query: { MaxItems: '50', ...(marker === '' ? {} : { Marker: marker }) },
      });
      const page = JSON.parse(text) as Page & Record<string, Row[]>;
      found.push(...(page[rows] ?? []));
      marker = page.NextMarker ?? undefined;
    }
    return found;
  }
}
