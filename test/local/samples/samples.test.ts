import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ApplicationRequest } from '#domain/applications/application.ts';
import { creditProfileWords } from '#domain/underwriting/credit-profile.ts';
import { ageOn, birthDateOf, checkResidentId } from '#domain/identity/resident-id.ts';
import { germanRows, parseGermanRows } from '#local/samples/german-row.ts';
import { sampleRowOf } from '#local/samples/sample-applicant.ts';
import {
  magicDocument,
  magicDocumentDigests,
  sampleDocument,
} from '#local/samples/sample-documents.ts';
import { loadSamples, sampleAt } from '#local/samples/samples.ts';
import { accountScenarioOf, passesCnaps, passesLuhn, scenarioOf } from '#local/sandbox/magic.ts';

function personAt(position: number) {
  const { applicant } = sampleAt(position).request;
  if (applicant.kind !== 'Person') throw new Error('a sample is a person');
  return applicant;
}

describe('germanRows', () => {
  it('reads the whole set with its known totals', () => {
    const rows = germanRows();
    expect(rows).toHaveLength(1000);
    expect(rows.filter(({ wasGood }) => wasGood)).toHaveLength(700);
    expect(rows[0]).toMatchObject({ durationMonths: 6, amountMarks: 1169, ageYears: 67 });
  });

  it('refuses a line with a missing column', () => {
    expect(() => parseGermanRows('A11 6 A34')).toThrow('line 1 of the German set has 3 columns');
  });

  it('never reads sex, marital status or nationality', () => {
    const everything = JSON.stringify(germanRows()) + JSON.stringify(sampleAt(0).request);
    expect(everything).not.toMatch(/"A9\d"|"A20\d"/);
  });
});

describe('sampleAt', () => {
  it('makes a body that fits the schema for all 1,000 rows', async () => {
    for (const { request } of await loadSamples())
      expect(ApplicationRequest.safeParse(request).error).toBeUndefined();
  });

  it('uses only words the scorecard knows', async () => {
    const known: Record<string, readonly string[]> = creditProfileWords;
    for (const { request } of await loadSamples()) {
      if (request.applicant.kind !== 'Person') continue;
      for (const [field, value] of Object.entries(request.applicant.profile ?? {}))
        if (typeof value === 'string') expect(known[field]).toContain(value);
    }
  });

  it('gives every applicant the age of the row and valid, invented numbers', () => {
    for (let position = 0; position < 1000; position += 1) {
      const { idNumber, bankAccount, mobile } = personAt(position);
      expect(checkResidentId(idNumber, { allowTestArea: true }).isValid).toBe(true);
      expect(checkResidentId(idNumber, { allowTestArea: false }).isValid).toBe(false);
      expect(ageOn(birthDateOf(idNumber), '2026-01-01')).toBe(germanRows()[position]?.ageYears);
      expect(passesLuhn(bankAccount.number)).toBe(true);
      expect(passesCnaps(bankAccount.bankCode)).toBe(true);
      expect(mobile).toMatch(/^199\d{8}$/);
    }
  });

  it('hits no test number by accident and is recognised by the sandbox', () => {
    for (let position = 0; position < 3000; position += 1) {
      const { idNumber, bankAccount } = personAt(position);
      expect(scenarioOf(idNumber)).toBeUndefined();
      expect(accountScenarioOf(bankAccount.number)).toBeUndefined();
      expect(sampleRowOf(idNumber)?.index).toBe(position % 1000);
    }
  });

  it('sends later rounds for other people with other numbers', () => {
    const people = new Set<string>();
    const references = new Set<string>();
    for (let position = 0; position < 5000; position += 1) {
      const { request } = sampleAt(position);
      people.add(personAt(position).idNumber);
      references.add(request.externalId);
    }
    expect(people.size).toBe(5000);
    expect(references.size).toBe(5000);
  });

  it('is the same request all month', () => {
    const first = sampleAt(7, new Date('2026-11-02T00:00:00Z')).request;
    expect(sampleAt(7, new Date('2026-11-30T23:00:00Z')).request).toEqual(first);
    expect(first.consents[0]?.givenAt).toBe('2026-11-01T00:00:00+08:00');
  });

  it.each([
    { row: 0, amountFen: 11_700_00, termMonths: 6, purpose: 'HomeAppliances' },
    { row: 1, amountFen: 59_500_00, termMonths: 48, purpose: 'HomeAppliances' },
    { row: 3, amountFen: 78_800_00, termMonths: 42, purpose: 'Furniture' },
  ])('asks for $amountFen fen over $termMonths months in row $row', ({ row, ...requested }) => {
    expect(sampleAt(row).request.requested).toMatchObject(requested);
  });
});

describe('sampleDocument', () => {
  it('makes a picture whose chunks hold together', () => {
    const { bytes, contentType, sha256 } = sampleDocument('IdentityCardFront', 'a');
    const png = Buffer.from(bytes);
    expect(contentType).toBe('image/png');
    expect(png.subarray(0, 8)).toEqual(Buffer.from('89504e470d0a1a0a', 'hex'));
    const at = png.indexOf('IDAT');
    const length = png.readUInt32BE(at - 4);
    expect(inflateSync(png.subarray(at + 4, at + 4 + length))).toHaveLength(40 * (1 + 64 * 3));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  it('makes a PDF whose cross references point at its objects', () => {
    const text = Buffer.from(sampleDocument('IncomeProof', 'b').bytes).toString('latin1');
    expect(text.startsWith('%PDF-1.4\n')).toBe(true);
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n/gm)].map(([, offset]) => Number(offset));
    expect(offsets).toHaveLength(5);
    for (const [i, offset] of offsets.entries())
      expect(text.slice(offset).startsWith(`${i + 1} 0 obj`)).toBe(true);
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(start).startsWith('xref')).toBe(true);
  });

  it('differs by text and is magic only when asked to be', () => {
    expect(sampleDocument('IncomeProof', 'a').sha256).not.toBe(
      sampleDocument('IncomeProof', 'b').sha256,
    );
    expect(magicDocumentDigests().get(sampleDocument('IncomeProof', 'a').sha256)).toBeUndefined();
    expect(magicDocumentDigests().get(magicDocument('Other', 'Doubtful').sha256)).toBe('Doubtful');
  });
});
