import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoCaseResults } from '../../functions/platform/repositories/case-results.ts';
import { DynamoCases } from '../../functions/platform/repositories/cases.ts';
import { DynamoTasks } from '../../functions/platform/repositories/tasks.ts';
import { DatabaseProcess } from '../hosting/database-process.ts';
import { createCollectionTables } from './collection-tables.ts';
import { simulateCollections, type SimulationReport } from './simulate-collections.ts';

/** `npm run sim:collections`: a portfolio of overdue loans on DynamoDB Local, with the real handlers and machine. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      loans: { type: 'string', default: '500' },
      days: { type: 'string', default: '200' },
      seed: { type: 'string', default: '20261126' },
      memory: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const dataDir = values.memory ? undefined : mkdtempSync(join(tmpdir(), 'zhudai-collections-'));
  const database = await DatabaseProcess.start({ dataDir });
  try {
    const client = new DynamoDBClient({
      endpoint: database.endpoint,
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
    });
    await createCollectionTables(client);
    const documents = DynamoDBDocumentClient.from(client, {
      marshallOptions: { removeUndefinedValues: true },
    });
    const report = await simulateCollections(
      {
        cases: new DynamoCases(documents, 'Cases'),
        tasks: new DynamoTasks(documents, 'Tasks'),
        results: new DynamoCaseResults(documents, 'Metrics'),
      },
      {
        loans: Number(values.loans),
        days: Number(values.days),
        seed: Number(values.seed),
        onDay: (day, days) => {
          if (process.stderr.isTTY) process.stderr.write(`\rday ${day} of ${days}`);
        },
      },
    );
    client.destroy();
    if (!values.json) for (const line of describe(report)) console.log(line);
    console.log(JSON.stringify(report));
    if (report.violations > 0) process.exitCode = 1;
  } finally {
    await database.stop();
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

function describe(report: SimulationReport): string[] {
  const { loans, days, seed, contacts, violations, buckets, steps, arms } = report;
  return [
    `${loans} loans, ${days} days, seed ${seed}: ${contacts} contacts, ${report.contactsByAgencies} of them by an agency, ${violations} violations of conduct`,
    'bucket  entered  cured  rolled on  roll rate',
    ...buckets.map((row) =>
      [row.bucket, row.entered, row.cured, row.rolled, row.rollRate]
        .map((cell) => String(cell).padStart(8))
        .join(' '),
    ),
    'step           tries  cost fen  received fen',
    ...steps.map(
      ({ stepId, tries, costFen, receivedFen }) =>
        `${stepId.padEnd(14)} ${String(tries).padStart(5)} ${String(costFen).padStart(9)} ${String(receivedFen).padStart(13)}`,
    ),
    'arm            cases  cured  cost fen  received fen',
    ...arms.map(
      ({ arm, cases, cured, costFen, receivedFen }) =>
        `${arm.padEnd(14)} ${String(cases).padStart(5)} ${String(cured).padStart(6)} ${String(costFen).padStart(9)} ${String(receivedFen).padStart(13)}`,
    ),
  ];
}

if (import.meta.main) await main();
