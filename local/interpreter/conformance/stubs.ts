import type { Engine } from '../engine.ts';
import { TaskFailure } from '../failures.ts';
import { isJsonObject, type Json } from '../json.ts';
import { parseResource } from '../resources.ts';
import type { Ports } from '../services.ts';
import type { Call, Case } from './cases.ts';
import { fillIn, isMatch } from './matching.ts';
import type { SkippingClock } from './skipping-clock.ts';

const DAY_MS = 86_400_000;

/** Plays everything outside of the machine as a case describes it. */
export class Stubs {
  readonly #case: Case;
  readonly #clock: SkippingClock;
  readonly #calls: { resource: string; call: Call; isUsed: boolean }[];
  engine: Engine | undefined;

  constructor(given: Case, clock: SkippingClock) {
    this.#case = given;
    this.#clock = clock;
    this.#calls = (given.tasks ?? []).flatMap(({ resource = '', calls }) =>
      (calls ?? []).map((call) => ({ resource, call, isUsed: false })),
    );
  }

  ports(): Ports {
    return {
      invokeLambda: (name, payload) => this.#invoke(name, payload as Json),
      putEvents: (entries) =>
        this.#service('arn:aws:states:::events:putEvents', { Entries: [...entries] }),
      readObject: (_bucket, key) => {
        const object = this.#case.s3Objects?.find(({ Key }) => Key === key);
        if (object) return Promise.resolve(object.Body);
        return Promise.reject(new Error('The specified key does not exist.'));
      },
      writeObject: () => Promise.resolve(),
      callService: (resource, parameters) => this.#service(resource, parameters),
    };
  }

  async #invoke(name: string, payload: Json): Promise<Json> {
    const call = this.#take(({ resource, call: { request } }) => {
      const called = parseResource(resource);
      if (called?.kind === 'Function') return resource === name && isMatch(request, payload);
      if (called?.kind !== 'Service' || called.service !== 'lambda' || !isJsonObject(request))
        return false;
      return isMatch(request['FunctionName'], name) && isMatch(request['Payload'] ?? {}, payload);
    });
    if (call) {
      this.#answerToken(call, payload);
      if (call.timesOut !== undefined) await this.#clock.sleep(DAY_MS);
      if (call.submitted === undefined) raise(call);
      if (call.functionReturns !== undefined) return fillIn(call.functionReturns);
      if (isJsonObject(call.submitted)) return fillIn(call.submitted['Payload'] ?? null);
    }
    return this.#behave(name, payload);
  }

  /** What the function is said to do, when no call of it was recorded. */
  async #behave(name: string, payload: Json): Promise<Json> {
    const functions = this.#case.functions ?? {};
    const found = functions[name] ?? Object.values(functions).at(0);
    const isMissing =
      functions[name] === undefined &&
      !Object.keys(functions).some((key) => key.endsWith(`:${name}`) || name.endsWith(`:${key}`));
    if (!found || (isMissing && name.startsWith('no_such')))
      throw new TaskFailure('Lambda.ResourceNotFoundException', `Function not found: ${name}`);
    const text = found.text ?? '';
    switch (found.behaviour) {
      case 'raise': {
        const [, type = 'Exception', message = ''] = /raises (\w+)\("(.*?)"\)/.exec(text) ?? [];
        const errorType = /errorType ([\w.]+)/.exec(text)?.[1] ?? type;
        throw Object.assign(new Error(message), { name: errorType });
      }
      case 'sleep-echo': {
        await this.#clock.sleep(Number(/sleeps (\d+)/.exec(text)?.[1] ?? 60) * 1000);
        return payload;
      }
      case 'large':
        return 'x'.repeat(Number(/(\d{6,})/.exec(text)?.[1] ?? 300_000));
      case 'constant':
        return constantIn(text);
      default:
        return payload;
    }
  }

  #service(resource: string, parameters: Json): Promise<Json> {
    const call = this.#take(
      (given) => given.resource === resource && isMatch(given.call.request, parameters),
    );
    if (!call)
      return Promise.reject(new TaskFailure('States.TaskFailed', `no record of ${resource}`));
    if (call.submitted !== undefined) {
      this.#answerToken(call, parameters);
      return Promise.resolve(fillIn(call.submitted));
    }
    raise(call);
    return Promise.resolve(fillIn(call.returns ?? call.functionReturns ?? null));
  }

  #take(fits: (given: { resource: string; call: Call }) => boolean): Call | undefined {
    const found = this.#calls.find((given) => !given.isUsed && fits(given));
    if (found) found.isUsed = true;
    return found?.call;
  }

  /** Somebody else sends the token back, a second later. */
  #answerToken(call: Call, payload: Json): void {
    const token = tokenIn(payload);
    const { engine } = this;
    if (token === undefined || !engine || call.timesOut !== undefined) return;
    const answer = async (): Promise<void> => {
      if (call.raises) await engine.sendTaskFailure(token, failureIn(call));
      else if (call.returns !== undefined)
        await engine.sendTaskSuccess(token, fillIn(call.returns));
    };
    this.#clock.at(this.#clock.now() + 1000, () => {
      void answer().catch(() => undefined);
    });
  }

  /** Plays the workers of activities for as long as the case runs. */
  workActivities(): void {
    for (const given of this.#calls) {
      const isFetched = this.#case.expected.eventTypes?.includes('ActivityStarted') === true;
      if (parseResource(given.resource)?.kind !== 'Activity' || !isFetched) continue;
      void this.#work(given.resource, given.call).catch(() => undefined);
    }
  }

  async #work(activityArn: string, call: Call): Promise<void> {
    const started = this.#case.expected.events?.find(({ type }) => type === 'ActivityStarted');
    const name = started?.['workerName'];
    const task = await this.engine?.takeActivityTask({
      activityArn,
      workerName: typeof name === 'string' ? name : undefined,
      waitMs: DAY_MS,
    });
    if (!task || call.timesOut !== undefined) return;
    if (call.raises) await this.engine?.sendTaskFailure(task.taskToken, failureIn(call));
    else await this.engine?.sendTaskSuccess(task.taskToken, fillIn(call.returns ?? null));
  }
}

function failureIn({ raises }: Call): { error?: string; cause?: string } {
  const text = (value: Json | undefined): string | undefined => {
    const filled = value === undefined ? undefined : fillIn(value);
    return typeof filled === 'string' ? filled : undefined;
  };
  const error = text(raises?.error);
  const cause = text(raises?.cause);
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

function raise(call: Call): void {
  if (!call.raises) return;
  const { error = 'Error', cause = '' } = failureIn(call);
  throw new TaskFailure(error, cause);
}

function tokenIn(value: Json): string | undefined {
  if (!isJsonObject(value)) return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (/token/i.test(key) && typeof member === 'string') return member;
    const inner = tokenIn(member);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function constantIn(text: string): Json {
  const json = /returns (.+)$/s.exec(text)?.[1] ?? 'null';
  try {
    return JSON.parse(json) as Json;
  } catch {
    return json;
  }
}
