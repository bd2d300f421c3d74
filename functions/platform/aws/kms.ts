import { JsonClient, JsonCommand, type Facts, type JsonService } from './json-service.ts';
import type { ServiceSettings } from './service-client.ts';

const service: JsonService = {
  name: 'kms',
  environmentName: 'KMS',
  target: 'TrentService',
  version: '1.1',
  attemptsMax: 3,
  retryDelayMs: 50,
};

const shape = { bytes: ['Plaintext', 'CiphertextBlob', 'CiphertextForRecipient'] };

/** The three calls that the keyring of the encryption library makes. */
export class KMS extends JsonClient {
  constructor(settings?: ServiceSettings) {
    super(service, settings);
  }

  encrypt(input: Facts): Promise<Facts> {
    return this.send(new JsonCommand('Encrypt', input, shape));
  }

  decrypt(input: Facts): Promise<Facts> {
    return this.send(new JsonCommand('Decrypt', input, shape));
  }

  generateDataKey(input: Facts): Promise<Facts> {
    return this.send(new JsonCommand('GenerateDataKey', input, shape));
  }
}
