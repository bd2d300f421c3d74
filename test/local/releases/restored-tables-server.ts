import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

type Body = Readonly<Record<string, unknown>>;

interface Served {
  readonly arn: string;
  status: string;
  restoredFrom?: { arn: string; at: number };
}

/** Speaks DynamoDB's protocol for restores: tables, windows of recovery, and restores that take their time. */
export class RestoringDynamoDb {
  readonly calls: { readonly operation: string; readonly body: Body }[] = [];
  readonly tables = new Map<string, Served>();
  /** Of every table, in seconds since 1970; without one recovery is not enabled. */
  window: { earliest: number; latest: number } | undefined = { earliest: 0, latest: 0 };
  /** So many restores at a time. */
  placesMax = 50;
  /** So many looks find a table unfinished. */
  looksUntilReady = 1;
  readonly #looks = new Map<string, number>();
  readonly #server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      this.calls.push({ operation, body });
      const answer = this.#answer(operation, body);
      const isRefused = '__type' in answer;
      response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer));
    });
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  add(name: string, more: Partial<Served> = {}): void {
    this.tables.set(name, { arn: arnOf(name), status: 'ACTIVE', ...more });
  }

  bodiesOf(wanted: string): readonly Body[] {
    return this.calls.filter(({ operation }) => operation === wanted).map(({ body }) => body);
  }

  #answer(operation: string, body: Body): Body {
    const table = String(body['TableName']);
    switch (operation) {
      case 'DescribeTable':
        return this.#describe(table);
      case 'DescribeContinuousBackups':
        return this.#window();
      case 'RestoreTableToPointInTime':
        return this.#restore(body);
      case 'UpdateTable':
        return {};
      case 'TagResource':
        return {};
      case 'DeleteTable':
        return this.tables.delete(table) ? {} : refusal('ResourceNotFoundException');
      default:
        return refusal('UnknownOperationException');
    }
  }

  #describe(name: string): Body {
    const table = this.tables.get(name);
    if (!table) return refusal('ResourceNotFoundException');
    const { restoredFrom } = table;
    if (table.status === 'CREATING') {
      const looks = (this.#looks.get(name) ?? 0) + 1;
      this.#looks.set(name, looks);
      if (looks > this.looksUntilReady) table.status = 'ACTIVE';
    }
    return {
      Table: {
        TableName: name,
        TableArn: table.arn,
        TableStatus: table.status,
        DeletionProtectionEnabled: true,
        ...(restoredFrom === undefined
          ? {}
          : {
              RestoreSummary: {
                SourceTableArn: restoredFrom.arn,
                RestoreDateTime: restoredFrom.at,
                RestoreInProgress: table.status === 'CREATING',
              },
            }),
      },
    };
  }

  #window(): Body {
    const recovery =
      this.window === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            EarliestRestorableDateTime: this.window.earliest,
            LatestRestorableDateTime: this.window.latest,
          };
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: recovery,
      },
    };
  }

  #restore(body: Body): Body {
    const underWay = [...this.tables.values()].filter(({ status }) => status === 'CREATING');
    if (underWay.length >= this.placesMax) return refusal('LimitExceededException');
    const target = String(body['TargetTableName']);
    if (this.tables.has(target)) return refusal('TableAlreadyExistsException');
    this.add(target, {
      status: 'CREATING',
      restoredFrom: {
        arn: arnOf(String(body['SourceTableName'])),
        at: Number(body['RestoreDateTime']),
      },
    });
    return {};
  }
}

export function arnOf(table: string): string {
  return `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
}

function refusal(name: string): Body {
  return { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name} it is` };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Body;
}
