import { JsonClient, JsonCommand, type Facts, type JsonService } from './json-service.ts';
import type { ServiceSettings } from './service-client.ts';

const service: JsonService = {
  name: 'events',
  environmentName: 'EVENTBRIDGE',
  target: 'AWSEvents',
  version: '1.1',
  attemptsMax: 3,
  retryDelayMs: 50,
};

export class EventBridgeClient extends JsonClient {
  constructor(settings?: ServiceSettings) {
    super(service, settings);
  }
}

export class PutEventsCommand extends JsonCommand {
  constructor(input: Facts) {
    super('PutEvents', input);
  }
}
