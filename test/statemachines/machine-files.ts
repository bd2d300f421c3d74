import { readdirSync, readFileSync } from 'node:fs';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly JitterStrategy?: string;
  readonly MaxAttempts?: number;
}
interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
}
export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number | string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly {
    readonly Comment?: string;
    readonly Condition: string;
    readonly Next: string;
  }[];
  readonly Default?: string;
  readonly Next?: string;
  readonly End?: boolean;
  /** Of a Map: the program it runs for each item. */
  readonly ItemProcessor?: { readonly StartAt: string; readonly States: States };
}
export type States = Readonly<Record<string, State>>;
export interface Machine {
  readonly name: string;
  readonly text: string;
  readonly Comment: string;
  readonly QueryLanguage: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: States;
}

const folder = new URL('../../statemachines/', import.meta.url);

/** Every definition of the repository. */
export const machines: readonly Machine[] = readdirSync(folder)
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    return { ...(JSON.parse(text) as Machine), name: file.replace('.asl.json', ''), text };
  });

/** Every state of every machine, those inside a Map too, for tables of cases. */
export const states = machines.flatMap((machine) =>
  namedStates(machine.States).map(({ name, state }) => ({ machine: machine.name, name, state })),
);

function namedStates(program: States): { readonly name: string; readonly state: State }[] {
  return Object.entries(program).flatMap(([name, state]) => [
    { name, state },
    ...namedStates(state.ItemProcessor?.States ?? {}),
  ]);
}
