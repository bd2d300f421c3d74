import type * as z from 'zod';
import { PersonalDataRequest } from '#domain/privacy/personal-data-request.ts';

/** A request as operators see it. */
export const RequestView = PersonalDataRequest.omit({
  bodyHash: true,
  event: true,
  auditHash: true,
  previousAuditHash: true,
}).meta({ id: 'PersonalDataRequest' });
export type RequestView = z.infer<typeof RequestView>;

export function viewRequest(request: PersonalDataRequest): RequestView {
  return RequestView.parse(request);
}
