import type { WireItem } from '../hosting/attribute-values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A request that is refused, in the words DynamoDB Local has for it. */
export class Refusal extends Error {
  /** The answer's `__type`. */
  readonly type: string;
  /** Fields of the answer beside type and message. */
  readonly more: Fields;

  constructor(type: string, message: string, more: Fields = {}) {
    super(message);
    this.name = type.split('#').at(-1) ?? type;
    this.type = type;
    this.more = more;
  }
}

const SERVICE = 'com.amazonaws.dynamodb.v20120810';

/** The request makes no sense. */
export function invalid(message: string): Refusal {
  return new Refusal('com.amazon.coral.validate#ValidationException', message);
}

/** A refusal of the service's own, by the name of its exception. */
export function refused(name: string, message: string, more?: Fields): Refusal {
  return new Refusal(`${SERVICE}#${name}`, message, more);
}

/** A condition did not hold; the item as it is, where it was asked for. */
export function conditionFailed(item: WireItem | undefined): Refusal {
  return refused('ConditionalCheckFailedException', 'The conditional request failed', {
    ...(item && { Item: item }),
  });
}
