import * as z from 'zod';
import { DomainEvent } from '../shared/domain-event.ts';
import {
  AmountFen,
  ApplicationId,
  BusinessDate,
  DocumentId,
  Instant,
  LoanId,
  PartnerId,
  PersonalDataRequestId,
  RepaymentMethod,
  Sha256Hex,
  TaskId,
} from '../shared/primitives.ts';

export { DomainEvent };

/** Where an application stands. The last four are final. */
export const ApplicationStatus = z.enum([
  'Received',
  'Screened',
  'AwaitingDocuments',
  'UnderReview',
  'DocumentsVerified',
  'CreditChecked',
  'AwaitingApproval',
  'Approved',
  'FundingAllocated',
  'AwaitingSignature',
  'Signed',
  'Disbursing',
  'PayoutFailed',
  'Disbursed',
  'Declined',
  'Expired',
  'Withdrawn',
]);
export type ApplicationStatus = z.infer<typeof ApplicationStatus>;

export const Purpose = z.enum([
  'HomeAppliances',
  'Furniture',
  'Education',
  'Medical',
  'Travel',
  'Vehicle',
  'UsedVehicle',
  'Renovation',
  'DailyConsumption',
  'Business',
  'Retraining',
  'Repairs',
  'Other',
  'PropertyPurchase',
  'MortgageRepayment',
  'Securities',
  'Derivatives',
  'AssetManagement',
  'EquityInvestment',
]);
export type Purpose = z.infer<typeof Purpose>;

const Requested = z.strictObject({
  amountFen: AmountFen,
  termMonths: z.int().min(1).max(120),
  repaymentMethod: RepaymentMethod,
  purpose: Purpose,
  /** 受托支付: who is paid instead of the borrower. */
  supplier: z
    .strictObject({
      name: z.string().trim().min(1).max(100),
      bankAccount: z.strictObject({ number: z.string().max(40), bankCode: z.string().max(20) }),
    })
    .optional(),
});

const BankAccount = z.strictObject({ number: z.string().max(40), bankCode: z.string().max(20) });

/** How people earn their living. */
export const employmentStatuses = [
  'Employed',
  'SelfEmployed',
  'Management',
  'Unskilled',
  'Unemployed',
  'Retired',
  'Student',
] as const;

const Employment = z.strictObject({
  status: z.enum(employmentStatuses),
  employer: z.string().trim().min(1).max(100).optional(),
  since: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional(),
});

/** Facts a scorecard may use; none of sex, marital status or nationality. */
const CreditProfile = z.strictObject({
  checkingStatus: z.string().max(40).optional(),
  creditHistory: z.string().max(40).optional(),
  savings: z.string().max(40).optional(),
  employmentYears: z.string().max(40).optional(),
  installmentRate: z.int().min(0).max(10).optional(),
  otherDebtors: z.string().max(40).optional(),
  residenceYears: z.int().min(0).max(99).optional(),
  property: z.string().max(40).optional(),
  otherInstallmentPlans: z.string().max(40).optional(),
  housing: z.string().max(40).optional(),
  existingCredits: z.int().min(0).max(99).optional(),
  job: z.string().max(40).optional(),
  dependants: z.int().min(0).max(20).optional(),
});

/** The language of messages; Chinese when nothing is said. */
const ContactLanguage = z.enum(['zh', 'en']).optional();

const Person = z.strictObject({
  kind: z.literal('Person'),
  name: z.string().trim().min(1).max(50),
  idNumber: z.string().max(30),
  mobile: z.string().max(30),
  monthlyIncomeFen: z.int().min(0).max(100_000_000_00),
  employment: Employment,
  bankAccount: BankAccount,
  language: ContactLanguage,
  profile: CreditProfile.optional(),
});

const Company = z.strictObject({
  kind: z.literal('Company'),
  name: z.string().trim().min(1).max(100),
  /** Unified social credit code, GB 32100-2015. */
  uscc: z.string().max(30),
  legalRepresentative: z.strictObject({
    name: z.string().trim().min(1).max(50),
    idNumber: z.string().max(30),
    mobile: z.string().max(30),
  }),
  annualRevenueFen: z.int().min(0).max(1_000_000_000_00),
  establishedOn: z.iso.date(),
  bankAccount: BankAccount,
  language: ContactLanguage,
});

