import type { JournalRecord } from './journal.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** An event of the history as the API answers it. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestampMs: number;
  /** The name of the details field and what stands there. */
  readonly details: readonly [string, JsonObject] | undefined;
}

/** The events among an execution's journal lines. */
export function historyOf(records: readonly JournalRecord[]): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (const record of records)
    if (record.id !== undefined)
      events.push({
        id: record.id,
        previousEventId: record.previousId ?? 0,
        type: record.type,
        timestampMs: record.atMs,
        details: detailsOf(record),
      });
  return events;
}

/** Types whose details field is not the type itself with a small first letter. */
function detailsName(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** Types that carry no details at all. */
const bareTypes =
  /^(LambdaFunctionStarted|ParallelState\w+|MapState(?!Started|Entered|Exited)\w+|\w+StateAborted|MapRunSucceeded|MapRunAborted)$/;

/** Fields AWS prints as JSON text, each with its own note on truncation. */
const textFields = ['input', 'output'] as const;

function detailsOf({ type, details = {} }: JournalRecord): [string, JsonObject] | undefined {
  if (bareTypes.test(type) && !/State(Entered|Exited)$/.test(type)) return undefined;
  const shown: JsonObject = { ...details };
  for (const field of textFields)
    if (field in details) {
      shown[field] = JSON.stringify(details[field]);
      shown[`${field}Details`] = { truncated: false };
    }
  if ('parameters' in details) shown['parameters'] = JSON.stringify(details['parameters']);
  const assigned = details['assignedVariables'];
  if (isJsonObject(assigned)) {
    shown['assignedVariables'] = textOfMembers(assigned);
    shown['assignedVariablesDetails'] = { truncated: false };
  }
  return [detailsName(type), shown];
}

function textOfMembers(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]: [string, Json]) => [name, JSON.stringify(value)]),
  );
}
