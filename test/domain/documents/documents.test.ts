import { describe, expect, it } from 'vitest';
import type { DocumentKind } from '../../../domain/applications/application.ts';
import { detectContentType } from '../../../domain/documents/detect-content-type.ts';
import {
  askAgain,
  missingDocuments,
  requiredDocuments,
} from '../../../domain/documents/required-documents.ts';
import { documentSizeMaxBytes, verifyDocument } from '../../../domain/documents/verify-document.ts';
import { aDocument } from '../builders.ts';
import { businessProduct, consumerProduct } from '../catalog-files.ts';

const identity: DocumentKind[] = ['IdentityCardFront', 'IdentityCardBack'];

describe('requiredDocuments', () => {
  it.each([
    { product: consumerProduct, amountFen: 50_000_00, kinds: [] },
    { product: consumerProduct, amountFen: 50_000_01, kinds: identity },
    { product: consumerProduct, amountFen: 100_000_00, kinds: identity },
    { product: consumerProduct, amountFen: 100_000_01, kinds: [...identity, 'IncomeProof'] },
    { product: businessProduct, amountFen: 1, kinds: ['BusinessLicence'] },
    {
      product: businessProduct,
      amountFen: 300_000_01,
      kinds: ['BusinessLicence', ...identity, 'BankStatement'],
    },
  ])('asks for $kinds at $amountFen fen of $product.productId', ({ product, amountFen, kinds }) => {
    expect(requiredDocuments(product, amountFen)).toEqual(kinds);
  });

  it('asks for a kind once, whatever the number of rules that name it', () => {
    const documents = [
      { aboveFen: 0, kinds: identity },
      { aboveFen: 1, kinds: identity },
    ];
    expect(requiredDocuments({ documents }, 2)).toEqual(identity);
  });
});

describe('missingDocuments', () => {
  const front = aDocument();
  const back = aDocument({ kind: 'IdentityCardBack' });

  it.each([
    { name: 'nothing came', documents: [], requested: [], missing: identity },
    { name: 'one came', documents: [front], requested: [], missing: ['IdentityCardBack'] },
    { name: 'both came', documents: [front, back], requested: [], missing: [] },
    {
      name: 'one is registered only',
      documents: [front, { ...back, status: 'Registered' as const }],
      requested: [],
      missing: ['IdentityCardBack'],
    },
    {
      name: 'one was rejected',
      documents: [front, { ...back, status: 'Rejected' as const }],
      requested: [],
      missing: ['IdentityCardBack'],
    },
    {
      name: 'one was rejected and replaced',
      documents: [front, { ...back, status: 'Rejected' as const }, back],
      requested: [],
      missing: [],
    },
    {
      name: 'a reviewer asks for another kind',
      documents: [front, back],
      requested: ['BankStatement' as const],
      missing: ['BankStatement'],
    },
    {
      name: 'a reviewer asks for a kind that is there',
      documents: [front, back],
      requested: ['IdentityCardBack' as const],
      missing: [],
    },
  ])('is $missing when $name', ({ documents, requested, missing }) => {
    const application = {
      requested: { amountFen: 60_000_00 },
      documents,
      documentsRequested: requested,
    };
    expect(missingDocuments(application, consumerProduct)).toEqual(missing);
  });
});

describe('askAgain', () => {
  it('turns down the copies at hand of the kinds named, and no others', () => {
    const registered = aDocument({ status: 'Registered' });
    const back = aDocument({ kind: 'IdentityCardBack' });
    expect(askAgain([aDocument(), registered, back], ['IdentityCardFront'])).toEqual([
      { ...aDocument(), status: 'Rejected', rejectedBecause: 'ReplacementRequested' },
      registered,
      back,
    ]);
  });
});

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const jpeg = [0xff, 0xd8, 0xff, 0xe0];
const pdf = [...Buffer.from('%PDF-1.7')];

describe('detectContentType', () => {
  it.each([
    { name: 'PNG', bytes: png, type: 'image/png' },
    { name: 'JPEG', bytes: jpeg, type: 'image/jpeg' },
    { name: 'PDF', bytes: pdf, type: 'application/pdf' },
    { name: 'HTML', bytes: [...Buffer.from('<html>')], type: undefined },
    { name: 'a cut signature', bytes: png.slice(0, 7), type: undefined },
    { name: 'a PDF after a blank', bytes: [0x20, ...pdf], type: undefined },
    { name: 'nothing', bytes: [], type: undefined },
  ])('answers $type to $name', ({ bytes, type }) => {
    expect(detectContentType(new Uint8Array(bytes))).toBe(type);
  });
});

describe('verifyDocument', () => {
  const registered = aDocument({ status: 'Registered' });
  const uploaded = { firstBytes: new Uint8Array(png), sizeBytes: 100, sha256: 'a'.repeat(64) };

  it('accepts what is exactly as announced', () => {
    expect(verifyDocument(registered, uploaded)).toEqual({ ...registered, status: 'Verified' });
  });

  it.each([
    { name: 'another size', patch: { sizeBytes: 101 }, because: 'SizeMismatch' },
    { name: 'an unknown type', patch: { firstBytes: new Uint8Array([1]) }, because: 'UnknownType' },
    { name: 'another type', patch: { firstBytes: new Uint8Array(jpeg) }, because: 'TypeMismatch' },
    { name: 'other bytes', patch: { sha256: 'b'.repeat(64) }, because: 'DigestMismatch' },
    { name: 'too much', patch: { sizeBytes: documentSizeMaxBytes + 1 }, because: 'TooLarge' },
  ])('rejects $name', ({ patch, because }) => {
    expect(verifyDocument(registered, { ...uploaded, ...patch })).toEqual({
      ...registered,
      status: 'Rejected',
      rejectedBecause: because,
    });
  });

  it('takes a file of exactly the greatest size', () => {
    const large = { ...registered, sizeBytes: documentSizeMaxBytes };
    expect(verifyDocument(large, { ...uploaded, sizeBytes: documentSizeMaxBytes }).status).toBe(
      'Verified',
    );
  });

  it.each(['Verified', 'Rejected'] as const)(
    'leaves a %s document as it is when the event comes again',
    (status) => {
      const judged = aDocument({ status });
      expect(verifyDocument(judged, { ...uploaded, sha256: 'c'.repeat(64) })).toBe(judged);
      expect(verifyDocument(judged, uploaded)).toBe(judged);
    },
  );
});