/** Who asks for the money. Everything in here is personal data: it lives only inside the encrypted blob. */
export const Applicant = z.discriminatedUnion('kind', [Person, Company]);
export type Applicant = z.infer<typeof Applicant>;

export const Consent = z.strictObject({
  purpose: z.enum(['CreditQuery', 'DataSharing', 'SensitiveData', 'Marketing']),
  /** Digest of the text that was shown. Zhudai keeps it as evidence; the text itself is the partner's. */
  textHash: z.string().startsWith('sha256:').max(100),
  givenAt: Instant,
});
export type Consent = z.infer<typeof Consent>;

const ContactPerson = z.strictObject({
  name: z.string().trim().min(1).max(50),
  mobile: z.string().max(30),
  relation: z.enum(['Spouse', 'Parent', 'Child', 'Relative', 'Colleague', 'Friend', 'Other']),
});
export type ContactPerson = z.infer<typeof ContactPerson>;

/** Who a guarantor is: sealed. */
export const GuarantorPerson = z.strictObject({
  name: z.string().trim().min(1).max(50),
  idNumber: z.string().max(30),
  mobile: z.string().max(30),
});

export type GuarantorPerson = z.infer<typeof GuarantorPerson>;

const Guarantor = GuarantorPerson.extend({
  /** Their own, not the borrower's: without one to a credit query nobody asks about them, and they count for nothing. */
  consents: z.array(Consent).min(1).max(10).optional(),
});
export type Guarantor = z.infer<typeof Guarantor>;

export const PledgeKind = z.enum(['Deposit', 'RealEstate', 'Vehicle', 'Equipment']);
export type PledgeKind = z.infer<typeof PledgeKind>;

const Pledge = z.strictObject({
  kind: PledgeKind,
  valueFen: AmountFen,
  /** What it is and its number: a plate, a certificate. Kept sealed. */
  description: z.string().trim().min(1).max(200),
});

/** The body of `POST /v1/applications`. */
export const ApplicationRequest = z.strictObject({
  externalId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
  productId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  requested: Requested,
  applicant: Applicant,
  consents: z.array(Consent).min(1).max(10),
  attribution: z
    .strictObject({
      channel: z.enum([
        'PartnerReferral',
        'OnlineAd',
        'SocialMedia',
        'Store',
        'OfflineEvent',
        'Other',
      ]),
      campaign: z.string().max(60).optional(),
    })
    .optional(),
  /** The borrower refuses a decision made by automated means alone (PIPL art. 24). */
  humanReviewRequested: z.boolean().optional(),
  /** The device the application was filled in on: seen only as blind indexes, to find one device that sends for many. */
  device: z
    .strictObject({
      fingerprint: z.string().trim().min(8).max(200),
      ip: z.union([z.ipv4(), z.ipv6()]).optional(),
    })
    .optional(),
  /** Where the applicant lives or the firm works. */
  address: z.string().trim().min(1).max(200).optional(),
  /** Whom to ask for when the applicant cannot be reached; used against fraud, never to collect from. */
  contacts: z.array(ContactPerson).max(5).optional(),
  /** Who answers for the debt beside the borrower. */
  guarantors: z.array(Guarantor).max(5).optional(),
  /** What is pledged for it, with the value somebody has put on it. */
  pledges: z.array(Pledge).max(5).optional(),
});
export type ApplicationRequest = z.infer<typeof ApplicationRequest>;

/** Why something was decided: a stable code; texts in both languages are looked up from it. */
export const ReasonCode = z.string().regex(/^[A-Z][A-Za-z0-9]+$/);

/** What the applicant is, without saying who: the facts that may stand in the item, in events and in answers. */
export const ApplicantFacts = z.object({
  kind: z.enum(['Person', 'Company']),
  /** HMAC blind index of the identity number (or USCC). */
  borrowerKey: z.string(),
  nameMasked: z.string(),
  mobileMasked: z.string(),
  cardLast4: z.string(),
});
export type ApplicantFacts = z.infer<typeof ApplicantFacts>;

export const DocumentKind = z.enum([
  'IdentityCardFront',
  'IdentityCardBack',
  'IncomeProof',
  'BusinessLicence',
  'BankStatement',
  'Other',
]);
export type DocumentKind = z.infer<typeof DocumentKind>;

