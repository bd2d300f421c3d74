/** What a reader of the PDF sees and a copyist gets. */
export interface PdfContent {
  /** The text in drawing order, one line per drawing. */
  readonly text: string;
  readonly pages: number;
  readonly fonts: readonly Buffer[];
  /** By glyph number of the embedded font. */
  readonly codePoints: readonly number[];
}

/** Reads an uncompressed PDF of one embedded font: streams, the map from glyphs to characters, the drawn glyphs. */
export function readPdf(pdf: Buffer): PdfContent {
  const streams = streamsOf(pdf);
  const codePoints = characterMap(streams.map(({ body }) => body.toString('latin1')));
  const drawings = streams
    .filter(({ body }) => body.includes('BT\n'))
    .flatMap(({ body }) => [...body.toString('latin1').matchAll(/\[(.*?)\] TJ/g)])
    .map(([, array = '']) => drawn(array, codePoints));
  return {
    text: drawings.join('\n'),
    pages: [...pdf.toString('latin1').matchAll(/\/Type \/Page\b(?!s)/g)].length,
    fonts: streams
      .filter(({ body }) => body.readUInt32BE(0) === 0x00010000)
      .map(({ body }) => body),
    codePoints,
  };
}

function streamsOf(pdf: Buffer): { body: Buffer }[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/\/Length (\d+)[^]*?>>\nstream\n/g)].map((found) => {
    const start = found.index + found[0].length;
    return { body: pdf.subarray(start, start + Number(found[1])) };
  });
}

function characterMap(streams: readonly string[]): number[] {
  const map = streams.find((stream) => stream.includes('beginbfrange')) ?? '';
  const range = /beginbfrange\n([^]*?)\nendbfrange/.exec(map)?.[1] ?? '';
  return range.split('\n').flatMap((line) => {
    const [, list = ''] = /\[(.*)\]/.exec(line) ?? [];
    return [...list.matchAll(/<([0-9a-f ]*)>/g)].map(([, hex = '']) => codePointOf(hex));
  });
}

function codePointOf(hex: string): number {
  const units = hex.split(' ').map((unit) => Number.parseInt(unit, 16));
  return String.fromCharCode(...units).codePointAt(0) ?? 0;
}

function drawn(array: string, codePoints: readonly number[]): string {
  const hex = [...array.matchAll(/<([0-9a-f]+)>/g)].map(([, glyphs = '']) => glyphs).join('');
  const glyphs = hex.match(/.{4}/g) ?? [];
  return glyphs
    .map((glyph) => String.fromCodePoint(codePoints[Number.parseInt(glyph, 16)] ?? 0xfffd))
    .join('');
}
