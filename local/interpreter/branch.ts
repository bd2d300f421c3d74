import type { Failure } from './failures.ts';
import type { Json } from './json.ts';
import type { Program, State } from './program.ts';

/** One run of one state. */
export interface Frame {
  readonly state: State;
  readonly input: Json;
  readonly enteredId: number;
  readonly enteredAtMs: number;
  /** The event before the state was entered: an evaluation that fails at once points there. */
  readonly beforeId: number;
  /** How often each retrier was used. */
  readonly retries: number[];
  retryCount: number;
  /** Kept when a Map or Parallel fails, so that a redrive can go on with the branches that did not end. */
  children: Children | undefined;
  /** The same for a distributed Map: a redrive goes on with its run. */
  mapRun: MapRun | undefined;
}

/** A task that was scheduled. */
export interface TaskCall {
  readonly scheduledId: number;
  readonly scheduledAtMs: number;
  readonly parameters: Json;
  readonly attempt: number;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  lastHeartbeatAtMs: number;
  isSubmitted: boolean;
  /** The nested execution or activity worker whose end is awaited. */
  childArn: string | undefined;
  isStarted: boolean;
}

/** The branches of a Parallel, or the iterations of an inline Map. */
export interface Children {
  readonly startedId: number;
  readonly isMap: boolean;
  readonly count: number;
  /** What a Map goes over. */
  readonly items: readonly Json[];
  readonly concurrencyMax: number;
  readonly branches: Map<number, Branch>;
  readonly results: Json[];
  doneCount: number;
  nextIndex: number;
  /** The event that closed the iteration which ended last. */
  closedId: number | undefined;
}

/** A distributed Map under way. */
export interface MapRun {
  readonly arn: string;
  readonly startedAtMs: number;
  /** Child executions under way, to be stopped with the run. */
  readonly openChildren: Set<string>;
  /** What the run came to, once it has. */
  value: Json | undefined;
  /** Children that ended badly before this instant run again. */
  redrivenAtMs: number | undefined;
  redriveCount: number;
}

/** What a branch does next, or waits for. */
export type Phase =
  | { readonly kind: 'Enter'; readonly state: string; readonly input: Json }
  | { readonly kind: 'Begin' }
  | { readonly kind: 'Waiting'; readonly dueAtMs: number }
  | { readonly kind: 'Task'; readonly call: TaskCall }
  | { readonly kind: 'Retry'; readonly dueAtMs: number }
  | { readonly kind: 'Children'; readonly children: Children }
  | { readonly kind: 'MapRun'; readonly run: MapRun }
  | { readonly kind: 'Result'; readonly value: Json }
  | {
      readonly kind: 'Failure';
      readonly failure: Failure;
      /** When it failed: a retry is due so long after, whenever it is decided. */
      readonly atMs: number;
      /** Whether the history already says that the state failed for good. */
      readonly isLogged: boolean;
    }
  | { readonly kind: 'Done'; readonly output: Json }
  | {
      readonly kind: 'Failed';
      readonly failure: Failure;
      /** Whether the history already says that this branch was aborted over it. */
      readonly isLogged?: boolean;
    };

/** A line of states being run: the execution itself, one branch of a Parallel, or one iteration of a Map. */
export interface Branch {
  readonly id: string;
  readonly index: number;
  readonly parent: Branch | undefined;
  readonly program: Program;
  /** Outer variables first, then this branch's own: inner states read both, outer ones never see the inner. */
  readonly variables: Record<string, Json>;
  frame: Frame | undefined;
  phase: Phase;
  /** The event the next one of this branch follows. */
  cursor: number;
  isAborted: boolean;
  /** Stops the timers of the present phase. */
  cancel: (() => void) | undefined;
}

/** A branch about to enter its first state. */
export function openBranch(given: {
  id: string;
  index: number;
  parent: Branch | undefined;
  program: Program;
  input: Json;
  variables: Readonly<Record<string, Json>>;
  cursor: number;
}): Branch {
  const { input, variables, program, ...rest } = given;
  return {
    ...rest,
    program,
    variables: { ...variables },
    frame: undefined,
    phase: { kind: 'Enter', state: program.startAt, input },
    isAborted: false,
    cancel: undefined,
  };
}
