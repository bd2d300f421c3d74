/** The sort key of one version of one catalog item, and the name under which decisions remember it. */
export function catalogKeyOf(id: string, version: number): string {
  return `${id}#${String(version).padStart(4, '0')}`;
}
