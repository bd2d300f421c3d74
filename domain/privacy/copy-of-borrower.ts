import type { Application } from '../applications/application.ts';
import type { PersonalData } from '../applications/personal-data.ts';
import type { Block } from '../blocks/block.ts';
import { explainReasons, type ReasonTexts } from '../catalog/reason-texts.ts';
import type { Contact } from '../collections/contact.ts';
import { maskMobile, maskName } from '../identity/mask.ts';
import type { Notice } from '../notification/notice.ts';
import type { LoanFile } from '../servicing/loan-file.ts';

/** One application of the person with what is sealed in it and what came of it. */
export interface HeldApplication {
  readonly application: Application;
  readonly data: PersonalData;
  readonly file: LoanFile | undefined;
  readonly notices: readonly Notice[];
}

/** What is held of the person besides their applications. */
export interface HeldBesides {
  readonly contacts: readonly Contact[];
  readonly block: Block | undefined;
}

export interface CopySection {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly entries: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A copy of what is held of a person, in words of both languages (PIPL art. 45). It is theirs: their own facts in full, of
 * other people (contacts, guarantors) no more than who was named. How a score is made is not theirs; what it came to is.
 */
export function copyOfBorrower(
  held: readonly HeldApplication[],
  { contacts, block }: HeldBesides,
  reasonTexts: ReasonTexts,
): readonly CopySection[] {
  return [
    { ...titles.Applications, entries: held.map(applicationEntry) },
    { ...titles.Identity, entries: held.map(identityEntry) },
    { ...titles.OtherPeople, entries: held.flatMap(otherPeople) },
    { ...titles.Consents, entries: held.flatMap(consentEntries) },
    { ...titles.Documents, entries: held.flatMap(documentEntries) },
    {
      ...titles.Decisions,
      entries: held.flatMap((each) => decisionEntries(each, reasonTexts)),
    },
    { ...titles.Loans, entries: held.flatMap(loanEntries) },
    { ...titles.Payments, entries: held.flatMap(paymentEntries) },
    { ...titles.Messages, entries: held.flatMap(messageEntries) },
    { ...titles.Contacts, entries: contacts.map(contactEntry) },
    { ...titles.Restrictions, entries: held.flatMap(restrictionEntries) },
    { ...titles.Blocks, entries: block === undefined ? [] : [blockEntry(block)] },
  ];
}

const titles = {
  Applications: { code: 'Applications', zh: '申请', en: 'Applications' },
  Identity: {
    code: 'Identity',
    zh: '身份、联系方式与账户',
    en: 'Who you are and how to reach you',
  },
  OtherPeople: { code: 'OtherPeople', zh: '您提供的其他人', en: 'Other people you have named' },
  Consents: { code: 'Consents', zh: '您的同意', en: 'What you have agreed to' },
  Documents: { code: 'Documents', zh: '您上传的材料', en: 'Documents you have uploaded' },
  Decisions: { code: 'Decisions', zh: '审批决定', en: 'Decisions' },
  Loans: { code: 'Loans', zh: '合同与借款', en: 'Contracts and loans' },
  Payments: { code: 'Payments', zh: '还款', en: 'Payments' },
  Messages: { code: 'Messages', zh: '已发送的通知', en: 'Messages sent to you' },
  Contacts: { code: 'Contacts', zh: '催收联系记录', en: 'Contacts about arrears' },
  Restrictions: { code: 'Restrictions', zh: '处理限制', en: 'Restrictions of use' },
  Blocks: { code: 'Blocks', zh: '不予受理', en: 'Blocks' },
} as const;

function applicationEntry({ application }: HeldApplication) {
  const { applicationId, partnerId, submittedAt, closedAt, status, productId, requested } =
    application;
  return { applicationId, partnerId, productId, submittedAt, closedAt, status, requested };
}

function identityEntry({ application: { applicationId }, data }: HeldApplication) {
  const { applicant, address, device, supplier, pledges, remarks } = data;
  return { applicationId, applicant, address, device, supplier, pledges, remarks };
}

function otherPeople({ application: { applicationId }, data }: HeldApplication) {
  const { contacts = [], guarantors = [] } = data;
  const masked = ({ name, mobile }: { name: string; mobile: string }) => ({
    nameMasked: maskName(name),
    mobileMasked: maskMobile(mobile),
  });
  return [
    ...contacts.map((one) => ({
      applicationId,
      as: 'Contact',
      ...masked(one),
      relation: one.relation,
    })),
    ...guarantors.map((one) => ({ applicationId, as: 'Guarantor', ...masked(one) })),
  ];
}

function consentEntries({ application: { applicationId, consents } }: HeldApplication) {
  return consents.map((consent) => ({ applicationId, ...consent }));
}

function documentEntries({ application: { applicationId, documents } }: HeldApplication) {
  return documents.map(({ documentId, kind }) => ({ applicationId, documentId, kind }));
}

function decisionEntries({ application }: HeldApplication, reasonTexts: ReasonTexts) {
  const { applicationId, decision, reasonCodes, credit } = application;
  if (decision === undefined && reasonCodes.length === 0) return [];
  return [
    {
      applicationId,
      outcome: decision?.outcome,
      grade: decision?.grade,
      offer: decision?.offer,
      reasons: explainReasons(reasonCodes, reasonTexts),
      creditReport: credit && { reportId: credit.reportId, isReused: credit.isReused },
    },
  ];
}

function loanEntries({ application, file }: HeldApplication) {
  const { applicationId, contract } = application;
  if (contract === undefined && file === undefined) return [];
  return [
    {
      applicationId,
      contractNumber: contract?.contractNumber,
      signedAt: contract?.signature?.signedAt,
      loanId: file?.loan.loanId,
      status: file?.loan.status,
      principalFen: file?.loan.principalFen,
      outstandingPrincipalFen: file?.loan.outstandingPrincipalFen,
    },
  ];
}

function paymentEntries({ file }: HeldApplication) {
  return (file?.payments ?? []).map(({ loanEvent }) => ({
    loanId: file?.loan.loanId,
    ...loanEvent,
  }));
}

/** News for the partner is not for the person. */
function messageEntries({ notices }: HeldApplication) {
  return notices.flatMap((notice) =>
    notice.channel === 'Sms' || notice.channel === 'Voice'
      ? [
          {
            loanId: notice.loanId,
            kind: notice.kind,
            channel: notice.channel,
            status: notice.status,
            sentAt: notice.sentAt,
          },
        ]
      : [],
  );
}

function contactEntry({ channel, purpose, audience, reservedAt, result, speaker }: Contact) {
  return { channel, purpose, audience, at: reservedAt, result, speaker };
}

function restrictionEntries({ application: { applicationId, restriction } }: HeldApplication) {
  return restriction === undefined
    ? []
    : [{ applicationId, since: restriction.since, until: restriction.until }];
}

/** That there is one, and for how long. Not why: of a suspicion nobody is told (反洗钱法), and silence about one reason would tell. */
function blockEntry({ status, blockedAt, blockedUntilOn }: Block) {
  return { status, since: blockedAt, until: blockedUntilOn };
}
