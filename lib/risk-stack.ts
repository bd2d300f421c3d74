import type { Construct } from 'constructs';
import { Blocking } from './blocking.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import type { RouteFunction } from './constructs/route-functions.ts';
import type { DataStack } from './data-stack.ts';

export interface RiskStackProps extends HouseStackProps {
  readonly data: DataStack;
}

/** The functions behind routes of operators by which risk control acts on people. Operators is full (ADR 079). */
export class RiskStack extends HouseStack {
  readonly routes: readonly RouteFunction[];

  constructor(scope: Construct, id: string, { data, ...props }: RiskStackProps) {
    super(scope, id, { ...props, alarmTopic: data.alarms });
    this.routes = new Blocking(this, 'Blocking', { data }).routes;
  }
}
