import { errorAnswer, jsonAnswer, type AwsAnswer } from './aws-request.ts';
import type { Resource } from './template.ts';

const operations = new Set(['GetSecretValue', 'DescribeSecret', 'PutSecretValue']);

/** The secrets of the template with the values this machine made for them. */
export class Secrets {
  readonly #values = new Map<string, { name: string; value: string }>();
  readonly #onPut: (value: string) => void;

  /** `valueOf` gives each secret's text, by its resource; `onPut` hears of a text that replaces it. */
  constructor(
    resources: readonly Resource[],
    valueOf: (resource: Resource) => string,
    onPut: (value: string) => void = () => undefined,
  ) {
    this.#onPut = onPut;
    for (const resource of resources)
      this.#values.set(resource.ref, { name: resource.name, value: valueOf(resource) });
  }

  answer(operation: string, body: Readonly<Record<string, unknown>>): AwsAnswer {
    if (operation === 'ListSecrets')
      return jsonAnswer(200, {
        SecretList: [...this.#values].map(([ARN, { name }]) => ({ ARN, Name: name })),
      });
    if (!operations.has(operation))
      return errorAnswer(
        400,
        'UnknownOperationException',
        `secretsmanager.${operation} is not emulated here`,
      );
    const id = String(body['SecretId']);
    const found = [...this.#values].find(([arn, { name }]) => arn === id || name === id);
    if (!found)
      return errorAnswer(
        400,
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret.",
      );
    const [ARN, { name, value }] = found;
    if (operation === 'PutSecretValue') {
      const text = String(body['SecretString']);
      this.#onPut(text);
      this.#values.set(ARN, { name, value: text });
      return jsonAnswer(200, { ARN, Name: name, VersionStages: ['AWSCURRENT'] });
    }
    if (operation === 'DescribeSecret') return jsonAnswer(200, { ARN, Name: name });
    return jsonAnswer(200, {
      ARN,
      Name: name,
      SecretString: value,
      VersionId: '00000000-0000-0000-0000-000000000001',
      VersionStages: ['AWSCURRENT'],
    });
  }
}
