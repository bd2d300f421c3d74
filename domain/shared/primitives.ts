import * as z from 'zod';

/** Money: integer fen (1/100 yuan), never a fraction, never beyond what a double holds exactly. */
export const Fen = z.int().brand<'Fen'>();
export type Fen = z.infer<typeof Fen>;

/** A positive amount of money as a caller may ask for it. */
export const AmountFen = z.int().positive().max(100_000_000_00);

/** A yearly rate as a decimal string: "0.0720" is 7.2 % a year. */
export const AnnualRate = z
  .string()
  .regex(/^(0|[1-9]\d?)\.\d{1,8}$/, 'a decimal string such as "0.0720"');

/** A business date in Asia/Shanghai. */
export const BusinessDate = z.iso.date();
export type BusinessDate = z.infer<typeof BusinessDate>;

/** An instant with its offset. */
export const Instant = z.iso.datetime({ offset: true });

export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 digest in lower-case hex');

const ulidTail = '[0-9A-HJKMNP-TV-Z]{26}';
export const ApplicationId = z.string().regex(new RegExp(`^app_${ulidTail}$`));
export const LoanId = z.string().regex(new RegExp(`^loan_${ulidTail}$`));
export const TaskId = z.string().regex(new RegExp(`^task_${ulidTail}$`));
export const CaseId = z.string().regex(new RegExp(`^case_${ulidTail}$`));
export const ContactId = z.string().regex(new RegExp(`^contact_${ulidTail}$`));
export const DocumentId = z.string().regex(new RegExp(`^doc_${ulidTail}$`));
export const CollateralId = z.string().regex(new RegExp(`^col_${ulidTail}$`));
export const PersonalDataRequestId = z.string().regex(new RegExp(`^prq_${ulidTail}$`));
export const BlockId = z.string().regex(new RegExp(`^blk_${ulidTail}$`));
export const PartnerId = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/);

export const RepaymentMethod = z.enum([
  'EqualInstallment',
  'EqualPrincipal',
  'InterestOnly',
  'FlatRate',
  'Bullet',
]);
export type RepaymentMethod = z.infer<typeof RepaymentMethod>;
