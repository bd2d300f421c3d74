import type { App, Environment } from 'aws-cdk-lib';
import { ApiStack } from './api-stack.ts';
import type { Settings } from './constructs/house-stack.ts';
import { CallbacksStack } from './callbacks-stack.ts';
import { DataStack } from './data-stack.ts';
import { OperationsStack } from './operations-stack.ts';
import { OperatorsStack } from './operators-stack.ts';
import { RiskStack } from './risk-stack.ts';
import { ServicingStack } from './servicing-stack.ts';

/** Puts the stacks of one deployment into an app. */
export function addStacks(app: App, settings: Settings, env: Environment = {}): void {
  const data = new DataStack(app, 'Data', { settings, env });
  new OperationsStack(app, 'Operations', { settings, env, data });
  new ServicingStack(app, 'Servicing', { settings, env, data });
  const operators = new OperatorsStack(app, 'Operators', { settings, env, data });
  const risk = new RiskStack(app, 'Risk', { settings, env, data });
  const callbacks = new CallbacksStack(app, 'Callbacks', { settings, env, data });
  new ApiStack(app, 'Api', { settings, env, data, operators, callbacks, risk });
}
