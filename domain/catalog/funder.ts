import * as z from 'zod';
import { LenderType } from './lender-type.ts';
import { isWithin, Period, ServiceArea } from './texts.ts';

/** A partner on the lender's published list (名单制, 金规〔2025〕9号): no loan may come through anybody else. */
const ListedPartner = z.strictObject({
  partnerId: z.string().min(1),
  role: z.enum(['Channel', 'Platform', 'Guarantor']),
  period: Period,
  publishedUrl: z.url(),
});

/** A licensed lender whose money is lent. */
export const Funder = z.object({
  funderId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  version: z.int().min(1),
  name: z.string().min(1),
  lenderType: LenderType,
  licenceNumber: z.string().min(1),
  status: z.enum(['Active', 'Suspended']),
  /** The platform's own licensed lender: the only one of mode `Platform`. */
  isPlatformOwned: z.boolean(),
  serviceArea: ServiceArea,
  /** One borrower may owe at most a share of this (microloan companies). */
  netAssetsFen: z.int().positive(),
  /** What its money costs it, a year, in basis points: one dimension of the pricing grid. */
  costOfFundsBasisPoints: z.int().min(0).max(10_000).optional(),
  partners: z.array(ListedPartner),
  /** How overdue loans of this lender are collected, and where debtors reach it. */
  collection: z
    .strictObject({
      strategyId: z.string().min(1),
      telephone: z.string().min(1),
      /** Who takes claims over that are sold; without it none are. */
      claimBuyer: z
        .strictObject({ buyerId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/), name: z.string() })
        .optional(),
    })
    .optional(),
});
export type Funder = z.infer<typeof Funder>;

/** Says whether the lender's list names the partner on that date. */
export function isListed(funder: Funder, partnerId: string, date: string): boolean {
  return funder.partners.some(
    (listed) => listed.partnerId === partnerId && isWithin(listed.period, date),
  );
}
