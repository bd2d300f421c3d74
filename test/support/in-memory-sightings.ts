import type { Sighting, Sightings } from '#domain/fraud/sighting.ts';

/** Sightings in memory; what it answers is what DynamoDB answers. */
export class InMemorySightings implements Sightings {
  readonly #kept = new Map<string, Sighting>();
  readonly #counted = new Map<string, string>();

  note(sightings: readonly Sighting[]): Promise<void> {
    for (const sighting of sightings)
      this.#kept.set(`${sighting.trait} ${sighting.seenAt} ${sighting.applicationId}`, sighting);
    return Promise.resolve();
  }

  noteAlso({ traits, ...seen }: Parameters<Sightings['noteAlso']>[0]): Promise<void> {
    return this.#counted.has(seen.applicationId)
      ? this.note(traits.map((trait) => ({ ...seen, trait })))
      : Promise.resolve();
  }

  listSince(trait: string, since: string, limit: number): Promise<readonly Sighting[]> {
    return Promise.resolve(
      [...this.#kept.values()]
        .filter((kept) => kept.trait === trait && kept.seenAt > since)
        .toSorted((a, b) => (a.seenAt + a.applicationId < b.seenAt + b.applicationId ? 1 : -1))
        .slice(0, limit),
    );
  }

  countForPartner(
    partnerId: string,
    date: string,
    { applicationId }: Parameters<Sightings['countForPartner']>[2],
  ): Promise<void> {
    if (!this.#counted.has(applicationId)) this.#counted.set(applicationId, `${partnerId} ${date}`);
    return Promise.resolve();
  }

  countOfPartner(partnerId: string, date: string): Promise<number> {
    const day = `${partnerId} ${date}`;
    return Promise.resolve([...this.#counted.values()].filter((kept) => kept === day).length);
  }
}
