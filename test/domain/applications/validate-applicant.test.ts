import { describe, expect, it } from 'vitest';
import { applicantFactsOf } from '../../../domain/applications/applicant-facts.ts';
import {
  contactOf,
  identityNumberOf,
  normaliseRequest,
  validateApplicant,
} from '../../../domain/applications/validate-applicant.ts';
import { aCompany, aRequest } from '../builders.ts';

const inSandbox = { allowTestArea: true, today: '2026-11-23' };
const goodAccount = { number: '6200000000000005', bankCode: '999000000014' };
const badAccount = { number: '6200000000000006', bankCode: '999000000015' };
const representative = aCompany.legalRepresentative;

describe('validateApplicant', () => {
  it.each([
    { name: 'a person', request: aRequest() },
    { name: 'a company', request: aRequest({ applicant: aCompany }) },
    {
      name: 'a person and a supplier',
      request: aRequest({ requested: { supplier: { name: 'Shop', bankAccount: goodAccount } } }),
    },
  ])('finds nothing wrong with $name', ({ request }) => {
    expect(validateApplicant(request, inSandbox)).toEqual([]);
  });

  it.each([
    { applicant: { idNumber: '990000199001010008' }, paths: ['applicant.idNumber'] },
    { applicant: { mobile: '12345' }, paths: ['applicant.mobile'] },
    {
      applicant: { bankAccount: badAccount },
      paths: ['applicant.bankAccount.number', 'applicant.bankAccount.bankCode'],
    },
    { applicant: { ...aCompany, uscc: '91990000MATE5T017P' }, paths: ['applicant.uscc'] },
    {
      applicant: {
        ...aCompany,
        legalRepresentative: { ...representative, idNumber: '1', mobile: '2' },
      },
      paths: ['applicant.legalRepresentative.idNumber', 'applicant.legalRepresentative.mobile'],
    },
  ])('names $paths', ({ applicant, paths }) => {
    const issues = validateApplicant(aRequest({ applicant }), inSandbox);
    expect(issues.map(({ path }) => path)).toEqual(paths);
  });

  it("names the supplier's account", () => {
    const request = aRequest({
      requested: { supplier: { name: 'Shop', bankAccount: badAccount } },
    });
    expect(validateApplicant(request, inSandbox).map(({ path }) => path)).toEqual([
      'requested.supplier.bankAccount.number',
      'requested.supplier.bankAccount.bankCode',
    ]);
  });

  it('never repeats the value it refuses', () => {
    const applicant = { idNumber: '990000199001010008', mobile: '12345', bankAccount: badAccount };
    const text = JSON.stringify(validateApplicant(aRequest({ applicant }), inSandbox));
    expect(text).not.toMatch(/990000199001010008|12345|6200000000000006|999000000015/);
  });
});

describe('normaliseRequest', () => {
  it('writes every number of a person the way it is stored', () => {
    const request = aRequest({
      applicant: {
        idNumber: ' 11010519491231002x',
        mobile: '+86 138 1234 5678',
        bankAccount: { number: '6200 0000 0000 0005', bankCode: '999-000-000-014' },
      },
      requested: {
        supplier: { name: 'Shop', bankAccount: { number: '6200 0000 0000 0005', bankCode: '9' } },
      },
    });
    const normal = normaliseRequest(request);
    expect(normal.applicant).toMatchObject({
      idNumber: '11010519491231002X',
      mobile: '13812345678',
      bankAccount: goodAccount,
    });
    expect(normal.requested.supplier?.bankAccount.number).toBe('6200000000000005');
    expect(normaliseRequest(normal)).toEqual(normal);
    expect(identityNumberOf(request.applicant)).toBe('11010519491231002X');
  });

  it('writes every number of a company the way it is stored', () => {
    const request = aRequest({ applicant: { ...aCompany, uscc: ' 91990000mate5t017n ' } });
    const normal = normaliseRequest(request);
    expect(normal.applicant).toEqual(aCompany);
    expect(normal.requested).not.toHaveProperty('supplier');
    expect(identityNumberOf(request.applicant)).toBe('91990000MATE5T017N');
  });
});

describe('applicantFactsOf', () => {
  it.each([
    {
      request: aRequest(),
      facts: { kind: 'Person', nameMasked: '测*', mobileMasked: '199****0000', cardLast4: '0005' },
    },
    {
      request: aRequest({ applicant: aCompany }),
      facts: {
        kind: 'Company',
        nameMasked: '测试*行',
        mobileMasked: '199****0001',
        cardLast4: '0005',
      },
    },
  ])('masks the applicant: $facts.kind', ({ request, facts }) => {
    expect(applicantFactsOf(request, 'key')).toEqual({ ...facts, borrowerKey: 'key' });
    expect(contactOf(request.applicant).mobile).toMatch(/^199/);
  });
});