/** One document of an application: registered, uploaded by the partner, then checked byte by byte. */
export const ApplicationDocument = z.object({
  documentId: DocumentId,
  kind: DocumentKind,
  contentType: z.enum(['image/jpeg', 'image/png', 'application/pdf']),
  sizeBytes: z.int().positive(),
  sha256: Sha256Hex,
  objectKey: z.string(),
  status: z.enum(['Registered', 'Verified', 'Rejected']),
  rejectedBecause: z.string().optional(),
  registeredAt: Instant,
});
export type ApplicationDocument = z.infer<typeof ApplicationDocument>;

/** What is known after review: identity and income as the provider confirmed them. */
export const Review = z.object({
  outcome: z.enum(['Verified', 'Incomplete', 'Doubtful']),
  reasonCodes: z.array(ReasonCode),
  missing: z.array(DocumentKind),
  identity: z.enum(['Match', 'Mismatch', 'NotFound', 'NotChecked']),
  verifiedIncomeFen: z.int().optional(),
  reviewedBy: z.string(),
  round: z.int(),
});
export type Review = z.infer<typeof Review>;

export const CreditSummary = z.object({
  reportId: z.string(),
  obtainedAt: Instant,
  isReused: z.boolean(),
  score: z.int().optional(),
  openLoans: z.int(),
  outstandingFen: z.int(),
  overdueCount24Months: z.int(),
  currentOverdueFen: z.int(),
  queries3Months: z.int(),
});
export type CreditSummary = z.infer<typeof CreditSummary>;

/** What a borrower is offered: how much, for how long, at which yearly rate, repaid how. */
export const Offer = z.object({
  amountFen: z.int(),
  termMonths: z.int(),
  annualRate: z.string(),
  repaymentMethod: RepaymentMethod,
});

