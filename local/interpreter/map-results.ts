import type { Branch, MapRun } from './branch.ts';
import { nameOfArn } from './arns.ts';
import { isoTime, type ExecutionRun } from './execution-run.ts';
import { TaskFailure } from './failures.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { DistributedSettings } from './program.ts';
import type { ExecutionSummary } from './store.ts';
import { evaluateTemplate } from './templates.ts';

/** What the children that ended well gave, in the order of the items. */
export function outputsOf(children: readonly ExecutionSummary[]): Json[] {
  return children.flatMap((child) => (child.status === 'SUCCEEDED' ? [child.output ?? null] : []));
}

/** The output of a Map with a ResultWriter: where its results were written, or the results as its WriterConfig shapes them. */
export async function mapResults(
  run: ExecutionRun,
  branch: Branch,
  given: {
    writer: NonNullable<DistributedSettings['writer']>;
    mapRun: MapRun;
    children: readonly ExecutionSummary[];
  },
): Promise<Json> {
  const { writer, mapRun, children } = given;
  const bindings = run.bindings(branch);
  const config = writer.config && (await evaluateTemplate(writer.config, bindings));
  const { Transformation, OutputType } = isJsonObject(config) ? config : {};
  if (!writer.arguments) return shape(children, textOf(Transformation) || 'COMPACT');
  const { writeObject } = run.services.ports;
  if (!writeObject)
    throw new TaskFailure('States.ResultWriterFailed', 'no object port is configured');
  const place = await evaluateTemplate(writer.arguments, bindings);
  const { Bucket, Prefix } = isJsonObject(place) ? place : {};
  const bucket = textOf(Bucket);
  const folder = `${typeof Prefix === 'string' && Prefix !== '' ? `${Prefix}/` : ''}${nameOfArn(mapRun.arn)}`;
  const isLines = OutputType === 'JSONL';
  const files: JsonObject = { SUCCEEDED: [], FAILED: [], PENDING: [] };
  for (const status of ['SUCCEEDED', 'FAILED']) {
    const chosen = children.filter(
      (child) => (child.status === 'SUCCEEDED') === (status === 'SUCCEEDED'),
    );
    if (chosen.length === 0) continue;
    // What failed has no output to shape.
    const rows =
      status === 'FAILED' ? chosen.map(describeChild) : shape(chosen, textOf(Transformation));
    const body = isLines ? rows.map((row) => JSON.stringify(row)).join('\n') : JSON.stringify(rows);
    const key = `${folder}/${status}_0.${isLines ? 'jsonl' : 'json'}`;
    await writeObject(bucket, key, body);
    files[status] = [{ Key: key, Size: Buffer.byteLength(body) }];
  }
  const manifest = `${folder}/manifest.json`;
  await writeObject(
    bucket,
    manifest,
    JSON.stringify({ DestinationBucket: bucket, MapRunArn: mapRun.arn, ResultFiles: files }),
  );
  return { MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket: bucket, Key: manifest } };
}

/** The results as `transformation` asks: the outputs alone, the outputs with lists among them opened, or all that is known. */
function shape(children: readonly ExecutionSummary[], transformation: string): Json[] {
  switch (transformation) {
    case 'COMPACT':
      return outputsOf(children);
    case 'FLATTEN':
      return outputsOf(children).flat();
    default:
      return children.map(describeChild);
  }
}

function describeChild(child: ExecutionSummary): JsonObject {
  return {
    ExecutionArn: child.executionArn,
    Input: JSON.stringify(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output !== undefined && {
      Output: JSON.stringify(child.output),
      OutputDetails: { Included: true },
    }),
    ...(child.error !== undefined && { Error: child.error }),
    ...(child.cause !== undefined && { Cause: child.cause }),
    StartDate: isoTime(child.startedAtMs),
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    StopDate: isoTime(child.stoppedAtMs ?? child.startedAtMs),
  };
}
