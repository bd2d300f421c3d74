import { describe, expect, it } from 'vitest';
import { Application } from '../../../domain/applications/application.ts';
import { confirmDisclosure, openContractOf } from '../../../domain/contracts/confirm-disclosure.ts';
import { priceSheet } from '../../../domain/contracts/disclosure-sheet.ts';
import {
  agreedLoanOf,
  contractNumberFor,
  offerContract,
} from '../../../domain/contracts/prepare-contract.ts';
import {
  assertDisclosed,
  declineSignature,
  recordSignature,
  requestSignature,
} from '../../../domain/contracts/sign-contract.ts';
import {
  ApplicationClosed,
  InvalidInput,
  InvalidTransition,
} from '../../../domain/shared/errors.ts';
import { aContract, aDecision, anApplication, anOffer } from '../builders.ts';
import { consumerProduct, funder, policyPack } from '../catalog-files.ts';

const at = '2026-11-23T03:00:00.000Z';
const confirmation = {
  sheetHash: 'b'.repeat(64),
  shownAt: '2026-11-23T02:59:40.000Z',
  readSeconds: 12,
};
const evidence = {
  documentSha256: 'c'.repeat(64),
  certificateSerial: 'serial-1',
  certificateAuthority: 'Sandbox CA',
  signedAt: at,
};

const confirmed = (application = anOffer()) =>
  confirmDisclosure(application, confirmation, { minReadSeconds: 10, at });
const requested = () => requestSignature(confirmed(), { requestId: 'req-1', at });

describe('offerContract', () => {
  const participations = [
    {
      funderId: 'zhudai-lending',
      role: 'Lead' as const,
      shareFen: 30_000_00,
      annualRate: '0.0960',
    },
  ];
  const funded = anApplication({ status: 'Approved', decision: aDecision() });
  const priced = priceSheet({
    loan: agreedLoanOf(funded),
    contractNumber: contractNumberFor(funded),
    product: consumerProduct,
    funder,
    policyPack,
    date: '2026-11-23',
  });
  if (priced.outcome !== 'Priced') throw new Error('not priced');
  const papers = {
    ...priced,
    disclosureObjectKey: 'a.pdf',
    contractObjectKey: 'b.pdf',
    contractSha256: 'c'.repeat(64),
  };

  it('waits seven days for the signature', () => {
    const offered = offerContract(funded, papers, { at, validDays: 7, participations });
    expect(Application.safeParse(offered).success).toBe(true);
    expect(offered).toMatchObject({
      status: 'AwaitingSignature',
      contract: {
        contractNumber: contractNumberFor(funded),
        expiresAt: '2026-11-30T03:00:00.000Z',
        aprNominal: '0.0960',
        allInCost: '0.0960',
      },
      participations,
      event: { type: 'ContractPrepared', facts: { participations } },
    });
    expect(offered.contract).not.toHaveProperty('outcome');
  });

  it.each([
    { allInCost: { itemised: '0.2534', combined: '0.2555' }, larger: '0.2555' },
    { allInCost: { itemised: '0.2556', combined: '0.2555' }, larger: '0.2556' },
  ])('states the larger all-in cost: $larger', ({ allInCost, larger }) => {
    const sheet = { ...priced.sheet, allInCost };
    const offered = offerContract(
      funded,
      { ...papers, sheet },
      { at, validDays: 7, participations },
    );
    expect(offered.contract?.allInCost).toBe(larger);
  });

  it('has nothing to write without an offer', () => {
    expect(() => agreedLoanOf(anApplication())).toThrow(InvalidTransition);
  });
});

