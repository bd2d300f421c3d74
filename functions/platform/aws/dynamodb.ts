import { ServiceException } from '@smithy/core/client';
import { JsonClient, type JsonService } from './json-service.ts';
import type { ServiceSettings } from './service-client.ts';

/** The condition of a single write did not hold; `Item` is what is stored, if it was asked for. */
export class ConditionalCheckFailedException extends ServiceException {}

/** A transaction was not stored; `CancellationReasons` says why, item by item. */
export class TransactionCanceledException extends ServiceException {}

const service: JsonService = {
  name: 'dynamodb',
  environmentName: 'DYNAMODB',
  target: 'DynamoDB_20120810',
  version: '1.0',
  // As the SDK tries DynamoDB: once more, and sooner, than other services.
  attemptsMax: 4,
  retryDelayMs: 25,
  classes: { ConditionalCheckFailedException, TransactionCanceledException },
};

/** DynamoDB in its own notation of values. */
export class DynamoDBClient extends JsonClient {
  constructor(settings?: ServiceSettings) {
    super(service, settings);
  }
}
