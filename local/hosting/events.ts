import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Activity } from './activity.ts';
import { Deliveries, type Delivery } from './deliveries.ts';
import { matchesPattern } from './event-pattern.ts';
import { ACCOUNT_ID, REGION } from './identity.ts';
import type { Meter } from './meter.ts';
import { assertTarget, type TargetPorts } from './targets.ts';
import type { HostTable } from './host-table.ts';
import type { Permissions } from './permissions.ts';
import type { Resource } from './template.ts';

/** An event as rules and targets see it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

const RuleProperties = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  Description: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(
      z.object({
        Id: z.string(),
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.string().optional(),
        InputTransformer: z
          .object({
            InputPathsMap: z.record(z.string(), z.string()).default({}),
            InputTemplate: z.string(),
          })
          .optional(),
        DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
        RetryPolicy: z
          .object({
            MaximumRetryAttempts: z.coerce.number().default(185),
            MaximumEventAgeInSeconds: z.coerce.number().default(86_400),
          })
          .default({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 }),
      }),
    )
    .default([]),
});
export type RuleProperties = z.infer<typeof RuleProperties>;
type Target = RuleProperties['Targets'][number];

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly properties: RuleProperties;
}

export interface EventsOptions {
  readonly rules: readonly Resource[];
  readonly buses: readonly Resource[];
  readonly table: HostTable;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly meter: Meter;
  readonly ports: TargetPorts;
  readonly permissions: Permissions;
  /** Hears of every event besides the rules: the sandbox's people act on what happens. */
  readonly onEvent?: ((event: BusEvent) => void) | undefined;
}

export interface EventEntry {
  readonly EventBusName?: string | undefined;
  readonly Source?: string | undefined;
  readonly DetailType?: string | undefined;
  readonly Detail?: string | undefined;
  readonly Resources?: readonly string[] | undefined;
  readonly Time?: number | string | undefined;
}

export interface PutEventsAnswer {
  readonly FailedEntryCount: number;
  readonly Entries: readonly ({ EventId: string } | { ErrorCode: string; ErrorMessage: string })[];
}

const ENTRY_BYTES_MAX = 256 * 1024;

/** The event buses and rules of the template. */
export class Events {
  readonly rules: readonly Rule[];
  readonly buses: readonly { name: string; arn: string }[];
  readonly #options: EventsOptions;
  readonly #deliveries: Deliveries;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#deliveries = new Deliveries(options);
    this.buses = options.buses.map((bus) => ({ name: bus.name, arn: bus.attribute('Arn') }));
    this.rules = options.rules.map((resource) => ({
      name: resource.name,
      arn: resource.attribute('Arn'),
      properties: RuleProperties.parse(resource.properties),
    }));
    for (const { Arn } of this.rules.flatMap(({ properties }) => properties.Targets))
      assertTarget(Arn);
  }

  /** Takes up the deliveries an earlier life of the process did not finish. */
  start(): Promise<void> {
    return this.#deliveries.start();
  }

  stop(): void {
    this.#deliveries.stop();
  }

  /** Events still on their way to a target. */
  get pending(): readonly Delivery[] {
    return this.#deliveries.pending;
  }

  /** Answers when every event has reached its targets or is kept to be tried again. */
  async putEvents(entries: readonly EventEntry[]): Promise<PutEventsAnswer> {
    const results = await Promise.all(entries.map((entry) => this.#put(entry)));
    return {
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    };
  }

  /** Puts an event of AWS itself, such as S3's, on the default bus. */
  async putServiceEvent(
    event: Pick<BusEvent, 'source' | 'detail-type' | 'detail' | 'resources'>,
  ): Promise<void> {
    await this.#publish('default', this.#complete(event, this.#options.clock.now()));
  }

  async #put(entry: EventEntry): Promise<PutEventsAnswer['Entries'][number]> {
    const refused = refusalOf(entry);
    if (refused !== undefined) return refused;
    const detail = JSON.parse(entry.Detail ?? '{}') as Record<string, unknown>;
    const event = this.#complete(
      {
        source: entry.Source ?? '',
        'detail-type': entry.DetailType ?? '',
        detail,
        resources: entry.Resources ?? [],
      },
      entry.Time === undefined ? this.#options.clock.now() : timeOf(entry.Time),
    );
    this.#options.meter.countEvents(1);
    await this.#publish(busName(entry.EventBusName ?? 'default'), event);
    return { EventId: event.id };
  }

  #complete(
    event: Pick<BusEvent, 'source' | 'detail-type' | 'detail' | 'resources'>,
    atMs: number,
  ): BusEvent {
    return {
      version: '0',
      id: randomUUID(),
      account: ACCOUNT_ID,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region: REGION,
      ...event,
    };
  }

  async #publish(bus: string, event: BusEvent): Promise<void> {
    this.#options.onEvent?.(event);
    const deliveries: Promise<void>[] = [];
    for (const rule of this.rules) {
      const { EventBusName, EventPattern, State, Targets } = rule.properties;
      if (State !== 'ENABLED' || busName(EventBusName) !== bus || !EventPattern) continue;
      if (!matchesPattern(EventPattern, event)) continue;
      for (const target of Targets)
        deliveries.push(this.#deliveries.deliver(this.#deliveryOf(rule, target, event)));
    }
    await Promise.all(deliveries);
  }

  #deliveryOf(rule: Rule, target: Target, event: BusEvent): Delivery {
    // EventBridge's own policy covers reaching the target, which here always works. What the target makes of the event
    // is up to the target: a function's retries are Lambda's.
    const { functions } = this.#options.ports;
    const conduct = functions.has(target.Arn)
      ? functions.asynchronousConduct(target.Arn)
      : undefined;
    return {
      id: `${event.id}#${rule.name}#${target.Id}`,
      targetArn: target.Arn,
      input: inputOf(target, event, rule),
      ruleArn: rule.arn,
      deadLetterArn: conduct?.deadLetterArn ?? target.DeadLetterConfig?.Arn,
      attemptsMax: (conduct?.retriesMax ?? target.RetryPolicy.MaximumRetryAttempts) + 1,
      expiresAtMs: this.#options.clock.now() + target.RetryPolicy.MaximumEventAgeInSeconds * 1000,
    };
  }
}

