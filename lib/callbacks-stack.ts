import type { Construct } from 'constructs';
import { Callbacks } from './callbacks.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import type { RouteFunction } from './constructs/route-functions.ts';
import type { DataStack } from './data-stack.ts';

export interface CallbacksStackProps extends HouseStackProps {
  readonly data: DataStack;
}

/** The functions that providers report to. Apart from the API that leads to them because one stack may hold 500 resources. */
export class CallbacksStack extends HouseStack {
  readonly routes: readonly RouteFunction[];

  constructor(scope: Construct, id: string, { data, ...props }: CallbacksStackProps) {
    super(scope, id, { ...props, alarmTopic: data.alarms });
    this.routes = new Callbacks(this, 'Callbacks', { data }).routes;
  }
}
