import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { partnerWebhookSecret } from '../../functions/platform/webhook-secret.ts';
import { synthesise } from '../../lib/synthesise.ts';
import { MovableClock } from '../clock.ts';
import { DynamoExecutionStore } from '../interpreter/dynamo-store.ts';
import { createEngine, type Engine } from '../interpreter/engine.ts';
import { FileExecutionStore } from '../interpreter/file-store.ts';
import { MemoryExecutionStore } from '../interpreter/memory-store.ts';
import type { ExecutionStore } from '../interpreter/store.ts';
import { createStepFunctionsProtocol } from '../interpreter/step-functions-protocol.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { Activity } from './activity.ts';
import { copyDataFolder, stateOf, wasRestored, type Backup } from './backup.ts';
import { ApiGateway } from './api-gateway.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { DEMO_PARTNER, seedCatalog } from './catalog-seed.ts';
import { prepareDataFolder } from './data-folder.ts';
import { DatabaseRequests } from './database-requests.ts';
import { routeDirectRequests } from '../direct-requests.ts';
import { exchangeWith, routeFetches } from './direct-http.ts';
import { Events } from './events.ts';
import { FunctionLog } from './function-log.ts';
import { Gate } from './gate.ts';
import { FunctionHost } from './functions.ts';
import { readApi } from './gateway-routes.ts';
import { HostTable } from './host-table.ts';
import { ACCOUNT_ID, REGION } from './identity.ts';
import { ItemCache } from './item-cache.ts';
import { KeyService } from './key-service.ts';
import { closeServer, listen, type Handle } from './listen.ts';
import { indexKeysOf, keepIndexKeys, localKeys, type LocalKeys } from './local-keys.ts';
import { LocalRoutes } from './local-routes.ts';
import { createMachines } from './machines.ts';
import { MemoryRequests } from './memory-requests.ts';
import { Meter } from './meter.ts';
import { Permissions, usesWrittenTo } from './permissions.ts';
import { People } from './people.ts';
import {
  isKeptHere,
  openKeptDatabase,
  openMemoryDatabase,
  startDatabaseProcess,
  type PlatformDatabase,
} from './platform-database.ts';
import { freePort, isPortFree } from './ports.ts';
import { callsWrittenTo } from './written-calls.ts';
import { cpuMsOf } from './process-time.ts';
import { Queues } from './queues.ts';
import { S3Service } from './s3-service.ts';
import { Scheduler } from './scheduler.ts';
import { routeSdkRequests } from './sdk-transport.ts';
import { routeCommands } from './sdk-commands.ts';
import { routeDocuments } from './sdk-documents.ts';
import { routeObjects } from './sdk-objects.ts';
import { Secrets } from './secrets.ts';
import { Streams } from './streams.ts';
import { ensureTables, hasTable, readTables, type Table } from './tables.ts';
import type { TableRequests } from './table-requests.ts';
import { Assembly } from './template.ts';

export interface PlatformOptions {
  /** 0 takes any free port. */
  readonly port?: number;
  /** Where everything is kept. With `isInMemory` only the credentials file goes there. */
  readonly dataDir?: string | undefined;
  readonly isInMemory?: boolean;
  readonly isAutoOperated?: boolean;
  readonly isManualBorrower?: boolean;
  /** Every function with modules, access key and KMS of its own, as in the cloud. Keeps nothing. */
  readonly isIsolated?: boolean;
  readonly onError?: (error: unknown) => void;
  /** Tables in DynamoDB Local: where nothing is kept, and in a data folder that has none yet. */
  readonly isOnDynamoDbLocal?: boolean;
  /** Called, with what happened in words, when the database ends although nobody stopped it. */
  readonly onDatabaseLost?: (reason: string) => void;
}

