/** What one running platform has used, in the units the cloud bills. */
export class Meter {
  #statesEntered = 0;
  #invocations = 0;
  #readUnits = 0;
  #writeUnits = 0;
  #eventsPut = 0;
  #apiRequests = 0;
  readonly #requests = new Map<string, number>();
  readonly #statesByMachine = new Map<string, number>();
  readonly #invocationsByFunction = new Map<string, number>();

  countState(machineArn: string): void {
    this.#statesEntered += 1;
    increase(this.#statesByMachine, machineArn.split(':').at(-1) ?? machineArn);
  }

  countInvocation(functionName: string): void {
    this.#invocations += 1;
    increase(this.#invocationsByFunction, functionName);
  }

  countEvents(count: number): void {
    this.#eventsPut += count;
  }

  countApiRequest(): void {
    this.#apiRequests += 1;
  }

  /** Counts one request to an AWS service, as `DynamoDB.PutItem`. */
  countRequest(operation: string): void {
    increase(this.#requests, operation);
  }

  countUnits({ read = 0, write = 0 }: { read?: number; write?: number }): void {
    this.#readUnits += read;
    this.#writeUnits += write;
  }

  read(): Record<string, unknown> {
    return {
      statesEntered: this.#statesEntered,
      invocations: this.#invocations,
      readUnits: round(this.#readUnits),
      writeUnits: round(this.#writeUnits),
      eventsPut: this.#eventsPut,
      apiRequests: this.#apiRequests,
      requests: sorted(this.#requests),
      statesByMachine: sorted(this.#statesByMachine),
      invocationsByFunction: sorted(this.#invocationsByFunction),
    };
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: Map<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([left], [right]) => left.localeCompare(right)));
}

function round(units: number): number {
  return Math.round(units * 10) / 10;
}
