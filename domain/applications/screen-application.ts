import type { Funder } from '../catalog/funder.ts';
import type { Partner } from '../catalog/partner.ts';
import { type PolicyPack, policyInt, policyWords } from '../catalog/policy-pack.ts';
import type { Product } from '../catalog/product.ts';
import { isServed, isWithin } from '../catalog/texts.ts';
import { fundingObstacles } from '../funding/funding-obstacles.ts';
import { ageOn, birthDateOf, provinceOf } from '../identity/resident-id.ts';
import { addDays, addMonths, businessDateOf } from '../shared/calendar.ts';
import type { Applicant, Application, Consent } from './application.ts';
import { contactOf } from './validate-applicant.ts';

/** Everything screening reads. The applicant is the normalised one, out of the encrypted blob. */
export interface Screening {
  readonly application: Pick<Application, 'requested' | 'consents' | 'partnerId'>;
  readonly applicant: Applicant;
  readonly product: Product;
  readonly partner: Partner;
  readonly funder: Funder;
  readonly policyPack: PolicyPack;
  /** The borrower stands on the block list. */
  readonly isBlocked: boolean;
  /** The borrower has another application that is still open. */
  readonly isBusy: boolean;
  /** The business date. */
  readonly date: string;
}

export interface ScreeningResult {
  readonly outcome: 'Passed' | 'Declined';
  readonly reasonCodes: readonly string[];
}

/** One way to fail and the code that says so. */
type Obstacle = readonly [isMet: boolean, reasonCode: string];

/** Decides whether an application may go on at all. Every reason is named at once, so that nobody has to ask twice. */
export function screenApplication(screening: Screening): ScreeningResult {
  const { application, applicant, product, funder, policyPack, date } = screening;
  const reasonCodes = [
    ...codesOf(partyObstacles(screening)),
    ...codesOf(productObstacles(screening)),
    ...codesOf(applicantObstacles(screening)),
    ...codesOf(consentObstacles(product, application.consents, date)),
    ...fundingObstacles({
      requested: application.requested,
      segment: product.segment,
      province: residenceOf(applicant),
      partnerId: application.partnerId,
      funder,
      policyPack,
      date,
    }),
  ];
  return { outcome: reasonCodes.length === 0 ? 'Passed' : 'Declined', reasonCodes };
}

/** The province of the person, or the one the firm is registered in. */
export function residenceOf(applicant: Applicant): string {
  return applicant.kind === 'Person' ? provinceOf(applicant.idNumber) : applicant.uscc.slice(2, 4);
}

function codesOf(obstacles: readonly Obstacle[]): string[] {
  return obstacles.flatMap(([isMet, reasonCode]) => (isMet ? [reasonCode] : []));
}

function partyObstacles({ partner, product, isBlocked, isBusy, date }: Screening): Obstacle[] {
  const isPartnerActive = partner.status === 'Active' && isWithin(partner.agreement, date);
  return [
    [!isPartnerActive, 'PartnerSuspended'],
    [!partner.productIds.includes(product.productId), 'ProductNotOnSale'],
    [isBlocked, 'BorrowerBlocked'],
    [isBusy, 'OpenApplicationExists'],
  ];
}

function productObstacles({ application, product, ...screening }: Screening): Obstacle[] {
  const { requested } = application;
  const { amountFen, termMonths, repaymentMethod, purpose } = requested;
  const { amount, term } = product;
  const scope = { lenderType: screening.funder.lenderType, date: screening.date };
  const isForbidden = policyWords(screening.policyPack, 'purpose.forbidden', scope).includes(
    purpose,
  );
  const isOnSale = product.status === 'OnSale' && isWithin(product.validity, screening.date);
  const method = product.repaymentMethods.find((offered) => offered.method === repaymentMethod);
  return [
    [!isOnSale, 'ProductNotOnSale'],
    [amountFen < amount.minFen || amountFen > amount.maxFen, 'AmountOutOfRange'],
    [termMonths < term.minMonths || termMonths > term.maxMonths, 'TermOutOfRange'],
    [
      method === undefined || termMonths > (method.maxTermMonths ?? Infinity),
      'RepaymentMethodNotOffered',
    ],
    [isForbidden, 'PurposeForbidden'],
    [!isForbidden && !product.purposes.includes(purpose), 'PurposeNotOffered'],
    [product.isSupplierRequired && !requested.hasSupplier, 'SupplierRequired'],
  ];
}

function applicantObstacles({
  applicant,
  product,
  policyPack,
  funder,
  date,
}: Screening): Obstacle[] {
  const scope = { lenderType: funder.lenderType, date };
  const age = ageOn(birthDateOf(contactOf(applicant).idNumber), date);
  const leastAge = Math.max(product.age.min, policyInt(policyPack, 'age.min', scope));
  return [
    [applicant.kind !== product.applicantKind, 'ApplicantKindNotServed'],
    [age < leastAge || age > product.age.max, 'AgeOutOfRange'],
    [!isServed(product.serviceArea, residenceOf(applicant)), 'RegionNotServed'],
    [isFirmTooYoung(applicant, product, date), 'FirmTooYoung'],
  ];
}

function isFirmTooYoung(applicant: Applicant, product: Product, date: string): boolean {
  if (applicant.kind === 'Person') return false;
  return addMonths(applicant.establishedOn, product.minEstablishedMonths ?? 0) > date;
}

function consentObstacles(
  product: Product,
  consents: readonly Consent[],
  date: string,
): Obstacle[] {
  const given = product.consentsRequired.map((purpose) =>
    consents.filter((consent) => consent.purpose === purpose),
  );
  const isCurrent = (consent: Consent): boolean =>
    isConsentCurrent(consent, product.consentMaxAgeDays, date);
  return [
    [given.some((ofPurpose) => ofPurpose.length === 0), 'ConsentMissing'],
    [
      given.some((ofPurpose) => ofPurpose.length > 0 && !ofPurpose.some(isCurrent)),
      'ConsentExpired',
    ],
  ];
}

/** A consent counts from the day it was given for so many days. One of tomorrow is allowed for clocks that differ. */
export function isConsentCurrent(
  consent: Pick<Consent, 'givenAt'>,
  maxAgeDays: number,
  date: string,
): boolean {
  const givenOn = businessDateOf(Date.parse(consent.givenAt));
  return givenOn <= addDays(date, 1) && date <= addDays(givenOn, maxAgeDays);
}
