import type { Branch, MapRun } from './branch.ts';
import { nameOfArn } from './arns.ts';
import { isoTime, type ExecutionRun } from './execution-run.ts';
import { TaskFailure } from './failures.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import type { DistributedSettings } from './program.ts';
import type { ExecutionSummary } from './store.ts';
import { evaluateTemplate } from './templates.ts';

/** Writes what the children came to as objects and answers where: the output of a Map with a ResultWriter. */
export async function writeMapResults(
  run: ExecutionRun,
  branch: Branch,
  given: {
    writer: NonNullable<DistributedSettings['writer']>;
    mapRun: MapRun;
    children: readonly ExecutionSummary[];
  },
): Promise<Json> {
  const { writer, mapRun, children } = given;
  const { writeObject } = run.services.ports;
  if (!writeObject || !writer.arguments)
    throw new TaskFailure('States.ResultWriterFailed', 'no object port is configured');
  const place = await evaluateTemplate(writer.arguments, run.bindings(branch));
  const { Bucket, Prefix } = isJsonObject(place) ? place : {};
  const bucket = textOf(Bucket);
  const folder = `${typeof Prefix === 'string' && Prefix !== '' ? `${Prefix}/` : ''}${nameOfArn(mapRun.arn)}`;
  const files: JsonObject = { SUCCEEDED: [], FAILED: [], PENDING: [] };
  for (const status of ['SUCCEEDED', 'FAILED']) {
    const chosen = children.filter(
      (child) => (child.status === 'SUCCEEDED') === (status === 'SUCCEEDED'),
    );
    if (chosen.length === 0) continue;
    const body = JSON.stringify(chosen.map(describeChild));
    const key = `${folder}/${status}_0.json`;
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
