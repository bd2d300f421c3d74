import * as z from 'zod';
import { BusinessDate } from '../shared/primitives.ts';

/** A text people read, in both languages of the product. */
export const Text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
export type Text = z.infer<typeof Text>;

/** A stretch of business dates; both ends are inside, an open end is left out. */
export const Period = z.strictObject({ from: BusinessDate, to: BusinessDate.optional() });
export type Period = z.infer<typeof Period>;

/** Says whether a business date lies in a period. ISO dates compare as text. */
export function isWithin(period: Period, date: string): boolean {
  return date >= period.from && (period.to === undefined || date <= period.to);
}

/** The first two digits of a resident identity number, or every province. */
export const ServiceArea = z.union([
  z.literal('Nationwide'),
  z.array(z.string().regex(/^\d{2}$/)).min(1),
]);
export type ServiceArea = z.infer<typeof ServiceArea>;

/** Says whether a province is served. */
export function isServed(area: ServiceArea, province: string): boolean {
  return area === 'Nationwide' || area.includes(province);
}
