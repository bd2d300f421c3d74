import * as z from 'zod';
import { BusinessDate } from '../shared/primitives.ts';
import { Applicant, ApplicationRequest, GuarantorPerson } from './application.ts';

const REMARKS_MAX = 20;

export const Remark = z.strictObject({
  field: z.string().max(60),
  text: z.string().trim().min(1).max(500),
  notedOn: BusinessDate,
});
export type Remark = z.infer<typeof Remark>;

/** What is sealed with an application: everything that says who the borrower, or the supplier to be paid, is. */
export const PersonalData = z.strictObject({
  applicant: Applicant,
  supplier: ApplicationRequest.shape.requested.shape.supplier,
  device: ApplicationRequest.shape.device,
  address: ApplicationRequest.shape.address,
  contacts: ApplicationRequest.shape.contacts,
  guarantors: z.array(GuarantorPerson).max(5).optional(),
  pledges: ApplicationRequest.shape.pledges,
  /** What the person says of a fact that is kept as it was given, since something was decided or agreed on it. */
  remarks: z.array(Remark).max(REMARKS_MAX).optional(),
});
export type PersonalData = z.infer<typeof PersonalData>;

/** The part of a request that is sealed. */
export function personalDataOf(request: ApplicationRequest): PersonalData {
  const { applicant, device, address, contacts, guarantors, pledges } = request;
  const { supplier } = request.requested;
  return {
    applicant,
    ...(supplier === undefined ? {} : { supplier }),
    ...(device === undefined ? {} : { device }),
    ...(address === undefined ? {} : { address }),
    ...(contacts === undefined ? {} : { contacts }),
    ...(guarantors === undefined
      ? {}
      : {
          guarantors: guarantors.map(({ name, idNumber, mobile }) => ({ name, idNumber, mobile })),
        }),
    ...(pledges === undefined ? {} : { pledges }),
  };
}
