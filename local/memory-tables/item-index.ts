import { scalarOrder, type Attribute, type Item } from './attributes.ts';
import { begins, type SortRange } from './key-conditions.ts';

/** An attribute that is part of a key. */
export interface KeyPart {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

interface Partition {
  readonly id: string;
  readonly hash: number;
  /** In the order of the sort key. */
  readonly items: Item[];
}

export interface ScanStart {
  /** The key after which the scan goes on. */
  readonly after: Item | undefined;
  readonly segment: number;
  readonly totalSegments: number;
}

/** Items by partition and, within one, in the order of their keys: a table's or an index's. */
export class ItemIndex {
  readonly #partitionKey: KeyPart;
  /** What orders the items of a partition; together with the partition it tells every item from all others. */
  readonly #order: readonly KeyPart[];
  readonly #partitions = new Map<string, Partition>();
  #scanned: readonly Partition[] | undefined;

  constructor(partitionKey: KeyPart, order: readonly KeyPart[]) {
    this.#partitionKey = partitionKey;
    this.#order = order;
  }

  get(key: Item): Item | undefined {
    const items = this.#partitions.get(this.#idOf(key))?.items;
    if (!items) return undefined;
    const at = this.#firstNotBefore(items, key);
    const found = items[at];
    return found && this.compare(found, key) === 0 ? found : undefined;
  }

  /** Puts an item in the place of the one with the same key. */
  put(item: Item): void {
    const id = this.#idOf(item);
    let partition = this.#partitions.get(id);
    if (!partition) {
      partition = { id, hash: hashOf(id), items: [] };
      this.#partitions.set(id, partition);
      this.#scanned = undefined;
    }
    const { items } = partition;
    const at = this.#firstNotBefore(items, item);
    const present = items[at];
    if (present && this.compare(present, item) === 0) items[at] = item;
    else items.splice(at, 0, item);
  }

  remove(item: Item): void {
    const id = this.#idOf(item);
    const partition = this.#partitions.get(id);
    if (!partition) return;
    const at = this.#firstNotBefore(partition.items, item);
    const present = partition.items[at];
    if (!present || this.compare(present, item) !== 0) return;
    partition.items.splice(at, 1);
    if (partition.items.length > 0) return;
    this.#partitions.delete(id);
    this.#scanned = undefined;
  }

  /** The order of two items of one partition. */
  compare(left: Item, right: Item): number {
    for (const part of this.#order) {
      const order = compareParts(left, right, part);
      if (order !== 0) return order;
    }
    return 0;
  }

  /** The items of a partition within a range of the sort key, in the direction asked for. */
  *range(given: {
    readonly partition: Attribute;
    readonly sort: SortRange | undefined;
    readonly after: Item | undefined;
    readonly isForward: boolean;
  }): Generator<Item> {
    const { sort, after, isForward } = given;
    const id = String(given.partition[this.#partitionKey.type]);
    const items = this.#partitions.get(id)?.items;
    if (!items) return;
    let [from, to] = this.#bounds(items, sort);
    if (after && isForward) from = Math.max(from, this.#firstAfter(items, after));
    if (after && !isForward) to = Math.min(to, this.#firstNotBefore(items, after));
    for (let count = to - from, at = isForward ? from : to - 1; count > 0; count -= 1) {
      const item = items[at];
      if (item) yield item;
      at += isForward ? 1 : -1;
    }
  }

  /** Every item of a segment, in an order that stays the same. */
  *scan({ after, segment, totalSegments }: ScanStart): Generator<Item> {
    this.#scanned ??= [...this.#partitions.values()].sort(byHash);
    const start = after && {
      partition: { id: this.#idOf(after), hash: hashOf(this.#idOf(after)) },
      key: after,
    };
    for (const partition of this.#scanned) {
      if (Math.floor((partition.hash * totalSegments) / HASHES) !== segment) continue;
      const order = start ? byHash(partition, start.partition) : 1;
      if (order < 0) continue;
      const from = order === 0 && start ? this.#firstAfter(partition.items, start.key) : 0;
      for (let at = from; at < partition.items.length; at += 1) {
        const item = partition.items[at];
        if (item) yield item;
      }
    }
  }

  #idOf(item: Item): string {
    const { name, type } = this.#partitionKey;
    return String(item[name]?.[type]);
  }

  /** Where the first item stands whose key is not before this one; the end where there is none. */
  #firstNotBefore(items: readonly Item[], key: Item): number {
    return firstWhere(items, (item) => this.compare(item, key) >= 0);
  }

  #firstAfter(items: readonly Item[], key: Item): number {
    return firstWhere(items, (item) => this.compare(item, key) > 0);
  }

  #bounds(items: readonly Item[], sort: SortRange | undefined): [number, number] {
    const [part] = this.#order;
    if (!sort || !part) return [0, items.length];
    const order = (item: Item, value: Attribute): number =>
      compareParts(item, { [part.name]: value }, part);
    const notBefore = (value: Attribute): number =>
      firstWhere(items, (item) => order(item, value) >= 0);
    const after = (value: Attribute): number => firstWhere(items, (item) => order(item, value) > 0);
    if (sort.kind === 'between') return [notBefore(sort.lower), after(sort.upper)];
    if (sort.kind === 'begins') {
      const from = notBefore(sort.start);
      let to = from;
      while (to < items.length && begins(items[to]?.[part.name], sort.start)) to += 1;
      return [from, to];
    }
    switch (sort.operator) {
      case '=':
        return [notBefore(sort.value), after(sort.value)];
      case '<':
        return [0, notBefore(sort.value)];
      case '<=':
        return [0, after(sort.value)];
      case '>':
        return [after(sort.value), items.length];
      case '>=':
        return [notBefore(sort.value), items.length];
    }
  }
}

function compareParts(left: Item, right: Item, { name, type }: KeyPart): number {
  const a = left[name]?.[type];
  const b = right[name]?.[type];
  if (a === b) return 0;
  return scalarOrder(type)?.(String(a), String(b)) ?? 0;
}

/** The first position at which a test that stays true holds. */
function firstWhere(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  // What is written last mostly belongs at the end.
  const last = items[high - 1];
  if (last && !holds(last)) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const HASHES = 2 ** 32;

/** FNV-1a: spreads partitions, so that the segments of a scan are alike. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function byHash(
  left: Pick<Partition, 'id' | 'hash'>,
  right: Pick<Partition, 'id' | 'hash'>,
): number {
  if (left.hash !== right.hash) return left.hash - right.hash;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}
