import type { Applicant, Application } from '#domain/applications/application.ts';
import { residenceOf } from '#domain/applications/screen-application.ts';
import type { Funder } from '#domain/catalog/funder.ts';
import type { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Product } from '#domain/catalog/product.ts';
import { allocateFunding, type Allocation } from '#domain/funding/allocate-funding.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';

/** Divides an approved application over its funders, on the day of the step. */
export function allocationOf(
  application: Application,
  setting: {
    readonly product: Product;
    readonly funder: Funder;
    readonly policyPack: PolicyPack;
    readonly applicant: Applicant;
    readonly at: Date;
  },
): Allocation {
  const { product, funder, policyPack, applicant, at } = setting;
  const { requested, partnerId } = application;
  return allocateFunding(application, {
    requested,
    segment: product.segment,
    province: residenceOf(applicant),
    partnerId,
    funder,
    policyPack,
    date: businessDateOf(at.getTime()),
  });
}
