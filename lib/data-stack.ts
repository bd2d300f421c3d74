import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  type Attribute,
} from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  CfnBucket,
  BucketEncryption,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { NamedBucket, NamedTable } from './constructs/access.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';

interface IndexShape {
  readonly name: string;
  readonly key: readonly [string, string];
  /** The attributes a list shows besides the keys; without them the index carries the whole item. */
  readonly attributes?: readonly string[];
}

interface TableShape {
  /** The variable that tells a function the table's name. */
  readonly variable: string;
  readonly key: readonly [string] | readonly [string, string];
  readonly hasNumberSort?: boolean;
  readonly indexes?: readonly IndexShape[];
  /** Each new image that carries an event is published and chained into Audit. */
  readonly isPublished?: boolean;
  readonly expiryAttribute?: string;
}

/** Every table, by natural key. */
const tableShapes = {
  Applications: {
    variable: 'APPLICATIONS_TABLE',
    key: ['applicationId'],
    isPublished: true,
    indexes: [
      {
        name: 'ByPartner',
        key: ['partnerId', 'submittedAt'],
        attributes: ['status', 'externalId', 'productId', 'requested', 'reasonCodes', 'loanId'],
      },
      { name: 'ByBorrower', key: ['borrowerKey', 'submittedAt'], attributes: [] },
      { name: 'Retention', key: ['retentionQueue', 'retentionOn'], attributes: [] },
    ],
  },
  Loans: {
    variable: 'LOANS_TABLE',
    key: ['loanId', 'record'],
    isPublished: true,
    indexes: [
      { name: 'Due', key: ['dueShard', 'actOn'], attributes: [] },
      { name: 'ByBorrower', key: ['borrowerKey', 'loanId'], attributes: ['status'] },
      { name: 'ByPartner', key: ['partnerId', 'loanId'], attributes: ['status'] },
      { name: 'ByFunder', key: ['funderId', 'loanId'], attributes: ['status'] },
      { name: 'ByContract', key: ['contractNumber', 'loanId'], attributes: [] },
    ],
  },
  Receipts: {
    variable: 'RECEIPTS_TABLE',
    key: ['receiptId', 'record'],
    isPublished: true,
    indexes: [
      { name: 'Suspense', key: ['queue', 'receivedAt'] },
      { name: 'Matching', key: ['matchKey', 'receiptId'] },
    ],
  },
  Payouts: { variable: 'PAYOUTS_TABLE', key: ['payoutRef'], isPublished: true },
  Tasks: {
    variable: 'TASKS_TABLE',
    key: ['taskId'],
    isPublished: true,
    indexes: [
      { name: 'Inbox', key: ['queue', 'dueAt'] },
      { name: 'ByApplication', key: ['applicationId', 'openedAt'] },
    ],
  },
  Cases: {
    variable: 'CASES_TABLE',
    key: ['borrowerKey', 'record'],
    isPublished: true,
    // Contacts alone carry it: cases and debtors are kept.
    expiryAttribute: 'expiresAt',
    indexes: [
      { name: 'ById', key: ['caseKey', 'record'], attributes: [] },
      { name: 'Open', key: ['openLenderId', 'openedAt'], attributes: [] },
    ],
  },
  Catalog: { variable: 'CATALOG_TABLE', key: ['kind', 'idVersion'] },
  CatalogDrafts: {
    variable: 'CATALOG_DRAFTS_TABLE',
    key: ['draftId'],
    isPublished: true,
    indexes: [{ name: 'ByStatus', key: ['status', 'createdAt'] }],
  },
  IdempotencyKeys: {
    variable: 'IDEMPOTENCY_KEYS_TABLE',
    key: ['callerKey'],
    expiryAttribute: 'expiresAt',
  },
  Audit: { variable: 'AUDIT_TABLE', key: ['subjectId', 'sequence'], hasNumberSort: true },
  Metrics: {
    variable: 'METRICS_TABLE',
    key: ['metric', 'dateDimension'],
    expiryAttribute: 'expiresAt',
  },
  Sightings: {
    variable: 'SIGHTINGS_TABLE',
    key: ['trait', 'seen'],
    expiryAttribute: 'expiresAt',
  },
  Collateral: {
    variable: 'COLLATERAL_TABLE',
    key: ['applicationId', 'collateralId'],
    isPublished: true,
  },
  Selections: { variable: 'SELECTIONS_TABLE', key: ['selectionId'], isPublished: true },
  Decisions: {
    variable: 'DECISIONS_TABLE',
    key: ['applicationId', 'record'],
    indexes: [
      {
        name: 'ByPolicy',
        key: ['creditPolicyId', 'decidedAt'],
        attributes: ['inputs', 'decided', 'creditPolicy'],
      },
      {
        name: 'ByShadow',
        key: ['shadowOf', 'decidedAt'],
        attributes: ['creditPolicy', 'decided', 'beside'],
      },
    ],
  },
  CreditReports: { variable: 'CREDIT_REPORTS_TABLE', key: ['borrowerKey', 'obtainedAt'] },
  Notices: {
    variable: 'NOTICES_TABLE',
    key: ['loanId', 'noticeId'],
    indexes: [{ name: 'Waiting', key: ['waitingShard', 'sendAt'], attributes: [] }],
  },
  PersonalDataRequests: {
    variable: 'PERSONAL_DATA_REQUESTS_TABLE',
    key: ['requestId'],
    isPublished: true,
  },
  Erasures: { variable: 'ERASURES_TABLE', key: ['year', 'erasure'] },
  People: {
    variable: 'PEOPLE_TABLE',
    key: ['blindIndex'],
    indexes: [
      { name: 'ByBorrower', key: ['borrowerKey', 'keyShard'], attributes: [] },
      { name: 'ByKey', key: ['keyShard', 'blindIndex'], attributes: ['borrowerKey'] },
    ],
  },
  KeyRotations: { variable: 'KEY_ROTATIONS_TABLE', key: ['rotationId'], isPublished: true },
  Blocks: {
    variable: 'BLOCKS_TABLE',
    key: ['blockId'],
    isPublished: true,
    indexes: [{ name: 'Standing', key: ['standingQueue', 'standsUntilOn'] }],
  },
} as const satisfies Record<string, TableShape>;

