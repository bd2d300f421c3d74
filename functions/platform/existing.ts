import { NotFound } from '#domain/shared/errors.ts';

/** The item, or `NotFound`: for what an id that was handed over must name. */
export function existing<Item>(item: Item | undefined, name: string): Item {
  if (item === undefined) throw new NotFound(`no ${name}`);
  return item;
}
