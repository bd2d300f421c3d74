import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tablesOfStack } from '#local/releases/stack-tables.ts';

let pages: readonly string[];
const asked: URLSearchParams[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    response.end(pages[asked.length]);
    asked.push(new URLSearchParams(body));
  });
});

beforeEach(async () => {
  asked.length = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function page(members: readonly (readonly [string, string, string])[], token = ''): string {
  const summaries = members.map(
    ([id, physicalId, type]) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceType>${type}</ResourceType></member>`,
  );
  return `<ListStackResourcesResult><StackResourceSummaries>${summaries.join('\n')}</StackResourceSummaries>${token}</ListStackResourcesResult>`;
}

it('lists the tables of every page by the names of the template', async () => {
  pages = [
    page(
      [
        ['LoansA1B2C3D4', 'zhudai-test-data-LoansA1B2C3D4-XYZ', 'AWS::DynamoDB::Table'],
        ['Documents0A1B2C3D', 'zhudai-documents', 'AWS::S3::Bucket'],
      ],
      '<NextToken>more&amp;more</NextToken>',
    ),
    page([['Audit01234567', 'zhudai-test-data-Audit', 'AWS::DynamoDB::Table']]),
  ];
  expect(await tablesOfStack('us-east-1', 'zhudai-test-data')).toEqual([
    { name: 'Loans', tableName: 'zhudai-test-data-LoansA1B2C3D4-XYZ' },
    { name: 'Audit', tableName: 'zhudai-test-data-Audit' },
  ]);
  expect(asked.map((each) => [each.get('StackName'), each.get('NextToken')])).toEqual([
    ['zhudai-test-data', null],
    ['zhudai-test-data', 'more&more'],
  ]);
});

it('says when the stack has no table', async () => {
  pages = [page([])];
  await expect(tablesOfStack('us-east-1', 'zhudai-test-data')).rejects.toThrow(
    'zhudai-test-data has no table',
  );
});
