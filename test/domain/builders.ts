import {
  type Application,
  type ApplicationDocument,
  type ApplicationRequest,
  type Contract,
  type Decision,
  ApplicationRequest as RequestSchema,
} from '../../domain/applications/application.ts';
import { createApplication } from '../../domain/applications/change-application.ts';
import { createPayout, type PayoutOrder } from '../../domain/disbursement/create-payout.ts';
import type { Payout } from '../../domain/disbursement/payout.ts';
import type { DomainEvent } from '../../domain/shared/domain-event.ts';
import { contractNumberOf, loanIdOf } from '../../domain/shared/ids.ts';
import { openTask, type TaskOpening } from '../../domain/tasks/open-task.ts';
import type { Task } from '../../domain/tasks/task.ts';

const submittedAt = '2026-11-23T09:00:00+08:00';

/** Everything the scorecard reads of a person; together it adds no points and takes none. */
export const aProfile = {
  checkingStatus: 'Above200',
  creditHistory: 'PaidDuly',
  savings: 'Below100',
  employmentYears: 'Below7',
  installmentRate: 4,
  otherDebtors: 'None',
  property: 'RealEstate',
  otherInstallmentPlans: 'None',
  housing: 'Rent',
};

/** The applicant of the design document: sound, employed, and invented from end to end. */
export const aPerson = {
  kind: 'Person' as const,
  name: '测试甲',
  idNumber: '990000199001010009',
  mobile: '19900000000',
  monthlyIncomeFen: 12_000_00,
  employment: { status: 'Employed' as const, employer: 'Example Ltd', since: '2020-03' },
  bankAccount: { number: '6200000000000005', bankCode: '999000000014' },
  profile: aProfile,
};

export const aCompany = {
  kind: 'Company' as const,
  name: '测试商行',
  uscc: '91990000MATE5T017N',
  legalRepresentative: { name: '测试乙', idNumber: '990000198512310025', mobile: '19900000001' },
  annualRevenueFen: 2_000_000_00,
  establishedOn: '2020-05-01',
  bankAccount: { number: '6200000000000005', bankCode: '999000000014' },
};

/** The body of the design document, with parts replaced. */
export function aRequest(
  overrides: {
    requested?: Partial<ApplicationRequest['requested']>;
    applicant?: Record<string, unknown>;
  } & Partial<Omit<ApplicationRequest, 'requested' | 'applicant'>> = {},
): ApplicationRequest {
  const { requested, applicant, ...rest } = overrides;
  return RequestSchema.parse({
    externalId: 'P-1001',
    productId: 'consumer-installment',
    requested: {
      amountFen: 30_000_00,
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
      purpose: 'HomeAppliances',
      ...requested,
    },
    applicant: applicant?.['kind'] === 'Company' ? applicant : { ...aPerson, ...applicant },
    consents: [
      { purpose: 'CreditQuery', textHash: 'sha256:00', givenAt: submittedAt },
      { purpose: 'SensitiveData', textHash: 'sha256:01', givenAt: submittedAt },
    ],
    attribution: { channel: 'PartnerReferral', campaign: 'autumn-2026' },
    ...rest,
  });
}

/** A received application; fields of the stored item may be replaced. */
export function anApplication(
  overrides: Partial<Application> & { request?: ApplicationRequest } = {},
): Application {
  const { request = aRequest(), ...fields } = overrides;
  const application = createApplication({
    request,
    partnerId: 'demo-partner',
    productVersion: 1,
    applicant: {
      kind: request.applicant.kind,
      borrowerKey: 'borrower-1',
      nameMasked: '测**',
      mobileMasked: '199****0000',
      cardLast4: '0005',
    },
    pii: new Uint8Array([1, 2, 3]),
    submittedAt,
  });
  return { ...application, ...fields };
}

export function anEvent(type: string, facts: Record<string, unknown> = {}): DomainEvent {
  return { type, at: '2026-11-23T10:00:00+08:00', actor: 'workflow', facts };
}

/** The decision that approves the applicant of the design document. */
export function aDecision(overrides: Partial<Decision> = {}): Decision {
  return {
    outcome: 'Approved',
    reasonCodes: [],
    score: 597,
    grade: 'C',
    offer: {
      amountFen: 30_000_00,
      termMonths: 12,
      annualRate: '0.0960',
      repaymentMethod: 'EqualInstallment',
    },
    approversRequired: 0,
    policyPack: 'cn#0001',
    scorecard: 'person#0001',
    rulesTrace: [],
    decidedAt: '2026-11-23T10:00:00+08:00',
    decidedBy: 'workflow',
    ...overrides,
  };
}

/** A document that was uploaded and found to be what was announced. */
export function aDocument(overrides: Partial<ApplicationDocument> = {}): ApplicationDocument {
  return {
    documentId: 'doc_01ARYZ6S410000000000000000',
    kind: 'IdentityCardFront',
    contentType: 'image/png',
    sizeBytes: 100,
    sha256: 'a'.repeat(64),
    objectKey: 'documents/1',
    status: 'Verified',
    registeredAt: submittedAt,
    ...overrides,
  };
}

/** A document task for a reviewer, open. */
export function aTask(overrides: Partial<TaskOpening> = {}): Task {
  return openTask({
    kind: 'ReviewDocuments',
    applicationId: anApplication().applicationId,
    partnerId: 'demo-partner',
    round: 1,
    content: { amountFen: 30_000_00 },
    taskToken: 'token-1',
    at: '2026-11-23T02:00:00.000Z',
    ...overrides,
  });
}

/** A contract that waits for the borrower. */
export function aContract(overrides: Partial<Contract> = {}): Contract {
  const { applicationId } = anApplication();
  return {
    contractNumber: contractNumberOf(loanIdOf(applicationId)),
    loanId: loanIdOf(applicationId),
    sheetHash: 'b'.repeat(64),
    disclosureObjectKey: 'contracts/sheet.pdf',
    contractObjectKey: 'contracts/contract.pdf',
    contractSha256: 'c'.repeat(64),
    aprNominal: '0.0960',
    allInCost: '0.0960',
    preparedAt: '2026-11-23T02:00:00.000Z',
    expiresAt: '2026-11-30T02:00:00.000Z',
    ...overrides,
  };
}

/** An approved, funded application whose contract waits for the borrower. */
export function anOffer(overrides: Partial<Application> = {}): Application {
  return anApplication({
    status: 'AwaitingSignature',
    decision: aDecision(),
    participations: [
      { funderId: 'zhudai-lending', role: 'Lead', shareFen: 30_000_00, annualRate: '0.0960' },
    ],
    contract: aContract(),
    loanId: aContract().loanId,
    ...overrides,
  });
}

/** The intent to pay the applicant of the design document. */
export function aPayout(overrides: Partial<PayoutOrder> = {}): Payout {
  const { applicationId, contract } = anOffer();
  return createPayout({
    loanId: contract?.loanId ?? '',
    applicationId,
    payoutNumber: 1,
    amountFen: 30_000_00,
    payee: 'Borrower',
    payeeKey: 'account-key',
    at: '2026-11-23T03:00:00.000Z',
    ...overrides,
  });
}
