import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Activity } from './activity.ts';
import { errorAnswer, jsonAnswer, type AwsAnswer, type AwsRequest } from './aws-request.ts';
import type { HostTable } from './host-table.ts';
import type { Permissions } from './permissions.ts';
import { parseSchedule, type Timing } from './schedule-expression.ts';
import { callTarget, type TargetPorts } from './targets.ts';
import type { Resource } from './template.ts';

const ScheduleProperties = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.string().default('ENABLED'),
  Description: z.string().optional(),
  GroupName: z.string().default('default'),
  StartDate: z.string().optional(),
  EndDate: z.string().optional(),
  Target: z.object({
    Arn: z.string(),
    Input: z.string().optional(),
    DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
    RetryPolicy: z
      .object({ MaximumRetryAttempts: z.coerce.number().default(185) })
      .default({ MaximumRetryAttempts: 185 }),
  }),
});

interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly properties: z.infer<typeof ScheduleProperties>;
  readonly timing: Timing;
}

const KIND = 'schedule';
const RETRY_MS = 1_000;
/** Here a target is down because it has a bug, not because a network is: a few attempts tell. */
const RETRIES_MAX = 5;

/** The schedules of the template, on the platform's clock. */
export class Scheduler {
  readonly #schedules: readonly Schedule[];
  readonly #clock: Clock;
  readonly #activity: Activity;
  readonly #ports: TargetPorts;
  readonly #table: HostTable;
  readonly #permissions: Permissions;
  readonly #cancels = new Map<string, () => void>();
  readonly #lastDueMs = new Map<string, number>();
  #intervalMinMs = 0;
  #isStopped = false;

  constructor(
    resources: readonly Resource[],
    options: {
      clock: Clock;
      activity: Activity;
      ports: TargetPorts;
      table: HostTable;
      permissions: Permissions;
    },
  ) {
    this.#clock = options.clock;
    this.#activity = options.activity;
    this.#ports = options.ports;
    this.#table = options.table;
    this.#permissions = options.permissions;
    this.#schedules = resources.map((resource) => {
      const properties = ScheduleProperties.parse(resource.properties);
      const { ScheduleExpression, ScheduleExpressionTimezone } = properties;
      return {
        name: resource.name,
        arn: resource.attribute('Arn'),
        properties,
        timing: parseSchedule(ScheduleExpression, ScheduleExpressionTimezone),
      };
    });
  }

  /** Arms every schedule; one that came due while the platform was down runs once, now. */
  async start(): Promise<void> {
    const runs = new Map(
      (await this.#table.list(KIND)).map(({ id, value }) => [id, Number(value)]),
    );
    for (const schedule of this.#schedules)
      this.#arm(schedule, runs.get(schedule.name) ?? this.#clock.now());
  }

  /** While the clock is moved far, what runs every minute runs less often: 0 brings back every run. */
  thinOut(intervalMinMs: number): void {
    this.#intervalMinMs = intervalMinMs;
    for (const schedule of this.#schedules) {
      this.#cancels.get(schedule.name)?.();
      this.#arm(schedule, this.#lastDueMs.get(schedule.name) ?? this.#clock.now());
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  /** The Scheduler API: lists and descriptions; schedules come from the template. */
  answer({ method, path }: AwsRequest): AwsAnswer {
    if (method !== 'GET')
      return errorAnswer(400, 'ValidationException', 'schedules come from the template');
    const name = /^\/schedules\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined)
      return jsonAnswer(200, {
        Schedules: this.#schedules.map((each) => ({
          Name: each.name,
          Arn: each.arn,
          GroupName: each.properties.GroupName,
          State: each.properties.State,
          Target: { Arn: each.properties.Target.Arn },
        })),
      });
    const found = this.#schedules.find((each) => each.name === decodeURIComponent(name));
    if (!found)
      return errorAnswer(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
    return jsonAnswer(200, { Name: found.name, Arn: found.arn, ...found.properties });
  }

  #demandTarget(name: string, targetArn: string): void {
    const action = targetArn.includes(':lambda:')
      ? 'lambda:InvokeFunction'
      : 'states:StartExecution';
    this.#permissions.demand(name, { action, resource: targetArn });
  }

  #arm(schedule: Schedule, afterMs: number): void {
    const { State, EndDate } = schedule.properties;
    if (this.#isStopped || State !== 'ENABLED') return;
    const dueAtMs = this.#nextAfter(schedule.timing, afterMs);
    if (dueAtMs === undefined || (EndDate !== undefined && dueAtMs > Date.parse(EndDate))) return;
    this.#lastDueMs.set(schedule.name, afterMs);
    const cancel = this.#clock.at(dueAtMs, () => {
      this.#activity.background(() => this.#run(schedule, dueAtMs));
      // Missed runs are not made up for one by one: the next is the first after now.
      this.#arm(schedule, Math.max(dueAtMs, this.#clock.now()));
    });
    this.#cancels.set(schedule.name, cancel);
  }

  /** Only what comes more often than the least interval is thinned out: a daily run stays a daily run. */
  #nextAfter(timing: Timing, afterMs: number): number | undefined {
    const next = timing.nextAfter(afterMs);
    if (next === undefined || this.#intervalMinMs <= 1) return next;
    const second = timing.nextAfter(next);
    if (second === undefined || second - next >= this.#intervalMinMs) return next;
    return timing.nextAfter(afterMs + this.#intervalMinMs - 1);
  }

  async #run(schedule: Schedule, dueAtMs: number): Promise<void> {
    const { Target } = schedule.properties;
    const input = inputOf(schedule, dueAtMs);
    const retries = Math.min(Target.RetryPolicy.MaximumRetryAttempts, RETRIES_MAX);
    for (let attempt = 0; !this.#isStopped; attempt += 1) {
      try {
        this.#demandTarget(schedule.name, Target.Arn);
        await callTarget(this.#ports, Target.Arn, input);
        break;
      } catch (error) {
        if (attempt < retries) {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (attempt + 1)));
          continue;
        }
        if (Target.DeadLetterConfig) {
          this.#permissions.demand(schedule.name, {
            action: 'sqs:SendMessage',
            resource: Target.DeadLetterConfig.Arn,
          });
          await this.#ports.queues.send(Target.DeadLetterConfig.Arn, input, {
            SCHEDULE_ARN: schedule.arn,
            TARGET_ARN: Target.Arn,
            ERROR_CODE: error instanceof Error ? error.name : 'Error',
          });
        }
        break;
      }
    }
    // What runs every few minutes need not be remembered more finely than that.
    if (!this.#isStopped) await this.#table.put(KIND, schedule.name, dueAtMs);
  }
}

function inputOf({ arn, properties }: Schedule, dueAtMs: number): unknown {
  const { Input } = properties.Target;
  const scheduledTime = `${new Date(dueAtMs).toISOString().slice(0, 19)}Z`;
  if (Input === undefined)
    return {
      version: '0',
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: scheduledTime,
      resources: [arn],
      detail: '{}',
    };
  const text = Input.replaceAll('<aws.scheduler.scheduled-time>', scheduledTime).replaceAll(
    '<aws.scheduler.schedule-arn>',
    arn,
  );
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
