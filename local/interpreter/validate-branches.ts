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
  place.nested(processor, at);
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
