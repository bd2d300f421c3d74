import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  Metric,
  TextWidget,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HouseStack } from './constructs/house-stack.ts';
import type { Workflow } from './constructs/workflow.ts';

/** Questions asked in every disturbance, saved so that nobody has to remember the names of fields at night. */
const queries: Readonly<Record<string, string>> = {
  errors:
    'fields @timestamp, service, error.name, error.message, function_request_id | filter level = "ERROR" | sort @timestamp desc | limit 100',
  retries:
    'filter ispresent(error.name) | stats count() as times by error.name, service, bin(5m) | sort times desc',
  'by-correlation-id':
    'fields @timestamp, service, level, message, error.name | filter correlationId = "paste it here" or function_request_id = "paste it here" | sort @timestamp asc',
  'api-server-errors':
    'fields @timestamp, requestId, method, route, status, latencyMs, partnerId | filter status >= 500 | sort @timestamp desc | limit 100',
  'api-slowest':
    'stats pct(latencyMs, 50) as p50, pct(latencyMs, 99) as p99, count() as requests by method, route | sort p99 desc',
  'cold-starts':
    'filter @type = "REPORT" | stats count(@initDuration) as coldStarts, pct(@initDuration, 50) as p50, max(@maxMemoryUsed / 1000 / 1000) as memoryMB by @log | sort coldStarts desc',
};

export interface WatchingProps {
  /** Machines by what they do for the business. */
  readonly machines: Readonly<Record<string, Workflow>>;
}

/** What somebody looks at first: is business coming in, is it getting through, is anything stuck. */
export class Watching extends Construct {
  constructor(scope: Construct, id: string, { machines }: WatchingProps) {
    super(scope, id);
    const { stackName, settings } = HouseStack.of(this);
    for (const [name, queryString] of Object.entries(queries))
      new CfnQueryDefinition(this, constructWord(name), {
        name: `zhudai/${settings.stage}/${name}`,
        queryString,
      });
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `zhudai-${settings.stage}`,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(
      new TextWidget({
        width: 24,
        height: 2,
        markdown: `# ${stackName}\nEvery alarm names its runbook in docs/runbooks.`,
      }),
    );
    dashboard.addWidgets(
      ...Object.entries(machines).map(([title, machine]) => machineWidget(title, machine)),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'Functions of the account: errors and throttles',
        width: 12,
        left: [lambdaMetric('Errors'), lambdaMetric('Throttles')],
      }),
      new GraphWidget({
        title: 'Functions of the account: running at once',
        width: 12,
        left: [lambdaMetric('ConcurrentExecutions', 'Maximum')],
      }),
    );
  }
}

function machineWidget(title: string, { stateMachine }: Workflow): GraphWidget {
  const period = Duration.minutes(5);
  const left: IMetric[] = [
    stateMachine.metricStarted({ period }),
    stateMachine.metricSucceeded({ period }),
    stateMachine.metricFailed({ period }),
    stateMachine.metricTimedOut({ period }),
  ];
  return new GraphWidget({ title, width: 12, left });
}

function lambdaMetric(metricName: string, statistic = 'Sum'): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    statistic,
    period: Duration.minutes(5),
  });
}

/** `by-correlation-id` is the construct `ByCorrelationId`. */
function constructWord(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
