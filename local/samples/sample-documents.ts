import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

export interface SampleDocument {
  readonly contentType: 'image/png' | 'application/pdf';
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** How the sandbox's document reader judges a magic document; it takes every other one for genuine. */
export type MagicVerdict = 'Doubtful' | 'Unreadable' | 'Unavailable';

/** A document for a kind: pictures for identity cards and licences, a PDF for proofs. */
export function sampleDocument(kind: string, text: string): SampleDocument {
  return kind === 'IncomeProof' || kind === 'BankStatement' ? pdfOf(text) : pngOf(text);
}

/** A document the sandbox's reader will not accept, whatever it is sent as. */
export function magicDocument(kind: string, verdict: MagicVerdict): SampleDocument {
  return sampleDocument(kind, `zhudai sandbox document: ${verdict}`);
}

let digests: ReadonlyMap<string, MagicVerdict> | undefined;

/** The digests of all magic documents. */
export function magicDocumentDigests(): ReadonlyMap<string, MagicVerdict> {
  digests ??= new Map(
    (['Doubtful', 'Unreadable', 'Unavailable'] as const).flatMap((verdict) =>
      ['IdentityCardFront', 'IncomeProof'].map(
        (kind) => [magicDocument(kind, verdict).sha256, verdict] as const,
      ),
    ),
  );
  return digests;
}

const WIDTH = 64;
const HEIGHT = 40;

/** A plain picture of one colour with the text in a tEXt chunk: small, valid, and different for each text. */
function pngOf(text: string): SampleDocument {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const colour = createHash('sha256').update(text).digest().subarray(0, 3);
  const line = Buffer.concat([Buffer.of(0), ...Array.from({ length: WIDTH }, () => colour)]);
  const pixels = Buffer.concat(Array.from({ length: HEIGHT }, () => line));
  return finished('image/png', [
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', header),
    pngChunk('tEXt', Buffer.from(`Comment\0${text}`, 'latin1')),
    // Stored, not compressed: every zlib then writes the same bytes, and the digest is the same everywhere.
    pngChunk('IDAT', deflateSync(pixels, { level: 0 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** One page with one line of text. */
function pdfOf(text: string): SampleDocument {
  const content = `BT /F1 12 Tf 72 720 Td (${text.replace(/[^\w .:-]/g, '')}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const tail =
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
    `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return finished('application/pdf', [Buffer.from(body + tail, 'latin1')]);
}

function finished(
  contentType: SampleDocument['contentType'],
  parts: readonly Buffer[],
): SampleDocument {
  const bytes = Buffer.concat(parts);
  return { contentType, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
