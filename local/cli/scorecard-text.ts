/** A card as its file has it: two blanks a level, lists of words on one line. One card is one text, byte for byte. */
export function scorecardText(card: object): string {
  return `${textOf(card, '')}\n`;
}

const WIDTH_MAX = 100;

function textOf(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (!Array.isArray(value)) {
    const lines = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => {
        const key = `${inner}${JSON.stringify(name)}: `;
        return `${key}${isFlat(each, key.length) ? flat(each) : textOf(each, inner)}`;
      });
    return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
  }
  const items = value.map((each) => `${inner}${textOf(each, inner)}`);
  return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
}

function isFlat(value: unknown, taken: number): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each === 'string') &&
    // One more for the comma that follows.
    taken + flat(value).length + 1 <= WIDTH_MAX
  );
}

function flat(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}
