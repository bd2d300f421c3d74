import type { PersonalData } from '../applications/personal-data.ts';
import { contactOf } from '../applications/validate-applicant.ts';

export const traitKinds = ['device', 'ip', 'phone', 'card', 'address', 'contact'] as const;
export type TraitKind = (typeof traitKinds)[number];

export interface Trait {
  readonly kind: TraitKind;
  /** Plain: it must be made a blind index before it is kept. */
  readonly value: string;
}

/** What an application may share with others without a good reason. */
export function traitsOf(data: PersonalData): Trait[] {
  const { applicant, device, address, contacts = [] } = data;
  return [
    ...(device === undefined ? [] : [{ kind: 'device' as const, value: device.fingerprint }]),
    ...(device?.ip === undefined ? [] : [{ kind: 'ip' as const, value: device.ip }]),
    { kind: 'phone', value: contactOf(applicant).mobile },
    { kind: 'card', value: applicant.bankAccount.number },
    ...(address === undefined ? [] : [{ kind: 'address' as const, value: comparable(address) }]),
    ...[...new Set(contacts.map(({ mobile }) => mobile))].map((value) => ({
      kind: 'contact' as const,
      value,
    })),
  ];
}

/** Two spellings of one address should be one: blanks, width and case say nothing. */
function comparable(address: string): string {
  return address
    .normalize('NFKC')
    .replaceAll(/[\s,.，。]/g, '')
    .toLowerCase();
}
