import * as z from 'zod';
import { Applicant, ApplicationRequest } from './application.ts';

/** What is sealed with an application: everything that says who the borrower, or the supplier to be paid, is. */
export const PersonalData = z.strictObject({
  applicant: Applicant,
  supplier: ApplicationRequest.shape.requested.shape.supplier,
});
export type PersonalData = z.infer<typeof PersonalData>;
