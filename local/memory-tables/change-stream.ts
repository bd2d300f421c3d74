import { randomUUID } from 'node:crypto';
import { equalItems, type Attribute, type Item } from './attributes.ts';
import { itemBytes } from '../hosting/capacity-units.ts';
import { REGION } from '../hosting/identity.ts';
import { Refusal } from './refusal.ts';

export type StreamView = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** What happened to one item, and when. */
export interface StreamChange {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly atMs: number;
}

/** Where a reader is: what it was given last may still be in its hands. */
interface Cursor {
  readonly number: number;
  readonly givenFrom: number;
  readonly usedAtMs: number;
}

/** How long what an iterator has still to read is kept: as long as a stream keeps its records. */
const KEPT_MS = 24 * 3600 * 1000;
/** So many records stay when everybody has read them, for whoever looks at a stream from its beginning. */
const KEPT_COUNT = 1_000;
const TRIM_EVERY = 500;
/** Readers of before a restart come back within this time, and find everything that they have not read. */
const RETURNED_WITHIN_MS = 60_000;
const SEQUENCE_DIGITS = 21;

/** What happened to the items of one table, in order, for the readers of its stream. */
export class ChangeStream {
  readonly arn: string;
  readonly label: string;
  readonly view: StreamView;
  readonly shardId = 'shardId-00000000000000000000-00000001';
  readonly #keyNames: readonly string[];
  #changes: StreamChange[] = [];
  /** The number of the first change that is still kept; the first of all has number 1. */
  #firstNumber = 1;
  readonly #cursors = new Map<string, Cursor>();
  #trimsFromMs = 0;

  constructor(given: {
    readonly arn: string;
    readonly label: string;
    readonly view: StreamView;
    readonly keyNames: readonly string[];
  }) {
    this.arn = given.arn;
    this.label = given.label;
    this.view = given.view;
    this.#keyNames = given.keyNames;
  }

  /** Remembers a write; one that changed nothing is none. */
  append(before: Item | undefined, after: Item | undefined, atMs: number): void {
    if (before === after || (before && after && equalItems(before, after))) return;
    this.#changes.push({ before, after, atMs });
    if (this.#nextNumber % TRIM_EVERY === 0) this.#trim();
  }

  /** What somebody may still have to read, and the number of the first of it; nobody has anything to read where nobody reads. */
  unread(): { readonly firstNumber: number; readonly changes: readonly StreamChange[] } {
    const oldest = Date.now() - KEPT_MS;
    let firstNumber = this.#nextNumber;
    for (const { givenFrom, usedAtMs } of this.#cursors.values())
      if (usedAtMs >= oldest) firstNumber = Math.min(firstNumber, givenFrom);
    firstNumber = Math.max(firstNumber, this.#firstNumber);
    return { firstNumber, changes: this.#changes.slice(firstNumber - this.#firstNumber) };
  }

  /** Takes over what an earlier life left; nothing of it goes before its readers had time to come back. */
  resume(given: { readonly firstNumber: number; readonly changes: readonly StreamChange[] }): void {
    this.#firstNumber = given.firstNumber;
    this.#changes = [...given.changes];
    this.#trimsFromMs = Date.now() + RETURNED_WITHIN_MS;
  }

  get firstSequence(): string {
    return sequenceOf(this.#firstNumber);
  }

  /** An iterator that begins at a place. */
  open(type: string, sequence: string | undefined): string {
    const cursor = randomUUID();
    const number = this.#startOf(type, sequence);
    this.#cursors.set(cursor, { number, givenFrom: number, usedAtMs: Date.now() });
    return this.#iterator(cursor, number);
  }

  /** The next records and where to go on. */
  read(iterator: string, limit: number): { records: readonly unknown[]; next: string } {
    const [, cursor = '', position = ''] = iterator.split('|');
    const number = Number(position);
    if (number < this.#firstNumber) throw trimmed();
    const from = number - this.#firstNumber;
    const changes = this.#changes.slice(from, from + limit);
    const next = number + changes.length;
    this.#cursors.set(cursor, { number: next, givenFrom: number, usedAtMs: Date.now() });
    return {
      records: changes.map((change, at) => this.#recordOf(change, number + at)),
      next: this.#iterator(cursor, next),
    };
  }

  get #nextNumber(): number {
    return this.#firstNumber + this.#changes.length;
  }

  #iterator(cursor: string, number: number): string {
    return `${this.arn}|${cursor}|${number}`;
  }

  #startOf(type: string, sequence: string | undefined): number {
    if (type === 'TRIM_HORIZON') return this.#firstNumber;
    if (type === 'LATEST') return this.#nextNumber;
    const number = Number(sequence) + (type === 'AFTER_SEQUENCE_NUMBER' ? 1 : 0);
    if (number < this.#firstNumber) throw trimmed();
    return number;
  }

  #recordOf({ before, after, atMs }: StreamChange, number: number): unknown {
    const { view } = this;
    const item = after ?? before ?? {};
    const Keys: Record<string, Attribute> = {};
    for (const name of this.#keyNames) if (item[name]) Keys[name] = item[name];
    const hasNew = after && (view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES');
    const hasOld = before && (view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES');
    return {
      eventID: randomUUID(),
      eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(atMs / 1000),
        Keys,
        ...(hasNew && { NewImage: after }),
        ...(hasOld && { OldImage: before }),
        SequenceNumber: sequenceOf(number),
        SizeBytes:
          itemBytes(Keys) + (hasNew ? itemBytes(after) : 0) + (hasOld ? itemBytes(before) : 0),
        StreamViewType: view,
      },
    };
  }

  /** Lets go of what every reader has read, but for the newest. */
  #trim(): void {
    if (Date.now() < this.#trimsFromMs) return;
    const oldest = Date.now() - KEPT_MS;
    let keptFrom = this.#nextNumber - KEPT_COUNT;
    for (const [cursor, { number, usedAtMs }] of this.#cursors)
      if (usedAtMs < oldest) this.#cursors.delete(cursor);
      else keptFrom = Math.min(keptFrom, number);
    if (keptFrom <= this.#firstNumber) return;
    this.#changes = this.#changes.slice(keptFrom - this.#firstNumber);
    this.#firstNumber = keptFrom;
  }
}

function trimmed(): Refusal {
  return new Refusal(
    'com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException',
    'The operation attempted to read past the oldest stream record in a shard.',
  );
}

function sequenceOf(number: number): string {
  return String(number).padStart(SEQUENCE_DIGITS, '0');
}
