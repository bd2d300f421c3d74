import { parse as parseCsv } from 'csv-parse/sync';
import type { Branch } from './branch.ts';
import type { ExecutionRun } from './execution-run.ts';
import { frameOf } from './execution-state.ts';
import { EvaluationFailure, TaskFailure } from './failures.ts';
import {
  isJsonObject,
  jsonSize,
  PAYLOAD_BYTES_MAX,
  textOf,
  type Json,
  type JsonObject,
} from './json.ts';
import type { DistributedSettings, MapState } from './program.ts';
import { anArray, evaluateTemplate, evaluateTyped, type Template } from './templates.ts';

/** What a Map goes over when it reads no file. */
export async function itemsOf(run: ExecutionRun, branch: Branch, state: MapState): Promise<Json[]> {
  if (state.items) return evaluateTyped(state.items, run.bindings(branch), anArray);
  const { input } = frameOf(branch);
  if (!Array.isArray(input))
    throw new EvaluationFailure(
      `Map state input must be an array but was: ${JSON.stringify(input)}`,
    );
  return input;
}

/** The input of one iteration. */
export async function iterationInput(
  run: ExecutionRun,
  branch: Branch,
  item: { state: MapState; index: number; value: Json },
): Promise<Json> {
  const { state, index, value } = item;
  if (!state.itemSelector) return value;
  const { states, ...bindings } = run.bindings(branch);
  const { input, context } = states as { input: Json; context: JsonObject };
  return evaluateTemplate(state.itemSelector, {
    ...bindings,
    states: { input, context: { ...context, Map: { Item: { Index: index, Value: value } } } },
  });
}

/** Reads the items of a distributed Map from an object. */
export async function readMapItems(
  run: ExecutionRun,
  branch: Branch,
  reader: NonNullable<DistributedSettings['reader']>,
): Promise<Json[]> {
  const bindings = run.bindings(branch);
  const given = await evaluateTemplate(reader.arguments, bindings);
  const config = objectOf(await evaluateTemplate(reader.config, bindings));
  const { Bucket, Key } = objectOf(given);
  const items = reader.resource.endsWith(':listObjectsV2')
    ? await listObjects(run, reader.resource, given)
    : parseItems(await readObject(run, textOf(Bucket), textOf(Key)), config);
  const itemsMax = config['MaxItems'];
  return typeof itemsMax === 'number' && itemsMax > 0 ? items.slice(0, itemsMax) : items;
}

async function readObject(run: ExecutionRun, bucket: string, key: string): Promise<string> {
  const { readObject: read } = run.services.ports;
  if (!read) throw readerFailed('no object port is configured');
  try {
    return await read(bucket, key);
  } catch (error) {
    throw readerFailed(error instanceof Error ? error.message : String(error));
  }
}

async function listObjects(run: ExecutionRun, resource: string, given: Json): Promise<Json[]> {
  const { callService } = run.services.ports;
  if (!callService) throw readerFailed('no service port is configured');
  const answer = (await callService(resource, given)) as Json;
  const contents = objectOf(answer)['Contents'];
  return Array.isArray(contents) ? contents : [];
}

/** Reads the text of an object as its ReaderConfig says. */
export function parseItems(text: string, config: JsonObject): Json[] {
  try {
    switch (config['InputType'] ?? 'JSON') {
      case 'CSV':
        return parseRows(text, config);
      case 'JSONL':
        return text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => JSON.parse(line) as Json);
      default:
        return listIn(JSON.parse(text) as Json, config['ItemsPointer']);
    }
  } catch (error) {
    if (error instanceof TaskFailure) throw error;
    throw readerFailed(error instanceof Error ? error.message : String(error));
  }
}

const delimiters: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};

function parseRows(text: string, config: JsonObject): Json[] {
  const delimiter = delimiters[textOf(config['CSVDelimiter'] ?? 'COMMA')] ?? ',';
  const given = config['CSVHeaders'];
  const isGiven = config['CSVHeaderLocation'] === 'GIVEN' && Array.isArray(given);
  return parseCsv(text, {
    delimiter,
    columns: isGiven ? given.map(String) : true,
    skip_empty_lines: true,
    relax_column_count: true,
    bom: true,
  });
}

function listIn(document: Json, pointer: Json | undefined): Json[] {
  let value: Json | undefined = document;
  if (typeof pointer === 'string')
    for (const step of pointer.split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      value = Array.isArray(value) ? value[Number(key)] : objectOf(value)[key];
    }
  if (!Array.isArray(value)) throw readerFailed('Attempting to map over non-iterable node.');
  return value;
}

function readerFailed(cause: string): TaskFailure {
  return new TaskFailure('States.ItemReaderFailed', cause);
}

/** Puts items into batches, each the input of one child. */
export async function batchItems(
  run: ExecutionRun,
  branch: Branch,
  { batcher, items }: { batcher: Template; items: readonly Json[] },
): Promise<Json[]> {
  return inBatches(await evaluateTemplate(batcher, run.bindings(branch)), items);
}

/** The same for settings that have been filled in. */
export function inBatches(given: Json, items: readonly Json[]): Json[] {
  const settings = objectOf(given);
  const countMax = limit(settings['MaxItemsPerBatch'], Number.POSITIVE_INFINITY);
  const bytesMax = limit(settings['MaxInputBytesPerBatch'], PAYLOAD_BYTES_MAX);
  const batchInput = settings['BatchInput'];
  const wrap = (Items: Json[]): Json =>
    batchInput === undefined ? { Items } : { BatchInput: batchInput, Items };
  const batches: Json[] = [];
  let batch: Json[] = [];
  for (const item of items) {
    const isFull =
      batch.length >= countMax ||
      jsonSize(wrap([...batch, item])) > Math.min(bytesMax, PAYLOAD_BYTES_MAX);
    if (batch.length > 0 && isFull) {
      batches.push(wrap(batch));
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length > 0) batches.push(wrap(batch));
  return batches;
}

/** How many items one input made by `batchItems` holds. */
export function batchSize(batch: Json): number {
  const items = objectOf(batch)['Items'];
  return Array.isArray(items) ? items.length : 0;
}

function limit(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' && value > 0 ? value : fallback;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
