/** The sort key of one version of one catalog item, and the name under which decisions remember it. */
export function catalogKeyOf(id: string, version: number): string {
  return `${id}#${String(version).padStart(4, '0')}`;
}

/** The id and the version in such a key. */
export function parseCatalogKey(key: string): { readonly id: string; readonly version: number } {
  const [id = '', version = ''] = key.split('#');
  if (id === '' || !/^\d{4,}$/.test(version)) throw new Error(`not a catalog key: ${key}`);
  return { id, version: Number(version) };
}
