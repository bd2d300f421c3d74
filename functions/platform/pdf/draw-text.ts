/** What pdfkit keeps of the font it embeds: the glyphs used so far, their widths and what they stand for. */
interface EmbeddedFont {
  readonly id: string;
  readonly ascender: number;
  readonly scale: number;
  readonly subset: { includeGlyph(glyphId: number): number };
  readonly widths: (number | undefined)[];
  readonly unicode: (readonly number[] | undefined)[];
  ref(): object;
}

/** pdfkit's document, with the parts of it that its types do not tell. */
interface DrawnDocument {
  readonly _font: EmbeddedFont;
  readonly page: { readonly height: number; readonly fonts: Record<string, object | undefined> };
  addContent(content: string): void;
}

export interface DrawnGlyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

export interface DrawnText {
  readonly glyphs: Iterable<DrawnGlyph>;
  readonly size: number;
  readonly x: number;
  /** Of the upper edge, from the top of the page. */
  readonly y: number;
  readonly isOutlined: boolean;
}

/**
 * Writes one line where it belongs, in the same bytes as pdfkit's `text` without line breaks. That one lays a line out
 * twice and keeps six objects for every character; a contract has some two thousand.
 */
export function drawText(document: object, text: DrawnText): void {
  if (!isDrawn(document)) throw new Error('pdfkit has changed its way to write a page');
  const { glyphs, size, x, y, isOutlined } = text;
  const { _font: font, page } = document;
  const { subset, widths, unicode, scale } = font;
  let line = '';
  for (const { id, advanceWidth, codePoints } of glyphs) {
    const place = subset.includeGlyph(id);
    line += hexadecimal(place);
    widths[place] ??= advanceWidth * scale;
    unicode[place] ??= codePoints;
  }
  if (line === '') return;
  page.fonts[font.id] ??= font.ref();
  const baseline = page.height - y - (font.ascender / 1000) * size;
  document.addContent(
    [
      'q',
      `1 0 0 -1 0 ${shown(page.height)} cm`,
      'BT',
      `1 0 0 1 ${shown(x)} ${shown(baseline)} Tm`,
      `/${font.id} ${shown(size)} Tf`,
      ...(isOutlined ? ['2 Tr'] : []),
      `[<${line}> 0] TJ`,
      'ET',
      'Q',
    ].join('\n'),
  );
}

function isDrawn(document: object): document is DrawnDocument {
  return '_font' in document && 'page' in document && 'addContent' in document;
}

const digits: string[] = [];

function hexadecimal(place: number): string {
  return (digits[place] ??= place.toString(16).padStart(4, '0'));
}

/** Six decimals, as pdfkit writes numbers. */
function shown(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
