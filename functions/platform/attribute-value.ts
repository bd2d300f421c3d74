/**
 * Turns DynamoDB's own notation (as streams deliver it) into plain values. Bytes stay as the base64 text they come in:
 * nothing that reads a stream needs them. Sets are not used in our tables.
 */
export function fromAttributeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const [type = ''] = Object.keys(value);
  const content: unknown = Reflect.get(value, type);
  switch (type) {
    case 'N':
      return Number(content);
    case 'NULL':
      return null;
    case 'L':
      return Array.isArray(content) ? content.map(fromAttributeValue) : undefined;
    case 'M':
      return fromAttributeMap(content);
    default:
      return content;
  }
}

/** The same for a whole item. */
export function fromAttributeMap(map: unknown): Record<string, unknown> {
  if (typeof map !== 'object' || map === null) return {};
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [name, fromAttributeValue(value)]),
  );
}
