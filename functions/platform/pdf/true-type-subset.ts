/** Where the glyphs of a subset come from. */
export interface GlyphSource {
  advanceWidthOf(glyphId: number): number;
  leftSideBearingOf(glyphId: number): number;
  outlineOf(glyphId: number): Uint8Array;
  table(name: 'head' | 'hhea' | 'maxp' | 'prep'): Uint8Array;
}

/**
 * The glyphs one document uses, as a small TrueType font. It holds outlines that stand alone; a glyph composed of others
 * would lose its parts, so one is refused (Noto Sans SC has none).
 */
export class TrueTypeSubset {
  readonly #source: GlyphSource;
  /** Glyph 0, the empty box, is in every font. */
  readonly #glyphIds: number[] = [0];
  readonly #places = new Map<number, number>([[0, 0]]);

  constructor(source: GlyphSource) {
    this.#source = source;
  }

  /** The number the glyph has in the subset; a new one is added at the end. */
  includeGlyph(glyphId: number): number {
    const known = this.#places.get(glyphId);
    if (known !== undefined) return known;
    const place = this.#glyphIds.length;
    this.#places.set(glyphId, place);
    this.#glyphIds.push(glyphId);
    return place;
  }

  encode(): Buffer {
    const count = this.#glyphIds.length;
    const { glyf, loca } = this.#outlines();
    const hhea = Buffer.from(this.#source.table('hhea'));
    hhea.writeUInt16BE(count, 34);
    const maxp = Buffer.from(this.#source.table('maxp'));
    maxp.writeUInt16BE(count, 4);
    return fontFile([
      ['glyf', glyf],
      ['head', Buffer.from(this.#source.table('head'))],
      ['hhea', hhea],
      ['hmtx', this.#metrics()],
      ['loca', loca],
      ['maxp', maxp],
      ['prep', Buffer.from(this.#source.table('prep'))],
    ]);
  }

  #outlines(): { glyf: Buffer; loca: Buffer } {
    const loca = Buffer.alloc((this.#glyphIds.length + 1) * 4);
    const outlines: Uint8Array[] = [];
    let end = 0;
    for (const [place, glyphId] of this.#glyphIds.entries()) {
      const outline = this.#source.outlineOf(glyphId);
      if (((outline[0] ?? 0) & 0x80) !== 0)
        throw new Error(`glyph ${glyphId} is composed of others`);
      outlines.push(outline);
      end += outline.length;
      loca.writeUInt32BE(end, (place + 1) * 4);
    }
    return { glyf: Buffer.concat(outlines, end), loca };
  }

  #metrics(): Buffer {
    const metrics = Buffer.alloc(this.#glyphIds.length * 4);
    for (const [place, glyphId] of this.#glyphIds.entries()) {
      metrics.writeUInt16BE(this.#source.advanceWidthOf(glyphId), place * 4);
      metrics.writeInt16BE(this.#source.leftSideBearingOf(glyphId), place * 4 + 2);
    }
    return metrics;
  }
}

/** A font file: directory, then the tables, each on a multiple of four bytes, in the order of their names. */
function fontFile(tables: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const directory = 12 + tables.length * 16;
  const total = tables.reduce((sum, [, { length }]) => sum + padded(length), directory);
  const file = Buffer.alloc(total);
  const power = 2 ** Math.floor(Math.log2(tables.length));
  file.writeUInt32BE(0x00010000, 0);
  file.writeUInt16BE(tables.length, 4);
  file.writeUInt16BE(power * 16, 6);
  file.writeUInt16BE(Math.log2(power), 8);
  file.writeUInt16BE((tables.length - power) * 16, 10);
  let offset = directory;
  for (const [index, [name, bytes]] of tables.entries()) {
    const entry = 12 + index * 16;
    bytes.copy(file, offset);
    file.write(name, entry, 'latin1');
    file.writeUInt32BE(checksumOf(file, offset, padded(bytes.length)), entry + 4);
    file.writeUInt32BE(offset, entry + 8);
    file.writeUInt32BE(bytes.length, entry + 12);
    offset += padded(bytes.length);
  }
  return file;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function checksumOf(file: Buffer, offset: number, length: number): number {
  let sum = 0;
  for (let at = offset; at < offset + length; at += 4) sum = (sum + file.readUInt32BE(at)) >>> 0;
  return sum;
}
