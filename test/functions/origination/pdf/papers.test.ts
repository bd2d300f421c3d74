import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import { contractText } from '#domain/contracts/contract-terms.ts';
import { priceSheet, type DisclosureSheet } from '#domain/contracts/disclosure-sheet.ts';
import { Funder } from '#domain/catalog/funder.ts';
import { PolicyPack } from '#domain/catalog/policy-pack.ts';
import { Product } from '#domain/catalog/product.ts';
import { bundleFunctions } from '#lib/bundle-functions.ts';
import { bundlePath } from '#lib/constructs/bundle-path.ts';
import { contractFont } from '#platform/pdf/contract-font.ts';
import { drawText } from '#platform/pdf/draw-text.ts';
import { writeContract } from '#functions/origination/pdf/contract-paper.ts';
import { writeDisclosure } from '#functions/origination/pdf/disclosure-paper.ts';
import { aPerson } from '#test/domain/builders.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { readPdf } from './read-pdf.ts';

interface Fontkit {
  create(bytes: Uint8Array): {
    readonly numGlyphs: number;
    getGlyph(id: number): { readonly advanceWidth: number; readonly path: { toSVG(): string } };
    glyphForCodePoint(codePoint: number): ReturnType<ReturnType<Fontkit['create']>['getGlyph']>;
  };
}
const fontkit = createRequire(import.meta.resolve('pdfkit'))('fontkit') as Fontkit;

const at = new Date('2026-11-24T02:00:00Z');
const catalog = inMemoryCatalog();

async function price(
  termMonths = 12,
): Promise<{ sheet: DisclosureSheet; sheetHash: string; product: Product; funder: Funder }> {
  const product = Product.parse(
    await catalog.find({ kind: 'product', id: 'consumer-installment' }, Product),
  );
  const [funder] = await catalog.list('funder', Funder);
  const [policyPack] = await catalog.list('policy-pack', PolicyPack);
  if (funder === undefined || policyPack === undefined) throw new Error('the catalog is empty');
  const priced = priceSheet({
    loan: {
      principalFen: 30_000_00,
      annualRate: '0.0720',
      termMonths,
      repaymentMethod: 'EqualInstallment',
    },
    contractNumber: 'ZD-0000000000000001',
    product,
    funder,
    policyPack,
    date: '2026-11-24',
  });
  if (priced.outcome !== 'Priced') throw new Error('the sheet is above the cap');
  return { ...priced, product, funder };
}

async function contract(name: string, write = writeContract): Promise<Buffer> {
  const { sheet, sheetHash, product, funder } = await price();
  const text = contractText({
    personalData: { applicant: { ...aPerson, name }, supplier: undefined },
    purpose: 'HomeAppliances',
    repaymentMethod: 'EqualInstallment',
    sheet,
    sheetHash,
    product,
    funder,
  });
  return write(contractFont(), { text, sheet, expiresOn: '2026-12-01', at });
}

describe('writeDisclosure', () => {
  it('shows every figure of the sheet, its hash, and no person', async () => {
    const { sheet, sheetHash } = await price();
    const { text } = readPdf(await writeDisclosure(contractFont(), sheet, { sheetHash, at }));
    for (const part of [
      '综合融资成本明示表',
      sheet.contractNumber,
      '30,000.00',
      '7.20%',
      sheetHash,
    ])
      expect(text).toContain(part);
    for (const row of sheet.schedule) expect(text).toContain(row.dueOn);
    expect(text).not.toContain(aPerson.name);
    expect(text).not.toContain(aPerson.idNumber);
  });

  it('breaks a long schedule over pages without losing a row', async () => {
    const { sheet, sheetHash } = await price(36);
    const { text, pages } = readPdf(
      await writeDisclosure(contractFont(), sheet, { sheetHash, at }),
    );
    expect(pages).toBeGreaterThan(1);
    for (const row of sheet.schedule) expect(text).toContain(row.dueOn);
  });

  it('gives the same bytes for the same sheet and instant', async () => {
    const { sheet, sheetHash } = await price();
    const first = await writeDisclosure(contractFont(), sheet, { sheetHash, at });
    const second = await writeDisclosure(contractFont(), sheet, { sheetHash, at });
    expect(second.equals(first)).toBe(true);
  });
});