/** Everything that holds state: tables, objects, keys, secrets, and the bus they report to. */
export class DataStack extends HouseStack {
  readonly applications: NamedTable;
  readonly loans: NamedTable;
  readonly receipts: NamedTable;
  readonly payouts: NamedTable;
  readonly tasks: NamedTable;
  readonly cases: NamedTable;
  readonly catalog: NamedTable;
  readonly idempotencyKeys: NamedTable;
  readonly audit: NamedTable;
  readonly metrics: NamedTable;
  readonly creditReports: NamedTable;
  readonly notices: NamedTable;
  readonly sightings: NamedTable;
  readonly catalogDrafts: NamedTable;
  readonly decisions: NamedTable;
  readonly collateral: NamedTable;
  readonly selections: NamedTable;
  readonly personalDataRequests: NamedTable;
  readonly erasures: NamedTable;
  readonly people: NamedTable;
  readonly keyRotations: NamedTable;
  readonly blocks: NamedTable;
  readonly documents: NamedBucket;
  readonly contracts: NamedBucket;
  readonly eventBus: EventBus;
  readonly personalDataKey: Key;
  readonly providerSecret: Secret;
  readonly alarms: Topic;

  constructor(scope: Construct, id: string, props: HouseStackProps) {
    super(scope, id, props);
    this.applications = this.#table('Applications');
    this.loans = this.#table('Loans');
    this.receipts = this.#table('Receipts');
    this.payouts = this.#table('Payouts');
    this.tasks = this.#table('Tasks');
    this.cases = this.#table('Cases');
    this.catalog = this.#table('Catalog');
    this.idempotencyKeys = this.#table('IdempotencyKeys');
    this.audit = this.#table('Audit');
    this.metrics = this.#table('Metrics');
    this.creditReports = this.#table('CreditReports');
    this.notices = this.#table('Notices');
    this.catalogDrafts = this.#table('CatalogDrafts');
    this.sightings = this.#table('Sightings');
    this.decisions = this.#table('Decisions');
    this.collateral = this.#table('Collateral');
    this.selections = this.#table('Selections');
    this.personalDataRequests = this.#table('PersonalDataRequests');
    this.erasures = this.#table('Erasures');
    this.people = this.#table('People');
    this.keyRotations = this.#table('KeyRotations');
    this.blocks = this.#table('Blocks');

    this.personalDataKey = new Key(this, 'PersonalDataKey', {
      description: 'Seals the personal data of borrowers, in items and in documents',
      enableKeyRotation: true,
      removalPolicy: this.#removalPolicy,
    });
    this.documents = {
      bucket: reportingUploads(this.#bucket('Documents')),
      variable: 'DOCUMENTS_BUCKET',
      key: this.personalDataKey,
    };
    this.contracts = {
      bucket: this.#bucket('Contracts'),
      variable: 'CONTRACTS_BUCKET',
      key: this.personalDataKey,
    };
    this.eventBus = new EventBus(this, 'EventBus', { description: 'What happened to loans' });
    this.providerSecret = this.#providerSecret();
    this.alarms = new Topic(this, 'Alarms', {
      displayName: `Zhudai alarms (${this.settings.stage})`,
      enforceSSL: true,
    });
    // What whoever operates the platform fills in after the first deployment.
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarms.topicArn });
    new CfnOutput(this, 'CatalogTableName', { value: this.catalog.table.tableName });
    new CfnOutput(this, 'ProviderSecretArn', { value: this.providerSecret.secretArn });
  }

  get #removalPolicy(): RemovalPolicy {
    return this.settings.isDisposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
  }

  #table(name: keyof typeof tableShapes): NamedTable {
    const shape: TableShape = tableShapes[name];
    const [partitionKey, sortKey] = shape.key;
    const table = new Table(this, name, {
      partitionKey: stringAttribute(partitionKey),
      ...(sortKey === undefined
        ? {}
        : {
            sortKey: {
              name: sortKey,
              type: shape.hasNumberSort === true ? AttributeType.NUMBER : AttributeType.STRING,
            },
          }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !this.settings.isDisposable,
      removalPolicy: this.#removalPolicy,
      ...(shape.isPublished === true ? { stream: StreamViewType.NEW_IMAGE } : {}),
      ...(shape.expiryAttribute === undefined
        ? {}
        : { timeToLiveAttribute: shape.expiryAttribute }),
    });
    for (const index of shape.indexes ?? []) addIndex(table, index);
    return { table, variable: shape.variable };
  }

  #bucket(name: string): Bucket {
    return new Bucket(this, name, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.personalDataKey,
      // One data key for many objects: a request to KMS per upload would cost more than the upload.
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      removalPolicy: this.#removalPolicy,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        { noncurrentVersionExpiration: Duration.days(400) },
        // Copies that people have asked for: they have theirs by then.
        {
          prefix: 'copies/',
          expiration: Duration.days(30),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
    });
  }

  /** Made with the shape that the functions expect; whoever operates the platform fills it in. */
  #providerSecret(): Secret {
    return new Secret(this, 'ProviderSecret', {
      description:
        'Where the providers are, how to prove who we are, and the key of the blind index',
      removalPolicy: this.#removalPolicy,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({
          ...Object.fromEntries(providers.map((provider) => [provider, unset])),
          callbackSecret: '',
          webhookSecretKey: '',
        }),
        generateStringKey: 'blindIndexKey',
        passwordLength: 64,
        excludePunctuation: true,
      },
    });
  }
}

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
const unset = { url: 'https://provider.invalid', apiKey: '' };

/** On the resource itself: the construct library's own way brings a Lambda of its own along. */
function reportingUploads(bucket: Bucket): Bucket {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error(`${bucket.node.path} has no resource`);
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return bucket;
}

function stringAttribute(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}

function addIndex(table: Table, { name, key, attributes }: IndexShape): void {
  const [partitionKey, sortKey] = key;
  table.addGlobalSecondaryIndex({
    indexName: name,
    partitionKey: stringAttribute(partitionKey),
    sortKey: stringAttribute(sortKey),
    ...projectionOf(attributes),
  });
}

/** An index is written again whenever something it carries changes: as narrow as the list that reads it. */
function projectionOf(attributes: readonly string[] | undefined) {
  if (attributes === undefined) return { projectionType: ProjectionType.ALL };
  if (attributes.length === 0) return { projectionType: ProjectionType.KEYS_ONLY };
  return { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...attributes] };
}
