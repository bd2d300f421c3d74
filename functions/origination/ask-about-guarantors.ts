import type { GuarantorQuery } from '#domain/applications/advance-application.ts';
import type {
  Application,
  BackingGuarantor,
  Consent,
  CreditSummary,
  GuarantorPerson,
} from '#domain/applications/application.ts';
import type { CreditReports } from '#domain/applications/credit-report-ports.ts';
import { type PersonalDataVault, sealedSubjectOf } from '#domain/applications/ports.ts';
import type { CreditBureau, IdentityCheck } from '#domain/applications/provider-ports.ts';
import { isConsentCurrent } from '#domain/applications/screen-application.ts';
import type { Product } from '#domain/catalog/product.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import { isReportFresh, summariseReport } from '#domain/underwriting/credit-report.ts';

export interface GuarantorDependencies {
  readonly vault: PersonalDataVault;
  readonly identity: IdentityCheck;
  readonly bureau: CreditBureau;
  readonly reports: CreditReports;
}

export interface AskedGuarantors {
  /** All of them, with what is known by now. */
  readonly guarantors: readonly BackingGuarantor[];
  /** The reports that were got in this step, each with the consent it was got under. */
  readonly queries: readonly GuarantorQuery[];
  /** A provider did not answer about somebody who may be asked about. */
  readonly failure: Unavailable | undefined;
}

interface Asked {
  readonly guarantor: BackingGuarantor;
  readonly query?: GuarantorQuery;
  readonly failure?: Unavailable;
}

/**
 * Asks about every guarantor under a current consent of their own: the identity provider whether they are who they are
 * said to be, then the bureau, reusing a report that is fresh (征信业管理条例 art. 18). Who did not agree is not asked about
 * and stays without a report, and so does somebody else under the name of a guarantor: the report would be of a stranger.
 * Where a provider gives no answer, for now, the answer says so instead of throwing, so that what was found is kept.
 */
export async function askAboutGuarantors(
  application: Application,
  { product, at }: { readonly product: Product; readonly at: Date },
  dependencies: GuarantorDependencies,
): Promise<AskedGuarantors> {
  const known = application.backing?.guarantors ?? [];
  if (known.length === 0) return { guarantors: [], queries: [], failure: undefined };
  const date = businessDateOf(at.getTime());
  const consentOf = ({ consents }: BackingGuarantor): Consent | undefined =>
    consents.find(
      (consent) =>
        consent.purpose === 'CreditQuery' &&
        isConsentCurrent(consent, product.consentMaxAgeDays, date),
    );
  const people = await guarantorsOf(application, dependencies);
  const asked = await Promise.all(
    known.map(async (guarantor, place): Promise<Asked> => {
      const consent = consentOf(guarantor);
      const person = people[place];
      if (guarantor.credit !== undefined || consent === undefined || person === undefined)
        return { guarantor };
      return ask({ application, guarantor, consent, person, product, at }, dependencies);
    }),
  );
  return {
    guarantors: asked.map(({ guarantor }) => guarantor),
    queries: asked.flatMap(({ query }) => (query === undefined ? [] : [query])),
    failure: asked.find(({ failure }) => failure !== undefined)?.failure,
  };
}

type Person = GuarantorPerson;

/** In the order of the request, as what a decision may read of them is. */
async function guarantorsOf(
  application: Application,
  { vault }: GuarantorDependencies,
): Promise<readonly Person[]> {
  const { guarantors = [] } = await vault.open(application.pii, sealedSubjectOf(application));
  return guarantors;
}

interface Question {
  readonly application: Application;
  readonly guarantor: BackingGuarantor;
  readonly consent: Consent;
  readonly person: Person;
  readonly product: Product;
  readonly at: Date;
}

async function ask(question: Question, dependencies: GuarantorDependencies): Promise<Asked> {
  const { consent } = question;
  let { guarantor } = question;
  try {
    const identity = guarantor.identity ?? (await identityOf(question, dependencies));
    guarantor = { ...guarantor, identity };
    if (identity !== 'Match') return { guarantor };
    const credit = await reportOn(question, dependencies);
    return {
      guarantor: { ...guarantor, credit },
      query: {
        guarantorKey: guarantor.guarantorKey,
        reportId: credit.reportId,
        isReused: credit.isReused,
        consentTextHash: consent.textHash,
        purpose: 'PreLoan',
      },
    };
  } catch (error) {
    if (error instanceof Unavailable) return { guarantor, failure: error };
    throw error;
  }
}

async function identityOf(
  { person: { name, idNumber, mobile } }: Question,
  { identity }: GuarantorDependencies,
): Promise<NonNullable<BackingGuarantor['identity']>> {
  return (await identity.verify({ name, idNumber, mobile })).result;
}

async function reportOn(
  { application, guarantor, consent, person, product, at }: Question,
  { bureau, reports }: GuarantorDependencies,
): Promise<CreditSummary> {
  const { guarantorKey } = guarantor;
  const { applicationId } = application;
  const { name, idNumber } = person;
  const kept = await reports.findLatest(guarantorKey);
  if (kept !== undefined && isReportFresh(kept, product.creditReportFreshDays, at))
    return summariseReport(kept, true);
  const consentId = `${applicationId}:Guarantor:${guarantorKey.slice(0, 16)}:${consent.purpose}:${consent.givenAt}`;
  const report = await bureau.query({ name, idNumber, consentId, purpose: 'PreLoan' });
  // Kept before anything else: a step that dies here finds it and does not ask twice.
  await reports.save({ ...report, borrowerKey: guarantorKey, consentId, applicationId });
  return summariseReport(report, false);
}
