import { sha256Bytes } from './digest.ts';

/** Crockford's alphabet: no I, L, O or U, so that an id can be read out over the telephone. */
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const tailLength = 26;
const ulidTimeLength = 10;
const ulidRandomBytes = 10;
const payoutRefLength = 32;

function base32(bytes: Uint8Array, length: number): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += crockford.charAt((buffer >>> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
    if (text.length === length) break;
  }
  return text;
}

const tailOf = (name: string): string => base32(sha256Bytes(name), tailLength);

/** The application's id is its natural key: the same partner number can never become two applications. */
export function applicationIdOf(partnerId: string, externalId: string): string {
  return `app_${tailOf(`${partnerId}\n${externalId}`)}`;
}

/** One application becomes at most one loan. */
export function loanIdOf(applicationId: string): string {
  return `loan_${tailOf(applicationId)}`;
}

/** A retried step meets the task it already opened; only a new round opens another. */
export function taskIdOf(applicationId: string, kind: string, round: number): string {
  return `task_${tailOf(`${applicationId}|${kind}|${round}`)}`;
}

/** What is pledged for an application, by its place in the request: a repeated step meets the record it made. */
export function collateralIdOf(applicationId: string, place: number): string {
  return `col_${tailOf(`collateral|${applicationId}|${place}`)}`;
}

/** One borrower has one case with one lender, however often it is opened. */
export function caseIdOf(borrowerKey: string, lenderId: string): string {
  return `case_${tailOf(`${borrowerKey}|${lenderId}`)}`;
}

/** A contact is known before it is made: a repeated step or request meets the one it reserved. */
export function contactIdOf(caseId: string, mark: string): string {
  return `contact_${tailOf(`${caseId}|${mark}`)}`;
}

/** The same content by the same person is one draft, however often it is sent. */
export function draftIdOf(kind: string, operatorId: string, contentHash: string): string {
  return `draft_${tailOf(`draft|${kind}|${operatorId}|${contentHash}`)}`;
}

/** One page of a campaign's selection, by who asked under which key: asked again, it is the same one. */
export function selectionIdOf(operatorId: string, mark: string): string {
  return `sel_${tailOf(`selection|${operatorId}|${mark}`)}`;
}

/** What a person asks about their own data, by who entered it under which key: entered again, it is the same one. */
export function personalDataRequestIdOf(operatorId: string, mark: string): string {
  return `prq_${tailOf(`personal data|${operatorId}|${mark}`)}`;
}

/** One change of the key of the blind index, by the names of both keys. */
export function keyRotationIdOf(keyId: string, formerKeyId: string | undefined): string {
  return `rot_${tailOf(`key rotation|${keyId}|${formerKeyId ?? ''}`)}`;
}

/** The record of whether a person is blocked, by the name they go by: one a person, and the name is not in it. */
export function blockIdOf(borrowerKey: string): string {
  return `blk_${tailOf(`block|${borrowerKey}`)}`;
}

/** The bank's reference for one payout: deterministic, so that a repeated payment is recognised as the same one. */
export function payoutRefOf(loanId: string, payoutNumber: number): string {
  return base32(sha256Bytes(`${loanId}|${payoutNumber}`), payoutRefLength);
}

/** A payment is known by the bank's reference of the money: reported twice, in whatever way, it is one payment. */
export function paymentIdOf(reference: string): string {
  return `pay_${tailOf(`payment|${reference}`)}`;
}

/** Money on the collection account, by the bank's id of it. */
export function receiptIdOf(bankId: string): string {
  return `rcp_${tailOf(`receipt|${bankId}`)}`;
}

/** A change of a loan after payout, known by what asked for it. */
export function changeIdOf(loanId: string, request: string): string {
  return `chg_${tailOf(`${loanId}|${request}`)}`;
}

/** A claim on the guarantor of a loan, known by the decision that asked for it; its transfer carries it in the remark. */
export function claimReferenceOf(loanId: string, request: string): string {
  return `claim_${tailOf(`claim|${loanId}|${request}`)}`;
}

/** The printed number of the contract: short enough to read aloud, made from the loan's id. */
export function contractNumberOf(loanId: string): string {
  return `ZD-${base32(sha256Bytes(`contract|${loanId}`), 16)}`;
}

/** A sortable id (ULID) for a document, from the instant and ten random bytes given by the caller. */
export function newDocumentId(nowMs: number, random: Uint8Array): string {
  if (random.length !== ulidRandomBytes)
    throw new Error(`a document id needs ${ulidRandomBytes} random bytes, got ${random.length}`);
  let time = '';
  let rest = nowMs;
  for (let place = 0; place < ulidTimeLength; place += 1) {
    time = crockford.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return `doc_${time}${base32(random, tailLength - ulidTimeLength)}`;
}
