import type { Applicant, Application } from '../applications/application.ts';
import { contactOf } from '../applications/validate-applicant.ts';
import { residenceOf } from '../applications/screen-application.ts';
import { catalogKeyOf } from '../catalog/catalog-key.ts';
import type { Funder } from '../catalog/funder.ts';
import { ageOn, birthDateOf } from '../identity/resident-id.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { divideRounded } from '../shared/money.ts';
import { burdenOf } from './burden.ts';
import type { DecisionSetting } from './decide-by-policy.ts';
import type { DecisionInputs, GuarantorFacts } from './decision-inputs.ts';
import type { Fact, Facts } from './policy-facts.ts';

export interface DecisionCase extends Omit<DecisionSetting, 'policy'> {
  readonly application: Pick<
    Application,
    | 'applicationId'
    | 'submittedAt'
    | 'requested'
    | 'review'
    | 'credit'
    | 'humanReviewRequested'
    | 'signals'
    | 'backing'
  >;
  readonly applicant: Applicant;
  readonly funder: Pick<Funder, 'lenderType' | 'costOfFundsBasisPoints'>;
  /** The business date and the instant of the decision. */
  readonly date: string;
  readonly at: string;
}

/** Everything a decision reads, gathered once: facts only, nothing that says who it is about. */
export function gatherInputs(decisionCase: DecisionCase): DecisionInputs {
  const { application, product, scorecard, policyPack, funder, date, at } = decisionCase;
  const { amountFen, termMonths, repaymentMethod, purpose } = application.requested;
  return {
    applicationId: application.applicationId,
    decidedAt: at,
    date,
    submittedOn: businessDateOf(Date.parse(application.submittedAt)),
    product: catalogKeyOf(product.productId, product.version),
    scorecard: catalogKeyOf(scorecard.scorecardId, scorecard.version),
    policyPack: catalogKeyOf(policyPack.packId, policyPack.version),
    lenderType: funder.lenderType,
    requested: { amountFen, termMonths, repaymentMethod, purpose },
    isHumanReviewRequested: application.humanReviewRequested,
    hasCreditReport: application.credit !== undefined,
    facts: known(factsOf(decisionCase)),
    pledges: pledgesOf(application),
    guarantors: guarantorsOf(application),
  };
}

function known(facts: Facts): Record<string, Fact> {
  const kept: Record<string, Fact> = {};
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) kept[name] = value;
  return kept;
}

function pledgesOf({ backing }: DecisionCase['application']): DecisionInputs['pledges'] {
  return (backing?.pledges ?? []).map(({ kind, valueFen }) => ({ kind, valueFen }));
}

function guarantorsOf({ backing }: DecisionCase['application']): GuarantorFacts[] {
  return (backing?.guarantors ?? []).map(({ credit }) => {
    if (credit === undefined) return {};
    const { score, overdueCount24Months, currentOverdueFen } = credit;
    return {
      credit: {
        ...(score === undefined ? {} : { score }),
        overdueCount24Months,
        currentOverdueFen,
      },
    };
  });
}

function factsOf(decisionCase: DecisionCase): Facts {
  const { application, applicant, funder, date } = decisionCase;
  const { credit, requested, review, signals, backing } = application;
  const pledgedFen = pledgesOf(application).reduce((sum, { valueFen }) => sum + valueFen, 0);
  return {
    amountFen: requested.amountFen,
    termMonths: requested.termMonths,
    repaymentMethod: requested.repaymentMethod,
    purpose: requested.purpose,
    applicantKind: applicant.kind,
    ageYears: ageOn(birthDateOf(contactOf(applicant).idNumber), date),
    province: residenceOf(applicant),
    isIdentityMatched: review === undefined ? undefined : review.identity === 'Match',
    bureauScore: credit?.score,
    openLoans: credit?.openLoans,
    outstandingFen: credit?.outstandingFen,
    overdueCount24Months: credit?.overdueCount24Months,
    currentOverdueFen: credit?.currentOverdueFen,
    queries3Months: credit?.queries3Months,
    funderCostBasisPoints: funder.costOfFundsBasisPoints,
    ...signals,
    guarantorCount: backing?.guarantorKeys.length ?? 0,
    pledgedValueFen: pledgedFen,
    ...(applicant.kind === 'Person'
      ? personFacts(application, applicant)
      : companyFacts(decisionCase, applicant)),
  };
}

type OfKind<Kind extends Applicant['kind']> = Extract<Applicant, { kind: Kind }>;

function personFacts({ review }: DecisionCase['application'], person: OfKind<'Person'>): Facts {
  const verifiedFen = review?.verifiedIncomeFen;
  const isLookedAt = review?.reviewedBy.startsWith('operator:') === true;
  return {
    ...person.profile,
    employmentStatus: person.employment.status,
    statedIncomeFen: person.monthlyIncomeFen,
    // The confirmed income; the declared one only when a person has looked at the papers.
    monthlyIncomeFen: verifiedFen ?? (isLookedAt ? person.monthlyIncomeFen : undefined),
    statedToVerifiedBasisPoints:
      verifiedFen === undefined
        ? isLookedAt
          ? 10_000
          : undefined
        : burdenOf(person.monthlyIncomeFen, verifiedFen),
  };
}

function companyFacts({ application, date }: DecisionCase, company: OfKind<'Company'>): Facts {
  return {
    employmentStatus: 'None',
    statedIncomeFen: divideRounded(company.annualRevenueFen, 12, 'Down'),
    establishedMonths: monthsBetween(company.establishedOn, date),
    amountToRevenueBasisPoints: burdenOf(application.requested.amountFen, company.annualRevenueFen),
  };
}

function monthsBetween(from: string, to: string): number {
  const monthOf = (date: string): number =>
    Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  const isShort = to.slice(8) < from.slice(8);
  return monthOf(to) - monthOf(from) - (isShort ? 1 : 0);
}
