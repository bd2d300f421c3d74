import type { Faults } from './faults.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** What the checks of Parallel and Map need to know of their state. */
interface Place {
  readonly faults: Faults;
  readonly location: string;
  readonly isJsonata: boolean;
  nested(program: JsonObject, location: string): void;
}

const branchFields = new Set(['Comment', 'StartAt', 'States']);
const processorFields = new Set([...branchFields, 'ProcessorConfig']);
const configFields = new Set(['Mode', 'ExecutionType']);
const inlineFields = new Set(['Mode']);
const readerFields = new Set(['Resource', 'Arguments', 'ReaderConfig']);
const batcherFields = new Set(['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'BatchInput']);
const writerFields = new Set(['Resource', 'Arguments', 'WriterConfig']);

/** Checks the branches of a Parallel. */
export function validateBranches(state: JsonObject, place: Place): void {
  const { faults, location } = place;
  const branches = state['Branches'];
  if (!Array.isArray(branches)) {
    faults.require(location, state, ['Branches']);
    return;
  }
  if (branches.length === 0) faults.add(`${location}/Branches`, 'Value cannot be empty');
  for (const [index, branch] of branches.entries()) {
    const at = `${location}/Branches[${index}]`;
    if (!isJsonObject(branch)) continue;
    faults.refuseUnknown(at, branch, branchFields);
    place.nested(branch, at);
  }
}

/** Checks the processor of a Map and what it reads, batches and writes. */
export function validateMap(state: JsonObject, place: Place): void {
  const { faults, location } = place;
  const field = state['ItemProcessor'] === undefined ? 'Iterator' : 'ItemProcessor';
  const processor = state[field];
  if (!isJsonObject(processor)) {
    faults.require(location, state, ['ItemProcessor']);
    return;
  }
  const at = `${location}/${field}`;
  faults.refuseUnknown(at, processor, processorFields);
  const config = processor['ProcessorConfig'];
  const isDistributed = isJsonObject(config) && config['Mode'] === 'DISTRIBUTED';
  if (isJsonObject(config))
    faults.refuseUnknown(
      `${at}/ProcessorConfig`,
      config,
      isDistributed ? configFields : inlineFields,
    );
  if (isDistributed && faults.options.type === 'EXPRESS')
    faults.add(
      `${at}/ProcessorConfig/Mode`,
      "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
    );
  if (!isDistributed)
    for (const only of ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'])
      if (state[only] !== undefined)
        faults.add(location, `Field '${only}' is only supported when Mode is 'DISTRIBUTED'`);
  refuseParts(state, place);
  refuseNumbers(state, place);
  refuseWords(state, place);
  if (isJsonObject(config)) {
    const { Mode: mode = 'INLINE', ExecutionType: type } = config;
    faults.refuseOther(`${at}/ProcessorConfig/Mode`, mode, ['INLINE', 'DISTRIBUTED']);
    if (isDistributed && type === undefined)
      faults.require(`${at}/ProcessorConfig`, config, ['ExecutionType']);
    else if (isDistributed)
      faults.refuseOther(`${at}/ProcessorConfig/ExecutionType`, type, ['STANDARD', 'EXPRESS']);
  }
  place.nested(processor, at);
}

/** What a Map may be told in numbers. */
function refuseNumbers(state: JsonObject, { faults, location, isJsonata }: Place): void {
  for (const field of ['MaxConcurrency', 'ToleratedFailureCount']) {
    const value = state[field];
    const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0;
    if (value !== undefined && !isCount && !isExpression(value, isJsonata))
      faults.add(`${location}/${field}`, 'Value must be a non-negative integer');
  }
  const percentage = state['ToleratedFailurePercentage'];
  const isShare = typeof percentage === 'number' && percentage >= 0 && percentage <= 100;
  if (percentage !== undefined && !isShare && !isExpression(percentage, isJsonata))
    faults.add(`${location}/ToleratedFailurePercentage`, 'Value must be a number from 0 to 100');
}

/** What the readers and writers of a Map may be told in words: any other is refused here, since running would ignore it. */
const wordFields = [
  ['ItemReader', 'ReaderConfig', 'InputType', ['CSV', 'JSON', 'JSONL']],
  ['ItemReader', 'ReaderConfig', 'CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']],
  ['ItemReader', 'ReaderConfig', 'CSVDelimiter', ['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']],
  ['ResultWriter', 'WriterConfig', 'Transformation', ['NONE', 'COMPACT', 'FLATTEN']],
  ['ResultWriter', 'WriterConfig', 'OutputType', ['JSON', 'JSONL']],
] as const;

const configFieldsOf = {
  ReaderConfig: new Set([
    'InputType',
    'CSVHeaderLocation',
    'CSVHeaders',
    'CSVDelimiter',
    'ItemsPointer',
    'MaxItems',
  ]),
  WriterConfig: new Set(['Transformation', 'OutputType']),
} as const;

function refuseWords(state: JsonObject, { faults, location }: Place): void {
  for (const [part, config, field, words] of wordFields) {
    const settings = objectOf(objectOf(state[part])[config]);
    const value = settings[field];
    if (value !== undefined && !isExpression(value, true))
      faults.refuseOther(`${location}/${part}/${config}/${field}`, value, words);
  }
  for (const [part, config] of [
    ['ItemReader', 'ReaderConfig'],
    ['ResultWriter', 'WriterConfig'],
  ] as const)
    faults.refuseUnknown(
      `${location}/${part}/${config}`,
      objectOf(objectOf(state[part])[config]),
      configFieldsOf[config],
    );
  const label = state['Label'];
  if (label !== undefined && !(typeof label === 'string' && /^[\w-]{1,40}$/.test(label)))
    faults.add(
      `${location}/Label`,
      'Value must be at most 40 letters, digits, hyphens or underscores',
    );
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function refuseParts(state: JsonObject, { faults, location, isJsonata }: Place): void {
  for (const [part, known] of [
    ['ItemReader', readerFields],
    ['ItemBatcher', batcherFields],
    ['ResultWriter', writerFields],
  ] as const) {
    const value = state[part];
    if (isJsonObject(value)) faults.refuseUnknown(`${location}/${part}`, value, known);
  }
  const items = state['Items'];
  if (items !== undefined && !Array.isArray(items) && !isExpression(items, isJsonata))
    faults.add(`${location}/Items`, 'Value must be an array or a JSONata expression');
}

function isExpression(value: Json, isJsonata: boolean): boolean {
  return isJsonata && typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}');
}
