/** Whether a value matches an EventBridge event pattern (also the filters of stream subscriptions). */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (!isRecord(pattern)) return false;
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return (expected as unknown[]).some((each) => matchesPattern(each, event));
    const value = isRecord(event) && Object.hasOwn(event, key) ? event[key] : undefined;
    return Array.isArray(expected) ? matchesAny(expected, value) : matchesNested(expected, value);
  });
}

function matchesNested(pattern: unknown, value: unknown): boolean {
  // An array of objects matches when one of them does.
  if (Array.isArray(value)) return value.some((each) => matchesPattern(pattern, each));
  return matchesPattern(pattern, value);
}

function matchesAny(expected: readonly unknown[], value: unknown): boolean {
  const values: unknown[] = Array.isArray(value)
    ? value.length === 0
      ? [undefined]
      : value
    : [value];
  return expected.some((filter) =>
    isRecord(filter) && 'exists' in filter
      ? filter['exists'] === isLeaf(value)
      : values.some((each) => matchesOne(filter, each)),
  );
}

/** `exists` looks at leaves only. */
function isLeaf(value: unknown): boolean {
  return value !== undefined && !isRecord(value);
}

function matchesOne(filter: unknown, value: unknown): boolean {
  if (!isRecord(filter)) return value !== undefined && filter === value;
  return Object.entries(filter).every(([name, argument]) => matchesFilter(name, argument, value));
}

function matchesFilter(name: string, argument: unknown, value: unknown): boolean {
  switch (name) {
    case 'prefix':
      return textTest(argument, value, (text, part) => text.startsWith(part));
    case 'suffix':
      return textTest(argument, value, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase();
    case 'wildcard':
      return typeof value === 'string' && wildcard(String(argument)).test(value);
    case 'numeric':
      return typeof value === 'number' && matchesNumber(argument as unknown[], value);
    case 'cidr':
      throw new Error('the one-machine host does not know the event filter "cidr"');
    case 'anything-but':
      return value !== undefined && !matchesButNot(argument, value);
    default:
      throw new Error(`the one-machine host does not know the event filter "${name}"`);
  }
}

function matchesButNot(argument: unknown, value: unknown): boolean {
  if (Array.isArray(argument)) return argument.some((each) => matchesOne(each, value));
  if (!isRecord(argument)) return argument === value;
  return Object.entries(argument).some(([name, inner]) =>
    Array.isArray(inner)
      ? inner.some((each) => matchesFilter(name, each, value))
      : matchesFilter(name, inner, value),
  );
}

function textTest(
  argument: unknown,
  value: unknown,
  test: (text: string, part: string) => boolean,
): boolean {
  if (typeof value !== 'string') return false;
  if (isRecord(argument))
    return test(value.toLowerCase(), String(argument['equals-ignore-case']).toLowerCase());
  return test(value, String(argument));
}

function matchesNumber(argument: readonly unknown[], value: number): boolean {
  for (let at = 0; at < argument.length; at += 2) {
    const bound = Number(argument[at + 1]);
    switch (argument[at]) {
      case '=':
        if (value !== bound) return false;
        break;
      case '<':
        if (!(value < bound)) return false;
        break;
      case '<=':
        if (!(value <= bound)) return false;
        break;
      case '>':
        if (!(value > bound)) return false;
        break;
      case '>=':
        if (!(value >= bound)) return false;
        break;
      default:
        throw new Error(`unknown comparison ${String(argument[at])} in an event pattern`);
    }
  }
  return true;
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .split(/(?<!\\)\*/)
    .map((part) => part.replaceAll('\\*', '*').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
