import { JsonClient, JsonCommand, type Facts, type JsonService } from './json-service.ts';
import type { ServiceSettings } from './service-client.ts';

const service: JsonService = {
  name: 'secretsmanager',
  environmentName: 'SECRETS_MANAGER',
  target: 'secretsmanager',
  version: '1.1',
  attemptsMax: 3,
  retryDelayMs: 50,
};

export class SecretsManagerClient extends JsonClient {
  constructor(settings?: ServiceSettings) {
    super(service, settings);
  }
}

export class GetSecretValueCommand extends JsonCommand {
  constructor(input: Facts) {
    super('GetSecretValue', input, { bytes: ['SecretBinary'], moments: ['CreatedDate'] });
  }
}
