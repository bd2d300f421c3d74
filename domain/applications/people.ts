/** The HMAC of a number under one key, and which key that was. */
export interface BlindIndex {
  readonly keyId: string;
  readonly value: string;
  /** Set where nobody goes by it: release 0.1.0, which took the blind index itself for the name, never ran here. */
  readonly isNeverName?: boolean;
}

/** A person, or a company, and what they are found by. */
export interface NamedPerson {
  /** The name they go by everywhere else: drawn, so that no number leads to it and no key that changes is in it. */
  readonly borrowerKey: string;
  readonly indexes: readonly BlindIndex[];
  /** Set where nothing was found: they are kept as new, or not at all. */
  readonly isNew?: boolean;
}

/** One blind index and the name it leads to. */
export interface IndexedName {
  readonly blindIndex: string;
  readonly borrowerKey: string;
}

/**
 * Who is known by which name. Nothing else is found by a number: everything stored about a person is under the name, so that
 * another key for the numbers moves nothing but this.
 */
export interface People {
  /** The name kept under any of the indexes; undefined: under none. Reads what is stored, never a copy of it. */
  find(indexes: readonly BlindIndex[]): Promise<string | undefined>;
  /** Whether anything was ever sent under a name: releases before 0.2.0 took the blind index itself for one. */
  hasApplied(borrowerKey: string): Promise<boolean>;
  /**
   * Keeps a person under every index, as shown by an application; kept before, nothing changes. Throws `ConcurrentChange`
   * when somebody else goes by one of the indexes.
   */
  keep(person: NamedPerson, applicationId: string): Promise<void>;
  /** An application shows a person no longer, its successor may. */
  forget(
    borrowerKey: string,
    shown: { readonly by: string; readonly nowBy?: string | undefined },
  ): Promise<void>;
  /** Whom nothing shows is found by nobody any more; whom something shows stays. */
  letGo(borrowerKey: string): Promise<void>;
  /** What is kept under one key: a few at a time, in an order of its own, from wherever the page before has ended. */
  listOfKey(
    keyId: string,
    after?: string,
  ): Promise<{ items: readonly IndexedName[]; next?: string }>;
  /** Whether a name is found under a key. */
  isUnder(keyId: string, borrowerKey: string): Promise<boolean>;
  /** Takes an index away; gone before, nothing changes. */
  remove(blindIndex: string): Promise<void>;
}
