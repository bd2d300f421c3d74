import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { MovableClock } from '../clock.ts';
import { createSandbox } from './sandbox.ts';

/** Runs the simulators alone: `node local/sandbox/serve.ts --port 4100 --platform http://127.0.0.1:4000`. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4100' },
    data: { type: 'string' },
    platform: { type: 'string', default: 'http://127.0.0.1:4000' },
    'api-key': { type: 'string', default: 'sandbox' },
    'callback-secret': { type: 'string', default: 'c2FuZGJveC1vbmx5LWNhbGxiYWNrLXNlY3JldA==' },
    'manual-borrower': { type: 'boolean', default: false },
  },
});
const sandbox = createSandbox({
  clock: new MovableClock(),
  dataDir: values.data,
  apiKey: values['api-key'],
  callbackSecret: values['callback-secret'],
  platformUrl: values.platform,
  manualBorrower: values['manual-borrower'],
});
const server = createServer((request, response) => {
  if (!sandbox.handle(request, response)) response.writeHead(404).end();
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`The sandbox providers are at http://127.0.0.1:${values.port}/sandbox`);
});
