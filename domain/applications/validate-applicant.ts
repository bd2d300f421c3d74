import { checkBankCard, normaliseBankCard } from '../identity/bank-card.ts';
import { checkCnapsCode, normaliseCnapsCode } from '../identity/cnaps-code.ts';
import { invalid, valid, type FormatCheck } from '../identity/format-check.ts';
import { checkMobile, normaliseMobile } from '../identity/mobile.ts';
import {
  checkResidentId,
  normaliseResidentId,
  type ResidentIdOptions,
} from '../identity/resident-id.ts';
import {
  checkSocialCreditCode,
  normaliseSocialCreditCode,
} from '../identity/social-credit-code.ts';
import type { Applicant, ApplicationRequest } from './application.ts';

/** What is wrong with one field. The message never repeats the value: it is personal data. */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

type BankAccount = Applicant['bankAccount'];
type NamedCheck = readonly [path: string, check: FormatCheck];

/**
 * Checks the numbers a machine can check: a wrong digit is a typing error of the caller (400), not a reason to decline a
 * person. Answers an issue for every field that fails.
 */
export function validateApplicant(
  request: ApplicationRequest,
  options: ResidentIdOptions,
): FieldIssue[] {
  const { supplier } = request.requested;
  const checks = [
    ...identityChecks(request.applicant, options),
    ...accountChecks('applicant.bankAccount', request.applicant.bankAccount),
    ...(supplier === undefined
      ? []
      : accountChecks('requested.supplier.bankAccount', supplier.bankAccount)),
    ...backerChecks(request, options),
  ];
  return checks.flatMap(([path, check]) =>
    check.isValid ? [] : [{ path, message: check.because }],
  );
}

/** The request with every number in the form that is stored, compared and hashed. */
export function normaliseRequest(request: ApplicationRequest): ApplicationRequest {
  const { supplier, ...requested } = request.requested;
  return {
    ...request,
    requested:
      supplier === undefined
        ? requested
        : {
            ...requested,
            supplier: { ...supplier, bankAccount: normaliseAccount(supplier.bankAccount) },
          },
    applicant: normaliseApplicant(request.applicant),
    ...(request.contacts === undefined ? {} : { contacts: request.contacts.map(normaliseContact) }),
    ...(request.guarantors === undefined
      ? {}
      : {
          guarantors: request.guarantors.map((guarantor) => ({
            ...normaliseContact(guarantor),
            idNumber: normaliseResidentId(guarantor.idNumber),
          })),
        }),
  };
}

function normaliseContact<Contact extends { readonly mobile: string }>(contact: Contact): Contact {
  return { ...contact, mobile: normaliseMobile(contact.mobile) };
}

/** Nobody stands behind a debt of their own: a guarantor is somebody else, and named once. */
function backerChecks(
  { applicant, contacts = [], guarantors = [] }: ApplicationRequest,
  options: ResidentIdOptions,
): NamedCheck[] {
  const numbers = [contactOf(applicant), ...guarantors].map(({ idNumber }) =>
    normaliseResidentId(idNumber),
  );
  return [
    ...contacts.map(({ mobile }, at): NamedCheck => [`contacts.${at}.mobile`, checkMobile(mobile)]),
    ...guarantors.flatMap(({ idNumber, mobile }, at): NamedCheck[] => [
      [`guarantors.${at}.idNumber`, checkResidentId(idNumber, options)],
      [`guarantors.${at}.mobile`, checkMobile(mobile)],
      [
        `guarantors.${at}`,
        numbers.indexOf(normaliseResidentId(idNumber)) === at + 1
          ? valid(idNumber)
          : invalid('a guarantor is somebody else, and named once'),
      ],
    ]),
  ];
}

/** The number that identifies a borrower: what the blind index is computed from. */
export function identityNumberOf(applicant: Applicant): string {
  return applicant.kind === 'Person'
    ? normaliseResidentId(applicant.idNumber)
    : normaliseSocialCreditCode(applicant.uscc);
}

/** Whom messages and calls go to: the person, or the firm's legal representative. */
export function contactOf(applicant: Applicant): {
  name: string;
  idNumber: string;
  mobile: string;
} {
  const person = applicant.kind === 'Person' ? applicant : applicant.legalRepresentative;
  return { name: person.name, idNumber: person.idNumber, mobile: person.mobile };
}

function identityChecks(applicant: Applicant, options: ResidentIdOptions): NamedCheck[] {
  const { idNumber, mobile } = contactOf(applicant);
  if (applicant.kind === 'Person')
    return [
      ['applicant.idNumber', checkResidentId(idNumber, options)],
      ['applicant.mobile', checkMobile(mobile)],
    ];
  return [
    ['applicant.uscc', checkSocialCreditCode(applicant.uscc)],
    ['applicant.legalRepresentative.idNumber', checkResidentId(idNumber, options)],
    ['applicant.legalRepresentative.mobile', checkMobile(mobile)],
  ];
}

function accountChecks(path: string, account: BankAccount): NamedCheck[] {
  return [
    [`${path}.number`, checkBankCard(account.number)],
    [`${path}.bankCode`, checkCnapsCode(account.bankCode)],
  ];
}

function normaliseApplicant(applicant: Applicant): Applicant {
  const bankAccount = normaliseAccount(applicant.bankAccount);
  if (applicant.kind === 'Person')
    return {
      ...applicant,
      idNumber: normaliseResidentId(applicant.idNumber),
      mobile: normaliseMobile(applicant.mobile),
      bankAccount,
    };
  const { legalRepresentative } = applicant;
  return {
    ...applicant,
    uscc: normaliseSocialCreditCode(applicant.uscc),
    legalRepresentative: {
      ...legalRepresentative,
      idNumber: normaliseResidentId(legalRepresentative.idNumber),
      mobile: normaliseMobile(legalRepresentative.mobile),
    },
    bankAccount,
  };
}

function normaliseAccount(account: BankAccount): BankAccount {
  return {
    number: normaliseBankCard(account.number),
    bankCode: normaliseCnapsCode(account.bankCode),
  };
}
