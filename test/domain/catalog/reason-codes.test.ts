import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainReasons } from '../../../domain/catalog/reason-texts.ts';
import { reasonTexts } from '../catalog-files.ts';

const root = new URL('../../../domain/', import.meta.url);
const folders = ['applications', 'documents', 'funding', 'underwriting', 'contracts'];
const deciding =
  /screen-application|funding-obstacles|allocate-funding|review-documents|decide-application|sign-contract/;

/** Every quoted PascalCase word that stands where a decision names a reason. */
function codesInSource(): string[] {
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root))
      .filter((name) => deciding.test(name))
      .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8')),
  );
  const places =
    /(?:\[\s*|, |,\n\s+|reasonCodes: \[)'([A-Z][a-z]+(?:[A-Z0-9][a-z0-9]*)+)'\s*[\],)]/g;
  return files.flatMap((text) => [...text.matchAll(places)].map((match) => match[1] ?? ''));
}

describe('explainReasons', () => {
  it('has a text in both languages for every reason the domain gives', () => {
    const codes = [...new Set(codesInSource())];
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => reasonTexts.texts[code] === undefined)).toEqual([]);
  });

  it('gives code and texts, and lets an unknown code explain itself', () => {
    expect(explainReasons(['ScoreTooLow', 'BrandNew'], reasonTexts)).toEqual([
      { code: 'ScoreTooLow', zh: '综合评分不足', en: 'The score is too low' },
      { code: 'BrandNew', zh: 'BrandNew', en: 'BrandNew' },
    ]);
  });
});