describe('writeContract', () => {
  it('names the parties, the amount in words and the hash of the confirmed sheet', async () => {
    const { sheetHash } = await price();
    const { text } = readPdf(await contract('测试甲'));
    for (const part of ['测试甲', '筑贷', '叁万元整', '等额本息']) expect(text).toContain(part);
    expect(text.replaceAll('\n', '')).toContain(sheetHash);
  });

  it('draws rare characters of names, and writes out one that the font lacks', async () => {
    const { text } = readPdf(await contract('㐂堃𫖮𠮷'));
    expect(text).toContain('㐂堃𫖮〔U+20BB7〕');
  });

  it('carries the outlines of the font for every character it shows, and few others', async () => {
    const { fonts, codePoints } = readPdf(await contract('测试甲'));
    const [embedded] = fonts;
    if (embedded === undefined) throw new Error('no font is embedded');
    const subset = fontkit.create(embedded);
    const full = contractFont();
    expect(subset.numGlyphs).toBe(codePoints.length);
    for (const [glyphId, codePoint] of codePoints.entries()) {
      if (glyphId === 0) continue;
      const { glyphs } = full.layout(String.fromCodePoint(codePoint));
      const outline = full.outlineOf(glyphs[0]?.id ?? 0);
      const glyph = subset.getGlyph(glyphId);
      expect(glyph.advanceWidth).toBe(glyphs[0]?.advanceWidth);
      expect(glyph.path.toSVG() === '').toBe(outline.length === 0);
    }
  });

  it('writes in a bundle, which carries no engine for fonts, what it writes from the sources', async () => {
    const entry = 'functions/origination/pdf/contract-paper.ts';
    const directory = mkdtempSync(join(tmpdir(), 'zhudai-papers-'));
    try {
      await bundleFunctions(directory, [entry]);
      const file = join(bundlePath(directory, entry), 'index.mjs');
      const bundled = (await import(pathToFileURL(file).href)) as {
        writeContract: typeof writeContract;
      };
      const written = await contract('㐂堃𫖮𠮷', bundled.writeContract);
      expect(written.equals(await contract('㐂堃𫖮𠮷'))).toBe(true);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('takes little time: both papers within 25 ms of a slow machine', async () => {
    const { sheet, sheetHash } = await price();
    await contract('测试甲');
    const before = process.cpuUsage();
    for (let run = 0; run < 10; run += 1) {
      await contract('测试甲');
      await writeDisclosure(contractFont(), sheet, { sheetHash, at });
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000 / 10).toBeLessThan(25);
  });
});

it('writes a line in the very bytes of pdfkit', async () => {
  const font = contractFont();
  const lines = ['借款合同 ABC 12.50', '第一条', '，。〔〕 a  b', ''];
  const drawn = async (draw: (pdf: PDFKit.PDFDocument, line: string, at: number) => void) => {
    const pdf = new PDFDocument({
      size: 'A4',
      margin: 0,
      compress: false,
      font: '',
      info: { CreationDate: at },
    });
    Reflect.apply(Reflect.get(pdf, 'font') as () => unknown, pdf, [font]);
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => pdf.on('end', resolve));
    for (const [index, line] of lines.entries()) draw(pdf, line, index);
    pdf.end();
    await ended;
    return Buffer.concat(chunks).toString('latin1');
  };
  const ours = await drawn((pdf, line, index) => {
    const place = { size: 8.5 + index, x: 56.3, y: 70 + 20.1 * index, isOutlined: index % 2 === 1 };
    drawText(pdf, { glyphs: font.glyphsOf(line), ...place });
  });
  const theirs = await drawn((pdf, line, index) => {
    const outline = index % 2 === 1 ? { stroke: true, fill: true } : {};
    const options = { lineBreak: false, ...outline };
    pdf.fontSize(8.5 + index).text(line, 56.3, 70 + 20.1 * index, options);
  });
  expect(ours).toBe(theirs);
});
