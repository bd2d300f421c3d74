import type * as z from 'zod';
import { CorrectionRecord, PersonalDataRequest } from '#domain/privacy/personal-data-request.ts';

/** A request as operators see it. */
export const RequestView = PersonalDataRequest.omit({
  bodyHash: true,
  copy: true,
  event: true,
  auditHash: true,
  previousAuditHash: true,
})
  .extend({ correction: CorrectionRecord.omit({ objectKey: true, basedOn: true }).optional() })
  .meta({ id: 'PersonalDataRequest' });
export type RequestView = z.infer<typeof RequestView>;

export function viewRequest(request: PersonalDataRequest): RequestView {
  return RequestView.parse(request);
}
