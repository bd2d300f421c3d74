/** Why a state failed, in the words of the execution history. */
export interface Failure {
  readonly error?: string;
  readonly cause?: string;
  /** A missed heartbeat is reported as States.Timeout, yet a catcher may name States.HeartbeatTimeout. */
  readonly isHeartbeat?: boolean;
  /** Failures of the runtime itself are matched by no retrier and no catcher. */
  readonly isTerminal?: boolean;
}

/** Thrown when an expression or a field cannot be evaluated; becomes an EvaluationFailed event. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure';
  readonly location: string | undefined;
  /** Whether the expression itself went well and only its value is of no use. */
  readonly isOfValue: boolean;

  constructor(message: string, location?: string, isOfValue = false) {
    super(message);
    this.location = location;
    this.isOfValue = isOfValue;
  }
}

/** Thrown by an integration to fail its task under a given error name. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

/** Whether `failure` is matched by the names of one retrier or catcher. */
export function matches(failure: Failure, errorEquals: readonly string[]): boolean {
  if (failure.isTerminal === true || failure.error === 'States.Runtime') return false;
  return errorEquals.some((name) => {
    if (name === 'States.ALL') return true;
    if (failure.error === undefined) return false;
    if (name === failure.error) return true;
    if (name === 'States.HeartbeatTimeout') return failure.isHeartbeat === true;
    // Every failed task but a timed-out one carries this name too.
    return name === 'States.TaskFailed' && failure.error !== 'States.Timeout';
  });
}

/** A payload too large for the state itself: nothing catches it. */
export function stateTooLarge(stateName: string): Failure {
  return {
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    isTerminal: true,
  };
}

/** What a catcher and the next state see of a failure. */
export function errorOutput(failure: Failure): { Error: string | null; Cause: string | null } {
  const isTimeout = failure.error === 'States.Timeout';
  return { Error: failure.error ?? null, Cause: failure.cause ?? (isTimeout ? '' : null) };
}