describe('confirmDisclosure', () => {
  it('keeps who read what for how long', () => {
    const application = confirmDisclosure(anOffer(), confirmation, {
      minReadSeconds: 10,
      at,
      applied: { k: 'd'.repeat(64) },
    });
    expect(application).toMatchObject({
      status: 'AwaitingSignature',
      version: 2,
      applied: { k: 'd'.repeat(64) },
      contract: { disclosureConfirmed: { ...confirmation, confirmedAt: at } },
      event: { type: 'DisclosureConfirmed', actor: 'partner:demo-partner' },
    });
  });

  it.each([
    { name: 'another sheet', patch: { sheetHash: 'd'.repeat(64) }, error: 'sheetHash' },
    { name: 'nine seconds', patch: { readSeconds: 9 }, error: 'at least 10 seconds' },
    {
      name: 'a sheet shown before it existed',
      patch: { shownAt: '2026-11-23T01:54:59.999Z' },
      error: 'do not fit',
    },
    { name: 'a reading that ends after now', patch: { readSeconds: 321 }, error: 'do not fit' },
  ])('refuses $name', ({ patch, error }) => {
    const attempt = () =>
      confirmDisclosure(anOffer(), { ...confirmation, ...patch }, { minReadSeconds: 10, at });
    expect(attempt).toThrow(InvalidInput);
    expect(attempt).toThrow(error);
  });

  it.each([
    { name: 'exactly the least time', patch: { readSeconds: 10 } },
    { name: 'a clock five minutes slow', patch: { shownAt: '2026-11-23T01:55:00.000Z' } },
    { name: 'a clock five minutes fast', patch: { readSeconds: 320 } },
  ])('accepts $name', ({ patch }) => {
    const application = confirmDisclosure(
      anOffer(),
      { ...confirmation, ...patch },
      { minReadSeconds: 10, at },
    );
    expect(application.contract?.disclosureConfirmed).toBeDefined();
  });

  it('happens once', () => {
    expect(() => confirmed(confirmed())).toThrow(InvalidTransition);
  });

  it.each([
    { at: '2026-11-30T01:59:59.999Z', isOpen: true },
    { at: '2026-11-30T02:00:00.000Z', isOpen: false },
    { at: '2026-11-30T10:00:00+08:00', isOpen: false },
  ])('finds the offer open at $at: $isOpen', ({ at: now, isOpen }) => {
    const open = () => openContractOf(anOffer(), now);
    if (isOpen) expect(open().contractNumber).toBe(aContract().contractNumber);
    else expect(open).toThrow('the offer ended');
  });

  it.each([
    { name: 'no contract yet', application: anApplication() },
    { name: 'a signed one', application: anOffer({ status: 'Signed' }) },
  ])('finds nothing to confirm with $name', ({ application }) => {
    expect(() => confirmed(application)).toThrow(InvalidTransition);
  });

  it('needs a contract, whatever the status says', () => {
    const application = anOffer();
    delete application.contract;
    expect(() => confirmed(application)).toThrow('nothing to sign');
  });
});

describe('requestSignature', () => {
  it('is unreachable before the disclosure is confirmed', () => {
    expect(() => requestSignature(anOffer(), { requestId: 'req-1', at })).toThrow(
      InvalidTransition,
    );
    expect(() => {
      assertDisclosed(anApplication());
    }).toThrow(InvalidTransition);
  });

  it('is unreachable when another sheet was confirmed', () => {
    const application = confirmed();
    const contract = { ...aContract(), ...application.contract, sheetHash: 'e'.repeat(64) };
    expect(() => requestSignature({ ...application, contract }, { requestId: 'r', at })).toThrow(
      InvalidTransition,
    );
  });

  it('remembers what was asked', () => {
    const application = requestSignature(confirmed(), {
      requestId: 'req-1',
      at,
      applied: { s: 'f'.repeat(64) },
    });
    expect(application.contract?.signature).toEqual({ requestId: 'req-1', requestedAt: at });
    expect(application.applied).toEqual({ s: 'f'.repeat(64) });
  });
});

describe('recordSignature', () => {
  it('signs with the evidence of the provider', () => {
    expect(recordSignature(requested(), evidence, at)).toMatchObject({
      status: 'Signed',
      contract: { signature: { requestId: 'req-1', certificateSerial: 'serial-1', signedAt: at } },
      event: { type: 'ContractSigned', actor: 'provider:signature' },
    });
  });

  it('refuses another document', () => {
    const other = { ...evidence, documentSha256: 'd'.repeat(64) };
    expect(() => recordSignature(requested(), other, at)).toThrow(InvalidInput);
  });

  it.each([
    { name: 'nobody asked', application: confirmed() },
    { name: 'there is no contract', application: anApplication() },
  ])('refuses a signature when $name', ({ application }) => {
    expect(() => recordSignature(application, evidence, at)).toThrow(InvalidTransition);
  });

  it('comes too late for an application that expired', () => {
    const expired = { ...requested(), status: 'Expired' as const };
    expect(() => recordSignature(expired, evidence, at)).toThrow(ApplicationClosed);
  });
});

describe('declineSignature', () => {
  it('ends the application by the will of the borrower', () => {
    expect(declineSignature(requested(), at)).toMatchObject({
      status: 'Withdrawn',
      reasonCodes: ['SignatureDeclined'],
      closedAt: at,
    });
  });
});
