interface Units {
  read: number;
  write: number;
}

/** Under this name stands what no function asked for: the catalog's files at the start, and the AWS CLI. */
const OUTSIDE = 'outside of functions';

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
  readonly #unitsByTable = new Map<string, Units>();
  readonly #unitsByFunction = new Map<string, Units>();

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

  /** Counts what one request takes of one table of the template. */
  countUnits(used: {
    readonly table: string;
    readonly functionName: string | undefined;
    readonly read?: number;
    readonly write?: number;
  }): void {
    const { table, functionName = OUTSIDE, read = 0, write = 0 } = used;
    this.#readUnits += read;
    this.#writeUnits += write;
    for (const units of [
      unitsOf(this.#unitsByTable, table),
      unitsOf(this.#unitsByFunction, functionName),
    ]) {
      units.read += read;
      units.write += write;
    }
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
      unitsByTable: sorted(this.#unitsByTable),
      unitsByFunction: sorted(this.#unitsByFunction),
    };
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function unitsOf(all: Map<string, Units>, name: string): Units {
  const units = all.get(name) ?? { read: 0, write: 0 };
  all.set(name, units);
  return units;
}

function sorted<Value>(counts: Map<string, Value>): Record<string, Value> {
  return Object.fromEntries([...counts].sort(([left], [right]) => left.localeCompare(right)));
}

function round(units: number): number {
  return Math.round(units * 10) / 10;
}