const STAGE = 'local';
const repositoryRoot = join(import.meta.dirname, '../..');
const clockKey = Symbol.for('zhudai.clock');
/** How many steps a recurring schedule takes at most in one move of the clock. */
const RUNS_PER_ADVANCE_MAX = 6;
/** However far the clock is moved, what recurs runs once a day: everything of a day happens before the next. */
const RECURS_AT_LEAST_EVERY_MS = 86_400_000;
const COMPACTED_EVERY_MS = 86_400_000;
const COMPACTION_LOOKED_FOR_EVERY_MS = 3_600_000;
const QUIET_ROUNDS = 3;
const QUIET_PAUSE_MS = 5;

/** A whole platform in this process; what is kept is kept by a database beside it. */
export class Platform {
  readonly baseUrl: string;
  readonly awsEndpoint: string;
  readonly databaseEndpoint: string;
  readonly partnerKey: string;
  readonly operatorToken: string;
  readonly clock: MovableClock;
  readonly engine: Engine;
  readonly events: Events;
  readonly functions: FunctionHost;
  readonly sandbox: Sandbox;
  readonly meter: Meter;
  readonly assembly: Assembly;
  /** Whether nothing had ever run on this data folder. */
  readonly isFresh: boolean;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.baseUrl = parts.baseUrl;
    this.awsEndpoint = parts.awsEndpoint;
    this.databaseEndpoint = parts.database.endpoint;
    this.partnerKey = parts.keys.partnerKey;
    this.operatorToken = parts.sandbox.control.mintToken('operator-demo');
    this.clock = parts.clock;
    this.engine = parts.engine;
    this.events = parts.events;
    this.functions = parts.functions;
    this.sandbox = parts.sandbox;
    this.meter = parts.meter;
    this.assembly = parts.assembly;
    this.isFresh = parts.isFresh;
  }

  /** Resolves when everything that could be done without time going on has been done. */
  settle(): Promise<void> {
    return settle(this.#parts, true);
  }

  /** Moves the clock; everything due in between happens in its order. */
  async advanceTo(targetMs: number): Promise<void> {
    await advanceTo(this.#parts, targetMs);
  }

  /** Remembers that the first replay has been done. */
  async markReplayed(): Promise<void> {
    await this.#parts.table.put('host', 'replayed', true);
  }

  async wasReplayed(): Promise<boolean> {
    return (await this.#parts.table.get('host', 'replayed')) === true;
  }

  /** Ends everything in order; the database last. */
  async stop(): Promise<void> {
    await stopParts(this.#parts);
  }
}

interface Parts {
  readonly options: PlatformOptions;
  readonly assembly: Assembly;
  readonly database: PlatformDatabase;
  readonly client: DynamoDBClient;
  readonly keys: LocalKeys;
  readonly clock: MovableClock;
  readonly table: HostTable;
  readonly activity: Activity;
  readonly gate: Gate;
  readonly meter: Meter;
  readonly functions: FunctionHost;
  readonly log: FunctionLog;
  readonly events: Events;
  readonly streams: Streams;
  readonly scheduler: Scheduler;
  readonly engine: Engine;
  readonly store: ExecutionStore & { close?(): Promise<void> };
  readonly sandbox: Sandbox;
  readonly people: People;
  readonly servers: Awaited<ReturnType<typeof listen>>['server'][];
  readonly baseUrl: string;
  readonly awsEndpoint: string;
  readonly isFresh: boolean;
  readonly cleanUp: (() => void)[];
}

/** Ports of the platform that this process last ran: what its SDK clients remember stays true for the next one. */
let earlierPorts: { main: number; aws: number; database: number } | undefined;

/** Starts the whole system as the template describes it. */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const storedIn = options.isInMemory ? undefined : options.dataDir;
  const isKept =
    storedIn !== undefined &&
    isKeptHere(storedIn, { prefersDynamoDbLocal: options.isOnDynamoDbLocal ?? false });
  if (options.dataDir !== undefined)
    prepareDataFolder(options.dataDir, isKept ? 'tablesInFiles' : 'tablesInDynamoDbLocal');
  const ports = await choosePorts(options.port ?? 4000);
  const synthesis = synthesise(join(repositoryRoot, 'node_modules/.cache/zhudai'), {
    stage: STAGE,
  });
  // The templates are read while java starts.
  synthesis.catch(() => undefined);
  const database = await openDatabase(options, ports, { dataDir: storedIn, isKept });
  try {
    const [firstTemplate = ''] = await synthesis;
    return await assemble({ options, ports, database, directory: dirname(firstTemplate) });
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function openDatabase(
  { isOnDynamoDbLocal = false, onError = () => undefined }: PlatformOptions,
  ports: { readonly aws: number; readonly database: number },
  { dataDir, isKept }: { readonly dataDir: string | undefined; readonly isKept: boolean },
): PlatformDatabase | Promise<PlatformDatabase> {
  if (dataDir === undefined && !isOnDynamoDbLocal) return openMemoryDatabase(ports.aws);
  if (dataDir !== undefined && isKept)
    return openKeptDatabase({ dataDir, port: ports.aws, onError });
  return startDatabaseProcess({ dataDir, preferredPort: ports.database });
}

/** A machine's name in its ARN or in that of one of its versions, aliases or map states. */
function machineOf(stateMachineArn: string): string {
  return stateMachineArn.split(':')[6]?.split('/')[0] ?? '';
}

async function choosePorts(port: number): Promise<{ main: number; aws: number; database: number }> {
  if (port === 0 && earlierPorts) {
    const { main, aws, database } = earlierPorts;
    if ((await isPortFree(main)) && (await isPortFree(aws)) && (await isPortFree(database)))
      return earlierPorts;
  }
  const main = port === 0 ? await freePort() : port;
  const aws = (await isPortFree(main + 1)) ? main + 1 : await freePort();
  const database = (await isPortFree(main + 2)) ? main + 2 : await freePort();
  return { main, aws, database };
}

async function assemble(given: {
  options: PlatformOptions;
  ports: { main: number; aws: number; database: number };
  database: PlatformDatabase;
  directory: string;
}): Promise<Platform> {
  const { options, ports, database, directory } = given;
  const storedIn = options.isInMemory ? undefined : options.dataDir;
  const onError = options.onError ?? (() => undefined);
  const cleanUp: (() => void)[] = [];
  const keys = localKeys(storedIn);
  const baseUrl = `http://127.0.0.1:${ports.main}`;
  const awsEndpoint = `http://127.0.0.1:${ports.aws}`;
  setEnvironment({
    awsEndpoint,
    databaseEndpoint: database.endpoint,
    secretKey: keys.awsSecretKey,
  });
  const assembly = new Assembly(directory, {
    CallbackBaseUrl: baseUrl,
    OidcIssuer: `${baseUrl}/sandbox/oidc`,
    OidcAudience: 'zhudai',
  });
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  const table = new HostTable(client);
  const store = await executionStore(client, storedIn);
  const tables = readTables([
    ...assembly.ofType('AWS::DynamoDB::Table'),
    ...assembly.ofType('AWS::DynamoDB::GlobalTable'),
  ]);
  await ensureTables(client, tables);
  await table.ensure();
  const isFresh = (await table.get('host', 'started')) !== true;
  const clock = new MovableClock(Number((await table.get('host', 'clockOffsetMs')) ?? 0));
  Reflect.set(globalThis, clockKey, clock);

  const activity = new Activity();
  const gate = new Gate();
  activity.onError = onError;
  const meter = new Meter();
  const log = new FunctionLog(storedIn && join(storedIn, 'logs', 'functions.log'));
  const usesIn = process.env['ZHUDAI_USED_ACTIONS'];
  const permissions = new Permissions(
    assembly,
    usesIn === undefined ? undefined : usesWrittenTo(usesIn),
  );
  const isIsolated = options.isIsolated ?? false;
  const callsIn = process.env['ZHUDAI_CALLED_FUNCTIONS'];
  const functions = new FunctionHost({
    functions: assembly.ofType('AWS::Lambda::Function'),
    invokeConfigs: assembly.ofType('AWS::Lambda::EventInvokeConfig'),
    aliases: assembly.ofType('AWS::Lambda::Alias'),
    // Without the key's ARN the functions seal with the secret's own key, which costs no request to KMS.
    standIn: isIsolated
      ? undefined
      : { of: 'PII_KEY_ARN', variable: 'PROVIDER_SECRET_ARN', arn: secretArnIn(assembly) },
    root: repositoryRoot,
    activity,
    meter,
    isIsolated,
    log: log.write,
    onCall: callsIn === undefined ? undefined : callsWrittenTo(callsIn),
  });
  const queues = new Queues(assembly.ofType('AWS::SQS::Queue'), { table, clock });
  const targets = {
    functions,
    queues,
    startExecution: (request: { stateMachineArn: string; name?: string; input: unknown }) =>
      engine.startExecution(request as Parameters<Engine['startExecution']>[0]),
  };
  const people: { current: People | undefined } = { current: undefined };
  const events = new Events({
    rules: assembly.ofType('AWS::Events::Rule'),
    buses: assembly.ofType('AWS::Events::EventBus'),
    table,
    clock,
    activity,
    meter,
    ports: targets,
    permissions,
    onEvent: (event) => people.current?.onEvent(event),
  });
  const objectsIn =
    storedIn === undefined
      ? mkdtempSync(join(tmpdir(), 'zhudai-objects-'))
      : join(storedIn, 'objects');
  if (storedIn === undefined)
    cleanUp.push(() => {
      rmSync(objectsIn, { recursive: true, force: true });
    });
  const objects = new S3Service({
    buckets: assembly.ofType('AWS::S3::Bucket'),
    directory: objectsIn,
    isKept: storedIn !== undefined,
    events,
    clock,
    secretKey: keys.awsSecretKey,
  });
  const engine: Engine = await createEngine({
    clock,
    store,
    region: REGION,
    accountId: ACCOUNT_ID,
    tokenSecret: keys.tokenSecret,
    invokeLambda: (name, payload) => functions.invoke(name, payload),
    putEvents: (entries) => events.putEvents(entries),
    readObject: (bucket, key) => objects.readText(bucket, key),
    writeObject: (bucket, key, body) => objects.writeText(bucket, key, body),
    demand: ({ stateMachineArn, ...use }) => {
      permissions.demand(machineOf(stateMachineArn), use);
    },
    onTransition: ({ stateMachineArn }) => {
      meter.countState(stateMachineArn);
    },
  });
  await createMachines(assembly, engine);
  const scheduler = new Scheduler(assembly.ofType('AWS::Scheduler::Schedule'), {
    clock,
    activity,
    ports: targets,
    table,
    permissions,
  });
  const streams = new Streams(assembly, {
    wire: database.wire,
    table,
    functions,
    queues,
    permissions,
    activity,
    clock,
    onError,
  });
  const sandbox = createSandbox({
    clock,
    dataDir: storedIn && join(storedIn, 'sandbox'),
    apiKey: keys.providerApiKey,
    callbackSecret: keys.callbackSecret,
    webhookSecret: partnerWebhookSecret(keys.webhookSecretKey, DEMO_PARTNER),
    platformUrl: baseUrl,
    manualBorrower: options.isManualBorrower ?? false,
  });
  const requests = tableRequests({
    database,
    tables,
    meter,
    permissions,
    streams,
    isOnDisk: storedIn !== undefined,
  });
  const endpoint = new AwsEndpoint({
    stepFunctions: createStepFunctionsProtocol(engine),
    events,
    scheduler,
    objects,
    secrets: new Secrets(
      assembly.ofType('AWS::SecretsManager::Secret'),
      () => providerSecret(keys, baseUrl, storedIn !== undefined && wasRestored(storedIn)),
      (value) => {
        keepIndexKeys(storedIn, value);
      },
    ),
    functions,
    database: requests,
    queues,
    keys: new KeyService(assembly.ofType('AWS::KMS::Key'), keys.piiWrappingKey),
    meter,
    permissions,
  });
  cleanUp.push(
    routeSdkRequests(ports.aws, (request) => endpoint.answer(request)),
    ...(database.port === ports.aws
      ? []
      : [routeSdkRequests(database.port, (request) => endpoint.answerDynamo(request))]),
    routeObjects(ports.aws, (request) => endpoint.answer(request)),
    routeCommands(ports.aws, (target, body) => endpoint.answerCommand(target, body)),
    routeDocuments(database.port, (operation, request) => requests.send(operation, request)),
  );
  const catalog = tables.find(({ name }) => name.includes('Catalog'));
  if (catalog)
    await seedCatalog({
      client,
      tableName: catalog.name,
      directory: join(repositoryRoot, 'catalog'),
      partnerKey: keys.partnerKey,
      webhookUrl: `${baseUrl}/sandbox/partner/webhooks`,
    });
  const parts: Omit<Parts, 'servers' | 'people'> & { servers: Parts['servers'] } = {
    options,
    assembly,
    database,
    client,
    keys,
    clock,
    table,
    activity,
    gate,
    meter,
    functions,
    log,
    events,
    streams,
    scheduler,
    engine,
    store,
    sandbox,
    servers: [],
    baseUrl,
    awsEndpoint,
    isFresh,
    cleanUp,
  };
  people.current = new People({
    baseUrl,
    partnerKey: keys.partnerKey,
    clock,
    sandbox,
    isAutoOperated: options.isAutoOperated ?? false,
    isManualBorrower: options.isManualBorrower ?? false,
    onError,
  });
  const whole: Parts = { ...parts, people: people.current };
  const api = readApi(assembly);
  const gateway = api && new ApiGateway({ api, functions, clock, meter });
  const local = new LocalRoutes({
    now: () => clock.now(),
    advanceTo: (targetMs) => advanceTo(whole, targetMs),
    backUp: (directory) => backUp(whole, directory),
    read: {
      meter: () => meter.read(),
      cpu: () => cpuOf(database),
      queues: () => queues.read(),
      streams: () => streams.read(),
      deliveries: () => events.pending,
      functions: () => functions.list().map(({ name, entry }) => ({ name, entry })),
    },
  });
  // Before anybody can ask: callbacks and decisions that waited for the restart come with the first requests.
  await engine.load();
  const serve: Handle = (request, response) => {
    if (local.handle(request, response)) return;
    void gate.passed().then(() => {
      // Whatever comes over HTTP is under way until it is answered.
      void activity.track(() => new Promise<void>((resolve) => response.once('close', resolve)));
      if (sandbox.handle(request, response)) return;
      if (gateway) gateway.handle(request, response);
      else response.writeHead(404).end();
    });
  };
  const main = await listen(ports.main, serve);
  whole.servers.push(main.server);
  // Only where nothing is kept: with a data folder functions and providers speak real HTTP.
  if (options.isInMemory === true && database.memory) {
    routeFetches();
    cleanUp.push(routeDirectRequests(baseUrl, exchangeWith(serve)));
  }
  const aws = await listen(ports.aws, (request, response) => {
    void gate.passed().then(() => {
      endpoint.handle(request, response);
    });
  });
  whole.servers.push(aws.server);
  earlierPorts = { main: ports.main, aws: ports.aws, database: ports.database };

  // The first application must not wait for modules; those of a later one load meanwhile.
  activity.background(() => functions.loadAll());
  await engine.start();
  await events.start();
  await streams.start();
  await scheduler.start();
  whole.people.start();
  if (isFresh) await table.put('host', 'started', true);
  const compaction = setInterval(() => {
    compactDaily(whole).catch(onError);
  }, COMPACTION_LOOKED_FOR_EVERY_MS).unref();
  cleanUp.push(() => {
    clearInterval(compaction);
  });
  database.onUnexpectedExit((reason) => options.onDatabaseLost?.(reason));
  writeCredentials(whole);
  return new Platform(whole);
}

/** The door to the tables, wherever they are. */
function tableRequests(given: {
  readonly database: PlatformDatabase;
  readonly tables: readonly Table[];
  readonly meter: Meter;
  readonly permissions: Permissions;
  readonly streams: Streams;
  readonly isOnDisk: boolean;
}): TableRequests {
  const { database, tables, meter, permissions, streams, isOnDisk } = given;
  const { memory } = database;
  if (memory)
    return new MemoryRequests({
      memory,
      tables,
      meter,
      permissions,
      onWrite: (tableNames) => {
        streams.wrote(tableNames);
      },
    });
  return new DatabaseRequests({
    wire: database.wire,
    tables,
    cache: new ItemCache(tables),
    meter,
    isOnDisk,
    permissions,
    onWrite: (body) => {
      streams.written(body);
    },
  });
}

/** Where the interpreter keeps its checkpoints. A data folder of before they had a file keeps them in its table. */
async function executionStore(
  client: DynamoDBClient,
  storedIn: string | undefined,
): Promise<ExecutionStore & { close?(): Promise<void> }> {
  if (storedIn === undefined) return new MemoryExecutionStore();
  const tableName = 'zhudai-executions';
  return (await hasTable(client, tableName))
    ? new DynamoExecutionStore(client, tableName)
    : new FileExecutionStore(join(storedIn, 'executions.log'));
}

/** Milliseconds of CPU used so far, for `/local/cpu`. */
function cpuOf({ pid }: PlatformDatabase): Record<string, number> {
  const { user, system } = process.cpuUsage();
  return { platform: (user + system) / 1000, database: (pid && cpuMsOf(pid)) ?? 0 };
}

function setEnvironment(given: {
  awsEndpoint: string;
  databaseEndpoint: string;
  secretKey: string;
}): void {
  const { awsEndpoint, databaseEndpoint, secretKey } = given;
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_ENDPOINT_URL_DYNAMODB: databaseEndpoint,
    AWS_ENDPOINT_URL_SFN: awsEndpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: awsEndpoint,
    AWS_ENDPOINT_URL_S3: awsEndpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: awsEndpoint,
    AWS_ENDPOINT_URL: awsEndpoint,
    // The demo partner's webhook is a simulator next door, an address that no deployed platform sends to.
    WEBHOOK_ALLOW_PRIVATE: 'true',
    // An instruction leaves within 30 seconds of its claim and the bank client waits for 10: after a kill nobody is at it.
    PAYOUT_STALE_AFTER_SECONDS: process.env['PAYOUT_STALE_AFTER_SECONDS'] ?? '45',
    POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'WARN',
  });
  delete process.env['AWS_PROFILE'];
  delete process.env['AWS_SESSION_TOKEN'];
}

function providerSecret(keys: LocalKeys, baseUrl: string, asksFirst: boolean): string {
  const providers = [
    'bank',
    'bureau',
    'guarantor',
    'identity',
    'income',
    'recognition',
    'signature',
    'sms',
  ];
  return JSON.stringify({
    ...Object.fromEntries(
      providers.map((name) => [
        name,
        {
          url: `${baseUrl}/sandbox/${name}`,
          apiKey: keys.providerApiKey,
          ...(name === 'bank' && asksFirst && { asksFirst }),
        },
      ]),
    ),
    callbackSecret: keys.callbackSecret,
    webhookSecretKey: keys.webhookSecretKey,
    piiWrappingKey: keys.piiWrappingKey,
    ...indexKeysOf(keys),
  });
}

/** Credentials for the command line, readable by their owner alone. */
function writeCredentials({ options, baseUrl, awsEndpoint, keys, sandbox }: Parts): void {
  if (options.dataDir === undefined) return;
  const operatorToken = sandbox.control.mintToken('operator-demo');
  const credentials = { baseUrl, awsEndpoint, partnerKey: keys.partnerKey, operatorToken };
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(options.dataDir, 'credentials.json'),
    `${JSON.stringify(credentials, undefined, 2)}\n`,
    { mode: 0o600 },
  );
}

/** Thoroughly: also what others than this process wrote. */
async function settle(
  { activity, engine, streams, people }: Parts,
  isThorough: boolean,
): Promise<void> {
  for (let quiet = 0; quiet < QUIET_ROUNDS;) {
    await activity.idle();
    await engine.idle();
    await streams.drain(isThorough && quiet === 0);
    await people.idle();
    await new Promise((resolve) => setTimeout(resolve, QUIET_PAUSE_MS));
    // Draining an empty stream is no activity; anything that began meanwhile is.
    quiet = activity.isIdle ? quiet + 1 : 0;
  }
}

async function advanceTo(parts: Parts, targetMs: number): Promise<void> {
  const { clock, scheduler, table } = parts;
  await settle(parts, true);
  const intervalMs = (targetMs - clock.now()) / RUNS_PER_ADVANCE_MAX;
  scheduler.thinOut(Math.min(intervalMs, RECURS_AT_LEAST_EVERY_MS));
  await clock.advanceTo(targetMs, async () => {
    // Kept before the work of the moment is done: a platform killed in it must not wake up in the past.
    await table.put('host', 'clockOffsetMs', clock.offsetMs);
    await settle(parts, false);
  });
  scheduler.thinOut(0);
  await compactDaily(parts);
  // The operator's token of before may have run out on the way.
  writeCredentials(parts);
}

/** What was erased leaves the files of the tables a day later at the most, by the platform's clock. */
async function compactDaily({
  database,
  clock,
  table,
}: Pick<Parts, 'database' | 'clock' | 'table'>): Promise<void> {
  const compactedAtMs = Number((await table.get('host', 'compactedAtMs')) ?? 0);
  if (clock.now() - compactedAtMs < COMPACTED_EVERY_MS) return;
  await table.put('host', 'compactedAtMs', clock.now());
  await database.compact();
}

/** How often the copy is made again when something happened meanwhile. */
const BACKUP_ROUNDS_MAX = 20;

/**
 * Copies what is kept while nothing is under way: everything begun has ended, requests wait at the door, and a copy during
 * which something was written after all is made again.
 */
async function backUp(parts: Parts, directory: string): Promise<Backup> {
  const { options, clock, gate, activity } = parts;
  const { dataDir } = options;
  if (dataDir === undefined || options.isInMemory === true)
    throw new Error('a platform that keeps nothing has nothing to back up');
  for (let round = 1; round <= BACKUP_ROUNDS_MAX; round += 1) {
    // With the door open: what ends may need an answer from outside.
    await settle(parts, true);
    const backup = await gate.hold(async () => {
      if (!activity.isIdle) return undefined;
      const takenAt = new Date(clock.now()).toISOString();
      const before = await stateOf(dataDir);
      const copied = await copyDataFolder(dataDir, directory, takenAt);
      return (await stateOf(dataDir)) === before ? copied : undefined;
    });
    if (backup !== undefined) return backup;
  }
  throw new Error('the platform does not come to rest: try again');
}

async function stopParts(parts: Parts): Promise<void> {
  const { people, servers, scheduler, events, engine, streams, sandbox, database } = parts;
  await people.stop();
  scheduler.stop();
  events.stop();
  engine.stop();
  await streams.stop();
  await Promise.all(servers.map(closeServer));
  sandbox.close();
  parts.clock.stop();
  for (const each of parts.cleanUp) each();
  await parts.log.close();
  await parts.store.close?.();
  parts.client.destroy();
  await database.stop();
}

function secretArnIn(assembly: Assembly): string {
  const [secret] = assembly.ofType('AWS::SecretsManager::Secret');
  if (secret === undefined) throw new Error('the templates have no secret');
  return secret.attribute('Id');
}
