import { TrueTypeSubset, type GlyphSource } from './true-type-subset.ts';

/** One glyph as pdfkit asks for it. */
interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

interface Position {
  xAdvance: number;
  yAdvance: number;
  xOffset: number;
  yOffset: number;
}

type TableName =
  'head' | 'hhea' | 'maxp' | 'hmtx' | 'cmap' | 'loca' | 'glyf' | 'OS/2' | 'post' | 'prep';

/**
 * The part of a TrueType font that a PDF needs, in the shape pdfkit expects of a font. Chinese text wants no shaping: one
 * character is one glyph. The general engine that pdfkit brings parses outlines and looks up ligatures for every word and
 * costs ten times as much (measured: 15 ms against 1.5 ms for a contract).
 */
export class TrueTypeFont implements GlyphSource {
  readonly postscriptName: string;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly lineGap: number;
  readonly xHeight: number;
  readonly capHeight: number;
  readonly italicAngle = 0;
  readonly bbox: Readonly<Record<'minX' | 'minY' | 'maxX' | 'maxY', number>>;
  readonly head = { macStyle: { italic: false } };
  readonly post = { isFixedPitch: 0 };
  readonly #bytes: Buffer;
  readonly #tables: ReadonlyMap<string, { readonly offset: number; readonly length: number }>;
  readonly #metricCount: number;
  readonly #glyphs = new Map<number, Glyph>();
  readonly #glyphIdOf: (codePoint: number) => number;

  constructor(bytes: Buffer, postscriptName: string) {
    this.#bytes = bytes;
    this.postscriptName = postscriptName;
    this.#tables = tablesOf(bytes);
    const head = this.#at('head');
    const horizontal = this.#at('hhea');
    const os2 = this.#at('OS/2');
    this.unitsPerEm = bytes.readUInt16BE(head + 18);
    if (bytes.readInt16BE(head + 50) !== 1)
      throw new Error('the font does not have long glyph offsets');
    this.bbox = {
      minX: bytes.readInt16BE(head + 36),
      minY: bytes.readInt16BE(head + 38),
      maxX: bytes.readInt16BE(head + 40),
      maxY: bytes.readInt16BE(head + 42),
    };
    this.ascent = bytes.readInt16BE(horizontal + 4);
    this.descent = bytes.readInt16BE(horizontal + 6);
    this.lineGap = bytes.readInt16BE(horizontal + 8);
    this.#metricCount = bytes.readUInt16BE(horizontal + 34);
    this.xHeight = bytes.readInt16BE(os2 + 86);
    this.capHeight = bytes.readInt16BE(os2 + 88);
    this.#glyphIdOf = characterMapOf(bytes, this.#at('cmap'));
  }

  /** Says whether the font can draw the character; glyph 0 is the empty box. */
  has(codePoint: number): boolean {
    return this.#glyphOf(codePoint).id !== 0;
  }

  getGlyph(id: number): { readonly advanceWidth: number } {
    return { advanceWidth: this.advanceWidthOf(id) };
  }

  createSubset(): TrueTypeSubset {
    return new TrueTypeSubset(this);
  }

  /** One glyph a character, side by side. */
  layout(text: string): { glyphs: Glyph[]; positions: Position[]; advanceWidth: number } {
    const glyphs: Glyph[] = [];
    const positions: Position[] = [];
    let advanceWidth = 0;
    for (const character of text) {
      const glyph = this.#glyphOf(character.codePointAt(0) ?? 0);
      glyphs.push(glyph);
      positions.push({ xAdvance: glyph.advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 });
      advanceWidth += glyph.advanceWidth;
    }
    return { glyphs, positions, advanceWidth };
  }

  /** The glyphs of a text, in its order. */
  *glyphsOf(text: string): Generator<Glyph> {
    for (const character of text) yield this.#glyphOf(character.codePointAt(0) ?? 0);
  }

