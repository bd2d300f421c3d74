import type { Construct } from 'constructs';
import type { RouteFunction } from './constructs/route-functions.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import type { DataStack } from './data-stack.ts';
import { OperatorApi } from './operator-api.ts';

export interface OperatorsStackProps extends HouseStackProps {
  readonly data: DataStack;
}

/**
 * The functions behind the routes of operators. Apart from the API that leads to them because one stack may hold 500
 * resources, seven for a route's function. Full: a new route has its function in another stack (ADR 079).
 */
export class OperatorsStack extends HouseStack {
  readonly routes: readonly RouteFunction[];

  constructor(scope: Construct, id: string, { data, ...props }: OperatorsStackProps) {
    super(scope, id, { ...props, alarmTopic: data.alarms });
    this.routes = new OperatorApi(this, 'OperatorApi', { data }).routes;
  }
}
