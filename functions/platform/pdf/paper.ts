import PDFDocument from 'pdfkit';
import { drawText } from './draw-text.ts';
import type { TrueTypeFont } from './true-type-font.ts';

const MARGIN = 56;
const PAGE_WIDTH = 595.28;
const PAGE_HEIGHT = 841.89;
const TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN;
const LINE = 1.6;

/** One column of a table: its share of the width, and whether figures line up on the right. */
export interface Column {
  readonly title: string;
  readonly share: number;
  readonly isRight?: boolean;
}

interface Style {
  readonly size: number;
  readonly x?: number;
  readonly isBold?: boolean;
}

/**
 * A paper of plain Chinese text and tables. Lines are broken here, by character widths: Chinese breaks anywhere but before
 * closing punctuation, and the general engine costs several times as much.
 */
export class Paper {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #font: TrueTypeFont;
  readonly #bytes: Promise<Buffer>;
  #y = MARGIN;

  constructor(font: TrueTypeFont, about: { readonly title: string; readonly madeAt: Date }) {
    this.#font = font;
    this.#pdf = new PDFDocument({
      size: 'A4',
      margin: 0,
      // Compressing halves the size and doubles the time; papers are kept, not sent.
      compress: false,
      font: '',
      info: {
        Title: about.title,
        Producer: 'Zhudai',
        Creator: 'Zhudai',
        CreationDate: about.madeAt,
      },
    });
    // pdfkit takes any object that lays out text; its types only know files and bytes.
    const setFont: unknown = Reflect.get(this.#pdf, 'font');
    if (typeof setFont !== 'function') throw new Error('pdfkit has changed its way to set a font');
    Reflect.apply(setFont, this.#pdf, [font]);
    this.#pdf.lineWidth(0.3);
    this.#bytes = bytesOf(this.#pdf);
  }

  title(text: string): void {
    const size = 16;
    this.#line(text, { size, x: (PAGE_WIDTH - this.#width(text, size)) / 2 });
    this.space(6);
  }

  heading(text: string): void {
    this.space(6);
    this.#line(text, { size: 11, isBold: true });
  }

  /** What weighs heavily on the borrower stands out (Civil Code 496): the one weight we carry, drawn with an outline. */
  paragraph(text: string, isBold = false): void {
    const size = 9.5;
    for (const line of this.#broken(this.#drawable(text), size)) this.#line(line, { size, isBold });
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const size = 8.5;
    const total = columns.reduce((sum, { share }) => sum + share, 0);
    const titles = columns.map(({ title }) => title);
    for (const row of [titles, ...rows]) {
      this.#needs(size);
      let left = MARGIN;
      for (const [at, { share, isRight }] of columns.entries()) {
        const width = (TEXT_WIDTH * share) / total;
        const text = row[at] ?? '';
        const x = isRight === true ? left + width - 4 - this.#width(text, size) : left;
        this.#put(text, { size, x });
        left += width;
      }
      this.#y += size * LINE;
    }
    this.space(4);
  }

  space(points: number): void {
    this.#y += points;
  }

  async finish(): Promise<Buffer> {
    this.#pdf.end();
    return this.#bytes;
  }

  #line(text: string, style: Style): void {
    this.#needs(style.size);
    this.#put(text, style);
    this.#y += style.size * LINE;
  }

  #needs(size: number): void {
    if (this.#y + size * LINE <= PAGE_HEIGHT - MARGIN) return;
    this.#pdf.addPage().lineWidth(0.3);
    this.#y = MARGIN;
  }

  #put(text: string, { size, x = MARGIN, isBold = false }: Style): void {
    const glyphs = this.#font.glyphsOf(text);
    drawText(this.#pdf, { glyphs, size, x, y: this.#y, isOutlined: isBold });
  }

  /** A rare character of a name that the font lacks is written out, rather than lost as an empty box. */
  #drawable(text: string): string {
    let drawable = '';
    for (const character of text) {
      const codePoint = character.codePointAt(0) ?? 0;
      drawable += this.#font.has(codePoint) ? character : `〔U+${hexadecimal(codePoint)}〕`;
    }
    return drawable;
  }

  #width(text: string, size: number): number {
    return (this.#font.widthOf(text) * size) / this.#font.unitsPerEm;
  }

  #broken(text: string, size: number): string[] {
    const most = (TEXT_WIDTH / size) * this.#font.unitsPerEm;
    const lines: string[] = [];
    let line = '';
    let width = 0;
    for (const character of text) {
      const advance = this.#font.widthOf(character);
      if (width + advance > most && !closing.has(character)) {
        lines.push(line);
        line = '';
        width = 0;
      }
      line += character;
      width += advance;
    }
    return [...lines, line];
  }
}

/** Punctuation that never begins a line (GB/T 15834). */
const closing = new Set('，。、；：？！）》」』】…%');

function hexadecimal(codePoint: number): string {
  return codePoint.toString(16).toUpperCase().padStart(4, '0');
}

function bytesOf(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
    });
    pdf.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    pdf.on('error', reject);
  });
}