  /** The width of a text in units of the em. */
  widthOf(text: string): number {
    let width = 0;
    for (const character of text)
      width += this.#glyphOf(character.codePointAt(0) ?? 0).advanceWidth;
    return width;
  }

  advanceWidthOf(glyphId: number): number {
    const metric = Math.min(glyphId, this.#metricCount - 1);
    return this.#bytes.readUInt16BE(this.#at('hmtx') + metric * 4);
  }

  leftSideBearingOf(glyphId: number): number {
    const start = this.#at('hmtx');
    if (glyphId < this.#metricCount) return this.#bytes.readInt16BE(start + glyphId * 4 + 2);
    const rest = glyphId - this.#metricCount;
    return this.#bytes.readInt16BE(start + this.#metricCount * 4 + rest * 2);
  }

  outlineOf(glyphId: number): Uint8Array {
    const loca = this.#at('loca') + glyphId * 4;
    const glyf = this.#at('glyf');
    const start = this.#bytes.readUInt32BE(loca);
    const end = this.#bytes.readUInt32BE(loca + 4);
    return this.#bytes.subarray(glyf + start, glyf + end);
  }

  table(name: 'head' | 'hhea' | 'maxp' | 'prep'): Uint8Array {
    const { offset, length } = this.#table(name);
    return this.#bytes.subarray(offset, offset + length);
  }

  #glyphOf(codePoint: number): Glyph {
    const known = this.#glyphs.get(codePoint);
    if (known) return known;
    const id = this.#glyphIdOf(codePoint);
    const glyph = { id, advanceWidth: this.advanceWidthOf(id), codePoints: [codePoint] };
    this.#glyphs.set(codePoint, glyph);
    return glyph;
  }

  #table(name: TableName): { readonly offset: number; readonly length: number } {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`the font has no table ${name}`);
    return table;
  }

  #at(name: TableName): number {
    return this.#table(name).offset;
  }
}

function tablesOf(bytes: Buffer): Map<string, { offset: number; length: number }> {
  const tables = new Map<string, { offset: number; length: number }>();
  const count = bytes.readUInt16BE(4);
  for (let index = 0; index < count; index += 1) {
    const entry = 12 + index * 16;
    tables.set(bytes.toString('latin1', entry, entry + 4), {
      offset: bytes.readUInt32BE(entry + 8),
      length: bytes.readUInt32BE(entry + 12),
    });
  }
  return tables;
}

interface Segment {
  readonly first: number;
  readonly last: number;
  readonly glyphId: number;
}

/** Reads the character map of format 12 (all of Unicode): sorted runs of characters with consecutive glyphs. */
function characterMapOf(bytes: Buffer, cmap: number): (codePoint: number) => number {
  const start = fullUnicodeMapAt(bytes, cmap);
  const count = bytes.readUInt32BE(start + 12);
  const segments: Segment[] = [];
  for (let index = 0; index < count; index += 1) {
    const group = start + 16 + index * 12;
    segments.push({
      first: bytes.readUInt32BE(group),
      last: bytes.readUInt32BE(group + 4),
      glyphId: bytes.readUInt32BE(group + 8),
    });
  }
  return (codePoint) => {
    const segment = segmentOf(segments, codePoint);
    return segment === undefined ? 0 : segment.glyphId + codePoint - segment.first;
  };
}

function segmentOf(segments: readonly Segment[], codePoint: number): Segment | undefined {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment === undefined) return undefined;
    if (codePoint >= segment.first && codePoint <= segment.last) return segment;
    if (codePoint < segment.first) high = middle - 1;
    else low = middle + 1;
  }
  return undefined;
}

function fullUnicodeMapAt(bytes: Buffer, cmap: number): number {
  const count = bytes.readUInt16BE(cmap + 2);
  for (let index = 0; index < count; index += 1) {
    const start = cmap + bytes.readUInt32BE(cmap + 4 + index * 8 + 4);
    if (bytes.readUInt16BE(start) === 12) return start;
  }
  throw new Error('the font has no character map of format 12');
}
