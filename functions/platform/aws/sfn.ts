import { JsonClient, JsonCommand, type Facts, type JsonService } from './json-service.ts';
import type { ServiceSettings } from './service-client.ts';

const service: JsonService = {
  name: 'states',
  environmentName: 'SFN',
  target: 'AWSStepFunctions',
  version: '1.0',
  attemptsMax: 3,
  retryDelayMs: 50,
};

/** Step Functions. */
export class SFNClient extends JsonClient {
  constructor(settings?: ServiceSettings) {
    super(service, settings);
  }
}

const moments = ['startDate', 'stopDate', 'redriveDate', 'timestamp'];

export class StartExecutionCommand extends JsonCommand {
  constructor(input: Facts) {
    super('StartExecution', input, { moments });
  }
}

export class StopExecutionCommand extends JsonCommand {
  constructor(input: Facts) {
    super('StopExecution', input, { moments });
  }
}

export class RedriveExecutionCommand extends JsonCommand {
  constructor(input: Facts) {
    super('RedriveExecution', input, { moments, idempotencyToken: 'clientToken' });
  }
}

export class DescribeExecutionCommand extends JsonCommand {
  constructor(input: Facts) {
    super('DescribeExecution', input, { moments });
  }
}

export class ListExecutionsCommand extends JsonCommand {
  constructor(input: Facts) {
    super('ListExecutions', input, { moments });
  }
}

export class GetExecutionHistoryCommand extends JsonCommand {
  constructor(input: Facts) {
    super('GetExecutionHistory', input, { moments });
  }
}

export class SendTaskSuccessCommand extends JsonCommand {
  constructor(input: Facts) {
    super('SendTaskSuccess', input);
  }
}

export class SendTaskFailureCommand extends JsonCommand {
  constructor(input: Facts) {
    super('SendTaskFailure', input);
  }
}
