import * as z from 'zod';
import { recordCredit, recordCreditPartly } from '#domain/applications/advance-application.ts';
import type { Application, Consent, CreditSummary } from '#domain/applications/application.ts';
import { assertDocumentsVerified } from '#domain/applications/assert-ready.ts';
import type { CreditReports, KeptCreditReport } from '#domain/applications/credit-report-ports.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type { CreditBureau, IdentityCheck } from '#domain/applications/provider-ports.ts';
import { isConsentCurrent } from '#domain/applications/screen-application.ts';
import { contactOf } from '#domain/applications/validate-applicant.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Product } from '#domain/catalog/product.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { summariseReport, isReportFresh } from '#domain/underwriting/credit-report.ts';
import { guarantorsMatter } from '#domain/underwriting/guarantors-matter.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { HttpCreditBureau } from '#platform/providers/credit-bureau.ts';
import { HttpIdentityCheck } from '#platform/providers/identity-check.ts';
import { DynamoCreditReports } from '#platform/repositories/credit-reports.ts';
import { providerSecret } from '#platform/secrets.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { askAboutGuarantors } from './ask-about-guarantors.ts';
import { openApplication } from './open-application.ts';
import { pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';
import { policyThatDecides, readCase } from './read-case.ts';

export const CheckCreditInput = z.object({ applicationId: ApplicationId });

export interface CheckCreditDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly identity: IdentityCheck;
  readonly bureau: CreditBureau;
  readonly reports: CreditReports;
  readonly now: () => Date;
}

/**
 * Gets the bureau report on the borrower and then, where their own facts leave something to decide, on every guarantor who
 * agreed to it, or reuses what is fresh: every query is an entry in somebody's own credit record. A bureau that is silent about a guarantor is asked again, then a person decides.
 */
export async function runCheckCredit(
  { applicationId }: z.infer<typeof CheckCreditInput>,
  dependencies: CheckCreditDependencies,
): Promise<{ outcome: 'Checked' }> {
  const { applications, catalog, now } = dependencies;
  const application = await openApplication(applications, applicationId);
  assertDocumentsVerified(application);
  if (application.status !== 'DocumentsVerified') return { outcome: 'Checked' };
  const product = await pinnedProduct(catalog, application);
  const at = now();
  const consent = consentOf(application, product, at);
  const credit = await creditOf(application, { product, consent, at }, dependencies);
  const asked = (await isWorthAsking({ ...application, credit }, dependencies))
    ? await askAboutGuarantors(application, { product, at }, dependencies)
    : { guarantors: application.backing?.guarantors ?? [], queries: [], failure: undefined };
  const found = {
    credit,
    consentTextHash: consent.textHash,
    at: at.toISOString(),
    guarantors: asked.guarantors,
    guarantorQueries: asked.queries,
  };
  if (asked.failure === undefined) {
    await applications.replace(recordCredit(application, found));
    return { outcome: 'Checked' };
  }
  const partly = recordCreditPartly(application, found);
  if (partly !== undefined) await applications.replace(partly);
  throw asked.failure;
}

/**
 * Nobody else is asked about while the borrower's own facts already decline the loan: it would cost a query and an entry in
 * the record of somebody who has nothing to do with it (PIPL art. 6).
 */
async function isWorthAsking(
  application: Application,
  dependencies: CheckCreditDependencies,
): Promise<boolean> {
  if ((application.backing?.guarantors ?? []).length === 0) return false;
  const { inputs, ...setting } = await readCase(application, dependencies);
  const { applicationId } = application;
  const policy = await policyThatDecides(setting.policy, applicationId, dependencies.catalog);
  return guarantorsMatter(inputs, { ...setting, policy });
}

/** What an earlier attempt found, a report that is fresh, or a new one. */
async function creditOf(
  application: Application,
  query: { readonly product: Product; readonly consent: Consent; readonly at: Date },
  dependencies: CheckCreditDependencies,
): Promise<CreditSummary> {
  if (application.credit !== undefined) return application.credit;
  const { product, consent, at } = query;
  const kept = await dependencies.reports.findLatest(application.borrowerKey);
  const isReused = kept !== undefined && isReportFresh(kept, product.creditReportFreshDays, at);
  const report = isReused ? kept : await ask(application, consent, dependencies);
  return summariseReport(report, isReused);
}

/** 征信业管理条例 art. 18: no query without the written consent of the person, for the purpose agreed. */
function consentOf(application: Application, product: Product, at: Date): Consent {
  const date = businessDateOf(at.getTime());
  const consent = application.consents.find(
    (given) =>
      given.purpose === 'CreditQuery' && isConsentCurrent(given, product.consentMaxAgeDays, date),
  );
  if (consent === undefined)
    throw new InvalidTransition(
      `application ${application.applicationId} has no consent to a credit query`,
    );
  return consent;
}

async function ask(
  application: Application,
  consent: Consent,
  { vault, bureau, reports }: CheckCreditDependencies,
): Promise<KeptCreditReport> {
  const { applicationId, borrowerKey } = application;
  const { applicant } = await vault.open(application.pii, sealedSubjectOf(application));
  const { name, idNumber } = contactOf(applicant);
  const consentId = `${applicationId}:${consent.purpose}:${consent.givenAt}`;
  const report = await bureau.query({ idNumber, name, consentId, purpose: 'PreLoan' });
  const kept = { ...report, borrowerKey, consentId, applicationId };
  // Kept before anything else: a step that dies here finds it and does not ask twice.
  await reports.save(kept);
  return kept;
}

export const handler = workflowTask({
  input: CheckCreditInput,
  dependencies: () => ({
    ...stepDependencies(),
    identity: new HttpIdentityCheck(async () => (await providerSecret()).identity),
    bureau: new HttpCreditBureau(async () => (await providerSecret()).bureau),
    reports: new DynamoCreditReports(documentClient(), requireEnvironment('CREDIT_REPORTS_TABLE')),
  }),
  run: runCheckCredit,
});
