import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlindIndex, IndexedName, People } from '#domain/applications/people.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryPeople } from '#test/support/in-memory-people.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const tables = { people: 'People', applications: 'Applications' };
const kinds: readonly [string, () => People][] = [
  ['DynamoPeople', () => new DynamoPeople(database.documents, tables)],
  ['DynamoPeople of a bundle', () => new DynamoPeople(database.bundledDocuments, tables)],
  ['InMemoryPeople', () => new InMemoryPeople()],
];

const under = (keyId: string, number: string): BlindIndex => ({
  keyId,
  value: createHash('sha256').update(`${keyId} ${number}`).digest('hex'),
});

async function everythingOf(people: People, keyId: string): Promise<IndexedName[]> {
  const found: IndexedName[] = [];
  let after: string | undefined;
  do {
    const page = await people.listOfKey(keyId, after);
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe.each(kinds)('%s', (kind, make) => {
  const named = (name: string) => `${kind} ${name}`;
  const old = named('old');
  const fresh = named('fresh');

  it('finds a person under any index they are kept under, and nobody under another', async () => {
    const people = make();
    const both = [under(old, 'found'), under(fresh, 'found')];
    await people.keep({ borrowerKey: named('found'), indexes: both }, 'app_1');
    for (const index of both) expect(await people.find([index])).toBe(named('found'));
    expect(await people.find([under(fresh, 'nobody'), under(old, 'found')])).toBe(named('found'));
    expect(await people.find([under(fresh, 'nobody')])).toBeUndefined();
  });

  it('keeps the same person again without a change', async () => {
    const people = make();
    const person = { borrowerKey: named('again'), indexes: [under(old, 'again')] };
    await people.keep(person, 'app_1');
    await people.keep(person, 'app_1');
    await people.keep(person, 'app_2');
    expect(await people.find(person.indexes)).toBe(named('again'));
  });

  it('gives nobody a second name, and keeps nothing of an attempt that failed', async () => {
    const people = make();
    await people.keep({ borrowerKey: named('first'), indexes: [under(old, 'one')] }, 'app_1');
    const second = {
      borrowerKey: named('second'),
      indexes: [under(fresh, 'one'), under(old, 'one')],
    };
    await expect(people.keep(second, 'app_2')).rejects.toThrow(ConcurrentChange);
    expect(await people.find([under(fresh, 'one')])).toBeUndefined();
    expect(await people.find(second.indexes)).toBe(named('first'));
  });

  it('lets go of a person whom no application shows any more, and not before', async () => {
    const people = make();
    const indexes = [under(old, 'gone'), under(fresh, 'gone')];
    const name = named('gone');
    await people.keep({ borrowerKey: name, indexes }, 'app_1');
    await people.keep({ borrowerKey: name, indexes }, 'app_2');
    await people.forget(name, { by: 'app_1' });
    await people.forget(name, { by: 'app_1' });
    await people.letGo(name);
    expect(await people.find(indexes)).toBe(name);
    // Something else may still keep them.
    await people.forget(name, { by: 'app_2' });
    for (const index of indexes) expect(await people.find([index])).toBe(name);
    await people.letGo(name);
    for (const index of indexes) expect(await people.find([index])).toBeUndefined();
    await people.forget(name, { by: 'app_2' });
    await people.letGo(name);
  });

  it('keeps whom an application shows again before they are let go', async () => {
    const people = make();
    const person = { borrowerKey: named('back'), indexes: [under(old, 'back')] };
    await people.keep(person, 'app_1');
    await people.forget(person.borrowerKey, { by: 'app_1' });
    await people.keep(person, 'app_2');
    await people.letGo(person.borrowerKey);
    expect(await people.find(person.indexes)).toBe(person.borrowerKey);
  });

  it('hands a person on to the application that follows the one that goes', async () => {
    const people = make();
    const indexes = [under(old, 'followed')];
    const name = named('followed');
    await people.keep({ borrowerKey: name, indexes }, 'app_1');
    await people.forget(name, { by: 'app_1', nowBy: 'app_2' });
    await people.letGo(name);
    expect(await people.find(indexes)).toBe(name);
    await people.forget(name, { by: 'app_2' });
    await people.letGo(name);
    expect(await people.find(indexes)).toBeUndefined();
  });

  it('lists what is under a key, all of it and nothing else', { timeout: 60_000 }, async () => {
    const people = make();
    const [many, other] = [named('many'), named('other')];
    const names = Array.from({ length: 40 }, (_, at) => named(`many ${String(at)}`));
    for (const name of names)
      await people.keep({ borrowerKey: name, indexes: [under(many, name)] }, 'app_1');
    await people.keep({ borrowerKey: named('else'), indexes: [under(other, 'else')] }, 'app_1');
    const found = (await everythingOf(people, many)).map(({ borrowerKey }) => borrowerKey);
    expect(found.toSorted()).toEqual(names.toSorted());
  });

  it('says whether a name is found under a key, until the index is taken away', async () => {
    const people = make();
    const index = under(old, 'whether');
    const name = named('whether');
    await people.keep({ borrowerKey: name, indexes: [index] }, 'app_1');
    expect(await people.isUnder(old, name)).toBe(true);
    expect(await people.isUnder(fresh, name)).toBe(false);
    await people.remove(index.value);
    await people.remove(index.value);
    expect(await people.isUnder(old, name)).toBe(false);
  });
});

it('lists more than a page of one partition', { timeout: 120_000 }, async () => {
  const people = new DynamoPeople(database.documents, tables);
  const values = Array.from(
    { length: 230 },
    (_, at) => `a${createHash('sha256').update(String(at)).digest('hex').slice(1)}`,
  );
  await Promise.all(
    values.map((value) =>
      people.keep({ borrowerKey: value, indexes: [{ keyId: 'crowded', value }] }, 'app_1'),
    ),
  );
  const found = (await everythingOf(people, 'crowded')).map(({ blindIndex }) => blindIndex);
  expect(found).toEqual(values.toSorted());
});