function refusalOf({
  Source,
  DetailType,
  Detail,
}: EventEntry): { ErrorCode: string; ErrorMessage: string } | undefined {
  const missing = { Source, DetailType, Detail };
  for (const [name, value] of Object.entries(missing))
    if (value === undefined || value === '')
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
  if (Buffer.byteLength(Detail ?? '') > ENTRY_BYTES_MAX)
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Total size of the entry is over the limit',
    };
  try {
    const parsed: unknown = JSON.parse(Detail ?? '');
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return undefined;
  } catch {
    // Said below.
  }
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

/** SDKs send seconds since the epoch; people write ISO. */
function timeOf(time: number | string): number {
  return typeof time === 'number' ? time * 1000 : Date.parse(time);
}

/** A bus is named by its name or by its ARN. */
export function busName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? '') : nameOrArn;
}

/** What a target gets: the event, a part of it, a text of its own, or a template filled from it. */
export function inputOf(
  target: Pick<Target, 'Input' | 'InputPath' | 'InputTransformer'>,
  event: BusEvent,
  rule: { name: string; arn: string },
): unknown {
  if (target.Input !== undefined) return JSON.parse(target.Input);
  if (target.InputPath !== undefined) return valueAt(event, target.InputPath) ?? {};
  if (!target.InputTransformer) return event;
  const { InputPathsMap, InputTemplate } = target.InputTransformer;
  const values: Record<string, unknown> = {
    'aws.events.rule-name': rule.name,
    'aws.events.rule-arn': rule.arn,
    'aws.events.event': event,
    'aws.events.event.json': event,
    'aws.events.event.ingestion-time': event.time,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = valueAt(event, path);
  const text = fillTemplate(InputTemplate, values);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `<name>` gives JSON where a value stands and bare text inside quotes. */
function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  let isQuoted = false;
  let text = '';
  for (let at = 0; at < template.length; at += 1) {
    const character = template[at] ?? '';
    if (character === '"' && template[at - 1] !== '\\') isQuoted = !isQuoted;
    const name = character === '<' ? /^<([^>]+)>/.exec(template.slice(at))?.[1] : undefined;
    if (name === undefined) {
      text += character;
      continue;
    }
    const value = values[name];
    if (!isQuoted) text += JSON.stringify(value ?? '');
    else if (typeof value === 'string') text += JSON.stringify(value).slice(1, -1);
    else text += JSON.stringify(JSON.stringify(value ?? '')).slice(1, -1);
    at += name.length + 1;
  }
  return text;
}

function valueAt(event: unknown, path: string): unknown {
  let value: unknown = event;
  for (const [, plain, quoted, index] of path.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[plain ?? quoted ?? index ?? ''];
  }
  return value;
}
