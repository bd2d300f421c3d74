import { closeServer, listen } from '#local/hosting/listen.ts';
import { readBody } from '#local/hosting/request-body.ts';
import { MemoryTables } from '#local/memory-tables/memory-tables.ts';

const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** Whether tests take the tables of `--memory` in the place of DynamoDB Local: `npm run test:memory-tables`. */
export const isOnMemoryTables = process.env['ZHUDAI_TEST_TABLES'] === 'memory';

/** The tables of `--memory` behind a port of their own. */
export async function serveMemoryTables(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const tables = new MemoryTables();
  const { server, port } = await listen(0, (request, response) => {
    void readBody(request, BODY_BYTES_MAX).then((body) => {
      const target = String(request.headers['x-amz-target']);
      const { status, answer } = tables.send(
        target,
        JSON.parse(String(body)) as Record<string, unknown>,
      );
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer));
    });
  });
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}
