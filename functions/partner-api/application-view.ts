import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import {
  type Application,
  ApplicationStatus,
  DeclineReview,
  DocumentKind,
} from '#domain/applications/application.ts';
import { explainReasons, ReasonTexts } from '#domain/catalog/reason-texts.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';
import { objectClient } from '#platform/clients.ts';
import { shownSheet } from '#platform/shown-sheet.ts';
import { now } from '#platform/time.ts';
import { bucketOf } from './partner-dependencies.ts';

const Reason = z.object({ code: z.string(), zh: z.string(), en: z.string() });

/** What a partner sees of its application: an allow-list. Who the borrower is, the partner knows itself. */
export const ApplicationView = z
  .object({
    applicationId: z.string(),
    externalId: z.string(),
    status: ApplicationStatus,
    version: z.int(),
    productId: z.string(),
    productVersion: z.int(),
    submittedAt: z.string(),
    closedAt: z.string().optional(),
    requested: z.object({
      amountFen: z.int(),
      termMonths: z.int(),
      repaymentMethod: z.string(),
      purpose: z.string(),
      hasSupplier: z.boolean(),
    }),
    applicant: z.object({
      kind: z.string(),
      nameMasked: z.string(),
      mobileMasked: z.string(),
      cardLast4: z.string(),
    }),
    reasonCodes: z.array(z.string()),
    reasons: z.array(Reason),
    decision: z
      .object({
        outcome: z.string(),
        grade: z.string().optional(),
        offer: z
          .object({
            amountFen: z.int(),
            termMonths: z.int(),
            annualRate: z.string(),
            repaymentMethod: z.string(),
          })
          .optional(),
      })
      .optional(),
    /** The second look at a decline: by when, and what it came to. */
    declineReview: DeclineReview.omit({ taskId: true }).optional(),
    documents: z.array(
      z.object({
        documentId: z.string(),
        kind: DocumentKind,
        status: z.string(),
        rejectedBecause: z.string().optional(),
      }),
    ),
    documentsRequested: z.array(DocumentKind),
    contract: z
      .object({
        contractNumber: z.string(),
        sheetHash: z.string(),
        sheet: z.unknown(),
        aprNominal: z.string(),
        allInCost: z.string(),
        preparedAt: z.string(),
        expiresAt: z.string(),
        disclosureUrl: z.string(),
        contractUrl: z.string(),
        disclosureConfirmedAt: z.string().optional(),
        signedAt: z.string().optional(),
      })
      .optional(),
    loanId: z.string().optional(),
  })
  .meta({ id: 'Application' });
export type ApplicationView = z.infer<typeof ApplicationView>;

const DOWNLOAD_SECONDS = 900;

/** The view of one application; reasons come with their texts, papers with links that end after a quarter of an hour. */
export async function viewApplication(
  application: Application,
  { catalog, sheets }: { readonly catalog: Catalog; readonly sheets: DisclosureSheets },
): Promise<ApplicationView> {
  const { decision, contract } = application;
  return {
    ...application,
    documentsRequested: application.documentsRequested,
    reasons: await reasonsOf(application.reasonCodes, catalog),
    decision: decision && {
      outcome: decision.outcome,
      grade: decision.grade,
      offer: decision.offer,
    },
    contract: contract && {
      ...contract,
      sheet: await shownSheet(contract, sheets),
      disclosureUrl: await downloadUrl(contract.disclosureObjectKey),
      contractUrl: await downloadUrl(contract.contractObjectKey),
      disclosureConfirmedAt: contract.disclosureConfirmed?.confirmedAt,
      signedAt: contract.signature?.signedAt,
    },
  };
}

async function reasonsOf(codes: readonly string[], catalog: Catalog) {
  if (codes.length === 0) return [];
  const texts = await catalog.find({ kind: 'reason-texts', id: 'default' }, ReasonTexts);
  return explainReasons(codes, texts ?? { reasonTextsId: 'none', version: 1, texts: {} });
}

function downloadUrl(objectKey: string): Promise<string> {
  const command = new GetObjectCommand({ Bucket: bucketOf('CONTRACTS_BUCKET'), Key: objectKey });
  return getSignedUrl(objectClient(), command, {
    expiresIn: DOWNLOAD_SECONDS,
    signingDate: now(),
  });
}
