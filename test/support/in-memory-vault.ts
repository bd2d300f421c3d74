import type { PersonalData } from '#domain/applications/personal-data.ts';
import type { BlindIndex } from '#domain/applications/people.ts';
import type { PersonalDataVault, SealedSubject } from '#domain/applications/ports.ts';

/** Seals nothing from anybody, but keeps to whom a blob belongs as the real one does. */
export class InMemoryVault implements PersonalDataVault {
  seal(data: PersonalData, subject: SealedSubject): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(new TextEncoder().encode(JSON.stringify({ data, subject })));
  }

  open(sealed: Uint8Array, subject: SealedSubject): Promise<PersonalData> {
    const blob = JSON.parse(new TextDecoder().decode(sealed)) as {
      data: PersonalData;
      subject: SealedSubject;
    };
    return JSON.stringify(blob.subject) === JSON.stringify(subject)
      ? Promise.resolve(blob.data)
      : Promise.reject(new Error('the sealed personal data belongs to another item'));
  }

  blindIndexes(identityNumber: string): Promise<readonly BlindIndex[]> {
    return Promise.resolve([{ keyId: 'key', value: `borrower-${identityNumber.trim()}` }]);
  }

  fingerprints(number: string): Promise<readonly [string]> {
    return Promise.resolve([`number-${number.trim()}`]);
  }

  traitKeys(kind: string, value: string): Promise<readonly string[]> {
    return Promise.resolve([`${kind}-${value.trim()}`]);
  }
}
