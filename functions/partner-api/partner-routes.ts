import type { RouteDescription } from '#platform/route-description.ts';
import { confirmRestructuringRoute } from './confirm-restructuring.ts';
import { getRestructuringOfferRoute } from './get-restructuring-offer.ts';
import { requestRestructuringRoute } from './request-restructuring.ts';
import { confirmDisclosureRoute } from './confirm-disclosure.ts';
import { createQuoteRoute } from './create-quote.ts';
import { getApplicationRoute } from './get-application.ts';
import { getLoanRoute } from './get-loan.ts';
import { getLoanScheduleRoute } from './get-loan-schedule.ts';
import { getProductRoute } from './get-product.ts';
import { listApplicationsRoute } from './list-applications.ts';
import { listProductsRoute } from './list-products.ts';
import { listPaymentsRoute } from './list-payments.ts';
import { quotePayoffRoute } from './quote-payoff.ts';
import { refuseRestructuringRoute } from './refuse-restructuring.ts';
import { registerDocumentRoute } from './register-document.ts';
import { reportPaymentRoute } from './report-payment.ts';
import { requestReviewRoute } from './request-review.ts';
import { requestSignatureRoute } from './request-signature.ts';
import { submitApplicationRoute } from './submit-application.ts';
import { withdrawApplicationRoute } from './withdraw-application.ts';
import { withdrawConsentRoute } from './withdraw-consent.ts';

/** What partners may ask for; the OpenAPI document and the route table of the cloud definition are held against it. */
export const partnerRoutes: readonly RouteDescription[] = [
  listProductsRoute,
  getProductRoute,
  createQuoteRoute,
  submitApplicationRoute,
  listApplicationsRoute,
  getApplicationRoute,
  registerDocumentRoute,
  confirmDisclosureRoute,
  requestSignatureRoute,
  withdrawApplicationRoute,
  requestReviewRoute,
  withdrawConsentRoute,
  getLoanRoute,
  getLoanScheduleRoute,
  listPaymentsRoute,
  reportPaymentRoute,
  quotePayoffRoute,
  requestRestructuringRoute,
  getRestructuringOfferRoute,
  confirmRestructuringRoute,
  refuseRestructuringRoute,
];
