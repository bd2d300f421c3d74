/** One application that showed a trait: a device, a phone, an account, an address, a contact. */
export interface Sighting {
  /** The kind of trait and the blind index of its value: never the value. */
  readonly trait: string;
  /** When the application came, as an ISO instant in UTC: it sorts as text. */
  readonly seenAt: string;
  readonly applicationId: string;
  /** The beginning of the borrower's blind index: enough to tell borrowers apart. */
  readonly borrower: string;
}

/** Where sightings are kept for as long as rules look back. Nothing here is ever scanned: a trait is a key. */
export interface Sightings {
  /** Keeps sightings; keeping the same one again changes nothing. */
  note(sightings: readonly Sighting[]): Promise<void>;
  /**
   * Keeps what an application showed under further keys, for as long as it was to be kept anyway. One whose sightings were
   * forgotten, or have expired, gets none back.
   */
  noteAlso(shown: Omit<Sighting, 'trait'> & { readonly traits: readonly string[] }): Promise<void>;
  /** The newest sightings of a trait since an instant, at most so many. */
  listSince(trait: string, since: string, limit: number): Promise<readonly Sighting[]>;
  /**
   * Counts an application of a partner on a business date, once however often it is called, and notes which traits it has
   * shown: they can be forgotten without opening anything.
   */
  countForPartner(
    partnerId: string,
    date: string,
    shown: Pick<Sighting, 'applicationId' | 'seenAt'> & { readonly traits: readonly string[] },
  ): Promise<void>;
  /** How many applications of a partner were counted on a business date. */
  countOfPartner(partnerId: string, date: string): Promise<number>;
}
