/** A refusal in the service's own words; `type` is the `__type` of the answer. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly type: string;
  readonly reason: string | undefined;

  constructor(type: string, message: string, reason?: string) {
    super(message);
    this.type = type;
    this.reason = reason;
  }
}

export const stateMachineDoesNotExist = (arn: string): ServiceError =>
  new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);

export const executionDoesNotExist = (arn: string): ServiceError =>
  new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);

export const executionAlreadyExists = (arn: string): ServiceError =>
  new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);

export const invalidDefinition = (text: string): ServiceError =>
  new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${text}'`);

export const invalidArn = (arn: string): ServiceError =>
  new ServiceError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);

export const invalidToken = (): ServiceError =>
  new ServiceError('InvalidToken', `Invalid Token: 'Invalid token'`);

export const taskTimedOut = (): ServiceError =>
  new ServiceError('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);

export const validationException = (message: string): ServiceError =>
  new ServiceError('ValidationException', message);

export const activityDoesNotExist = (arn: string): ServiceError =>
  new ServiceError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
