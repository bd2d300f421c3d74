import { errorAnswer, jsonAnswer, type AwsAnswer } from './aws-request.ts';
import type { Resource } from './template.ts';

/** The secrets of the template with the values this machine made for them. */
export class Secrets {
  readonly #values = new Map<string, { name: string; value: string }>();

  /** `valueOf` gives each secret's text, by its resource. */
  constructor(resources: readonly Resource[], valueOf: (resource: Resource) => string) {
    for (const resource of resources)
      this.#values.set(resource.ref, { name: resource.name, value: valueOf(resource) });
  }

  answer(operation: string, body: Readonly<Record<string, unknown>>): AwsAnswer {
    if (operation === 'ListSecrets')
      return jsonAnswer(200, {
        SecretList: [...this.#values].map(([ARN, { name }]) => ({ ARN, Name: name })),
      });
    if (operation !== 'GetSecretValue' && operation !== 'DescribeSecret')
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
