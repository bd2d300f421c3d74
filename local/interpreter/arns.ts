/** Makes and reads the ARNs of one account and region. */
export class Arns {
  readonly region: string;
  readonly accountId: string;
  readonly #prefix: string;

  constructor({ region, accountId }: { region: string; accountId: string }) {
    this.region = region;
    this.accountId = accountId;
    const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
    this.#prefix = `arn:${partition}:states:${region}:${accountId}`;
  }

  machine(name: string): string {
    return `${this.#prefix}:stateMachine:${name}`;
  }

  execution(machineName: string, name: string): string {
    return `${this.#prefix}:execution:${machineName}:${name}`;
  }

  expressExecution(machineName: string, name: string, id: string): string {
    return `${this.#prefix}:express:${machineName}:${name}:${id}`;
  }

  mapRun(machineName: string, label: string, id: string): string {
    return `${this.#prefix}:mapRun:${machineName}/${label}:${id}`;
  }

  activity(name: string): string {
    return `${this.#prefix}:activity:${name}`;
  }
}

/** The name an ARN ends with. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
