import * as z from 'zod';
import { recordReview } from '#domain/applications/advance-application.ts';
import type { Applicant, Application, Review } from '#domain/applications/application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type {
  DocumentRecognition,
  IdentityCheck,
  IncomeCheck,
} from '#domain/applications/provider-ports.ts';
import { contactOf } from '#domain/applications/validate-applicant.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Product } from '#domain/catalog/product.ts';
import { missingDocuments } from '#domain/documents/required-documents.ts';
import { reviewDocuments, type ReviewChecks } from '#domain/documents/review-documents.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { HttpDocumentRecognition } from '#platform/providers/document-recognition.ts';
import { HttpIdentityCheck } from '#platform/providers/identity-check.ts';
import { HttpIncomeCheck } from '#platform/providers/income-check.ts';
import { providerSecret } from '#platform/secrets.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';
import { pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';

export const ReviewDocumentsInput = z.object({ applicationId: ApplicationId });

export interface ReviewDocumentsDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly identity: IdentityCheck;
  readonly income: IncomeCheck;
  readonly recognition: DocumentRecognition;
  readonly now: () => Date;
}

/** Reviews what was handed in. Providers are asked only when nothing is missing: half a file would be asked about twice. */
export async function runReviewDocuments(
  { applicationId }: z.infer<typeof ReviewDocumentsInput>,
  dependencies: ReviewDocumentsDependencies,
): Promise<{ outcome: Review['outcome'] }> {
  const { applications, catalog, vault, now } = dependencies;
  const application = await openApplication(applications, applicationId);
  if (application.status === 'UnderReview') return { outcome: 'Doubtful' };
  if (application.status !== 'Screened' && application.status !== 'AwaitingDocuments')
    return { outcome: 'Verified' };
  const product = await pinnedProduct(catalog, application);
  const { applicant } = await vault.open(application.pii, sealedSubjectOf(application));
  const isComplete = missingDocuments(application, product).length === 0;
  const review = reviewDocuments({
    application,
    product,
    declaredMonthlyIncomeFen: applicant.kind === 'Person' ? applicant.monthlyIncomeFen : undefined,
    checks: isComplete
      ? await check(application, applicant, { ...dependencies, product })
      : noChecks,
    round: (application.review?.round ?? 0) + 1,
  });
  if (!isStillIncomplete(application, review))
    await applications.replace(recordReview(application, review, now().toISOString()));
  return { outcome: review.outcome };
}

const noChecks: ReviewChecks = { recognitions: [] };

/** The same gap found again is no news: a repeated step writes nothing. */
function isStillIncomplete({ status, review }: Application, next: Review): boolean {
  return (
    status === 'AwaitingDocuments' &&
    next.outcome === 'Incomplete' &&
    review?.missing.join() === next.missing.join()
  );
}

async function check(
  application: Application,
  applicant: Applicant,
  {
    identity,
    income,
    recognition,
    product,
  }: ReviewDocumentsDependencies & { readonly product: Product },
): Promise<ReviewChecks> {
  const verified = application.documents.filter(({ status }) => status === 'Verified');
  const [person, earned, recognitions] = await Promise.all([
    identity.verify(contactOf(applicant)),
    applicant.kind === 'Person' && product.applicantKind === 'Person'
      ? income.verify({
          idNumber: applicant.idNumber,
          declaredMonthlyIncomeFen: applicant.monthlyIncomeFen,
        })
      : undefined,
    Promise.all(
      verified.map(async ({ objectKey, kind, sha256 }) => ({
        kind,
        result: (await recognition.recognise({ objectKey, kind, sha256 })).result,
      })),
    ),
  ]);
  return { identity: person.result, income: earned, recognitions };
}

export const handler = workflowTask({
  input: ReviewDocumentsInput,
  dependencies: () => ({
    ...stepDependencies(),
    identity: new HttpIdentityCheck(async () => (await providerSecret()).identity),
    income: new HttpIncomeCheck(async () => (await providerSecret()).income),
    recognition: new HttpDocumentRecognition(async () => (await providerSecret()).recognition),
  }),
  run: runReviewDocuments,
});