export const Decision = z.object({
  outcome: z.enum(['Approved', 'Declined', 'Referred']),
  reasonCodes: z.array(ReasonCode),
  score: z.int().optional(),
  grade: z.string().optional(),
  offer: Offer.optional(),
  /** How many people must approve before the offer stands: 0, 1 or 2. */
  approversRequired: z.int().min(0).max(2),
  /** The credit policy that decided, and the segment it found; decisions of before there were policies have none. */
  creditPolicy: z.string().optional(),
  segment: z.string().optional(),
  policyPack: z.string(),
  scorecard: z.string(),
  /** The rules that hit or could not be judged; the whole trace is kept beside the inputs of the decision. */
  rulesTrace: z.array(
    z.object({
      ruleId: z.string(),
      result: z.enum(['Hit', 'Pass', 'NotEvaluated']),
      read: z.record(z.string(), z.unknown()),
    }),
  ),
  decidedAt: Instant,
  decidedBy: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** One funder's share of the loan. Shares sum to the loan, to the fen. */
export const Participation = z.object({
  funderId: z.string(),
  shareFen: z.int(),
  annualRate: z.string(),
  role: z.enum(['Lead', 'Partner']),
});
export type Participation = z.infer<typeof Participation>;

export const Contract = z.object({
  contractNumber: z.string(),
  loanId: LoanId,
  /** Of the JSON sheet (综合融资成本明示表), canonically serialised: what is confirmed and what is signed. */
  sheetHash: Sha256Hex,
  /** Only in contracts of before sheets were kept under their hash, beside the application. */
  sheet: z.unknown().optional(),
  disclosureObjectKey: z.string(),
  contractObjectKey: z.string(),
  contractSha256: Sha256Hex,
  aprNominal: z.string(),
  allInCost: z.string(),
  preparedAt: Instant,
  expiresAt: Instant,
  disclosureConfirmed: z
    .object({ sheetHash: Sha256Hex, shownAt: Instant, readSeconds: z.int(), confirmedAt: Instant })
    .optional(),
  signature: z
    .object({
      requestId: z.string(),
      requestedAt: Instant,
      certificateSerial: z.string().optional(),
      certificateAuthority: z.string().optional(),
      signedAt: Instant.optional(),
    })
    .optional(),
});
export type Contract = z.infer<typeof Contract>;

/** One guarantor, without saying who. */
export const BackingGuarantor = z.object({
  /** The blind index of the identity number, as a borrower has one. */
  guarantorKey: z.string(),
  consents: z.array(Consent),
  /** Whether name, number and mobile are one person's; absent until the provider has answered under a consent of theirs. */
  identity: z.enum(['Match', 'Mismatch', 'NotFound']).optional(),
  /** What the bureau says of them; absent until it has answered, and of whoever is not who they are said to be. */
  credit: CreditSummary.optional(),
});
export type BackingGuarantor = z.infer<typeof BackingGuarantor>;

/** What stands behind an application beside the borrower, without saying who or which. */
export const Backing = z.object({
  /** Blind indexes of the guarantors' identity numbers. */
  guarantorKeys: z.array(z.string()),
  /** The same with what they agreed to and what was found; absent in applications of before they were asked. */
  guarantors: z.array(BackingGuarantor).optional(),
  pledges: z.array(z.object({ kind: PledgeKind, valueFen: z.int() })),
});
export type Backing = z.infer<typeof Backing>;

/** 限制处理 (PIPL art. 47): since when, at whose request, and until when where that is known. */
export const Restriction = z.object({
  requestId: PersonalDataRequestId,
  since: Instant,
  until: BusinessDate.optional(),
});
export type Restriction = z.infer<typeof Restriction>;

/** The second look a person takes at a decline (PIPL art. 24). */
export const DeclineReview = z.object({
  taskId: TaskId,
  outcome: z.enum(['Open', 'Upheld', 'Overturned']),
  /** By when somebody has looked. */
  dueAt: Instant,
  concludedAt: Instant.optional(),
  /** The application that follows an overturned decline. */
  successorId: ApplicationId.optional(),
});
export type DeclineReview = z.infer<typeof DeclineReview>;

/** The application as it is stored. */
export const Application = z.object({
  applicationId: ApplicationId,
  /** Rises by one with every change. */
  version: z.int().min(1),
  status: ApplicationStatus,
  partnerId: PartnerId,
  externalId: z.string(),
  submittedAt: Instant,
  productId: z.string(),
  productVersion: z.int(),
  mode: z.enum(['Platform', 'Referral', 'Joint']),
  requested: Requested.omit({ supplier: true }).extend({ hasSupplier: z.boolean() }),
  applicant: ApplicantFacts,
  borrowerKey: z.string(),
  /** Envelope-encrypted JSON: { applicant, supplier }. */
  pii: z.instanceof(Uint8Array),
  consents: z.array(Consent),
  /** Consents the borrower has taken back here, and when; it counts for all their applications. */
  consentWithdrawals: z
    .array(z.object({ purpose: z.literal('Marketing'), withdrawnAt: Instant }))
    .optional(),
  attribution: z.object({ channel: z.string(), campaign: z.string().optional() }).optional(),
  humanReviewRequested: z.boolean(),
  /** What screening found others to have sent with the same device, phone, account, address or contacts. */
  signals: z.record(z.string(), z.union([z.int(), z.boolean()])).optional(),
  backing: Backing.optional(),
  reasonCodes: z.array(ReasonCode),
  documents: z.array(ApplicationDocument),
  documentsRequested: z.array(DocumentKind),
  review: Review.optional(),
  credit: CreditSummary.optional(),
  decision: Decision.optional(),
  declineReview: DeclineReview.optional(),
  approvals: z.array(
    z.object({ taskId: z.string(), operatorId: z.string(), at: Instant, contentHash: Sha256Hex }),
  ),
  participations: z.array(Participation),
  contract: Contract.optional(),
  loanId: LoanId.optional(),
  closedAt: Instant.optional(),
  /** Of an application that has ended: in which queue of the retention sweep it stands, and under which date. */
  retentionQueue: z.string().optional(),
  retentionOn: BusinessDate.optional(),
  /** The person wants it erased and a law has it kept: stored, secured, and used for what the contract asks only. */
  restriction: Restriction.optional(),
  /** What POSTs were already applied: idempotency key → digest of the body. */
  applied: z.record(z.string(), Sha256Hex),
  event: DomainEvent,
  /** Hash chain over the events of this application: hash(previousAuditHash + version + event). */
  auditHash: Sha256Hex,
  previousAuditHash: Sha256Hex,
});
export type Application = z.infer<typeof Application>;
