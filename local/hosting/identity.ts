/** Where the one-machine host pretends to be. */
export const PARTITION = 'aws';
export const REGION = 'us-east-1';
export const ACCOUNT_ID = '000000000000';

/** An ARN of this machine's own account. */
export function localArn(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}

/** How CloudFormation names a resource of one type. */
export interface Naming {
  /** The property that fixes the name, when a template does. */
  readonly nameProperty?: string;
  /** What `Ref` gives; the name when absent. */
  readonly ref?: (name: string, base: string) => string;
  /** What a version or an alias is of: the property that says so, or several until one is there. */
  readonly base?: (properties: Readonly<Record<string, unknown>>) => unknown;
  readonly attributes: Readonly<Record<string, (name: string, base: string) => string>>;
}

const arnOf = (service: string, prefix = '') => {
  return { Arn: (name: string) => localArn(service, `${prefix}${name}`) };
};

const stateMachineArn = (name: string) => localArn('states', `stateMachine:${name}`);

const qualifiedFunction = (name: string, base: string) =>
  `${base.startsWith('arn:') ? base : localArn('lambda', `function:${base}`)}:${name}`;

/** One machine runs the sources as they are: of every function there is this one version. */
export const ONLY_VERSION = '1';
const onlyVersion = (_: string, base: string) => qualifiedFunction(ONLY_VERSION, base);

/** Which number a version has, the store of executions knows; in the template it is only ever handed on to an alias. */
const deployedVersion = (_: string, base: string) => `${base}:deployed`;
const machineAlias = (name: string, base: string) =>
  `${base.split(':').slice(0, 7).join(':')}:${name}`;

const routedTo = ({
  RoutingConfiguration: routing,
  DeploymentPreference: preference,
}: Readonly<Record<string, unknown>>): unknown => {
  const [first] = Array.isArray(routing) ? (routing as unknown[]) : [preference];
  return (first as { StateMachineVersionArn?: unknown } | undefined)?.StateMachineVersionArn;
};

/** The resource types the host builds something for. */
export const namings: Readonly<Record<string, Naming>> = {
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    attributes: {
      ...arnOf('dynamodb', 'table/'),
      StreamArn: (name) => localArn('dynamodb', `table/${name}/stream/local`),
    },
  },
  'AWS::DynamoDB::GlobalTable': {
    nameProperty: 'TableName',
    attributes: {
      ...arnOf('dynamodb', 'table/'),
      StreamArn: (name) => localArn('dynamodb', `table/${name}/stream/local`),
      TableId: (name) => name,
    },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    attributes: arnOf('lambda', 'function:'),
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    attributes: {
      Arn: (name) => `arn:${PARTITION}:iam::${ACCOUNT_ID}:role/${name}`,
      RoleId: (name) => name,
    },
  },
  'AWS::IAM::Policy': { attributes: {} },
  'AWS::KMS::Key': { attributes: { ...arnOf('kms', 'key/'), KeyId: (name) => name } },
  'AWS::Lambda::Version': {
    base: ({ FunctionName }) => FunctionName,
    ref: onlyVersion,
    attributes: { Version: () => ONLY_VERSION, FunctionArn: onlyVersion },
  },
  'AWS::Lambda::Alias': {
    nameProperty: 'Name',
    base: ({ FunctionName }) => FunctionName,
    ref: qualifiedFunction,
    attributes: { AliasArn: qualifiedFunction },
  },
  'AWS::Lambda::EventSourceMapping': { attributes: { Id: (name) => name } },
  'AWS::Lambda::EventInvokeConfig': { attributes: {} },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    ref: stateMachineArn,
    attributes: {
      Arn: stateMachineArn,
      Name: (name) => name,
      StateMachineRevisionId: () => 'deployed',
    },
  },
  'AWS::StepFunctions::StateMachineVersion': {
    base: ({ StateMachineArn }) => StateMachineArn,
    ref: deployedVersion,
    attributes: { Arn: deployedVersion },
  },
  'AWS::StepFunctions::StateMachineAlias': {
    nameProperty: 'Name',
    base: routedTo,
    ref: machineAlias,
    attributes: { Arn: machineAlias },
  },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    attributes: { ...arnOf('events', 'event-bus/'), Name: (name) => name },
  },
  'AWS::Events::Rule': { nameProperty: 'Name', attributes: arnOf('events', 'rule/') },
  'AWS::Scheduler::Schedule': { nameProperty: 'Name', attributes: arnOf('scheduler', 'schedule/') },
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    attributes: arnOf('scheduler', 'schedule-group/'),
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: (name) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${name}`,
    attributes: {
      ...arnOf('sqs'),
      QueueName: (name) => name,
      QueueUrl: (name) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${name}`,
    },
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    attributes: {
      Arn: (name) => `arn:${PARTITION}:s3:::${name}`,
      DomainName: (name) => `${name}.s3.amazonaws.com`,
      RegionalDomainName: (name) => `${name}.s3.${REGION}.amazonaws.com`,
    },
  },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    ref: (name) => localArn('secretsmanager', `secret:${name}`),
    attributes: { Id: (name) => localArn('secretsmanager', `secret:${name}`) },
  },
  'AWS::ApiGateway::RestApi': {
    nameProperty: 'Name',
    attributes: { RootResourceId: (name) => `${name}-root`, RestApiId: (name) => name },
  },
  'AWS::ApiGateway::Resource': { attributes: { ResourceId: (name) => name } },
  'AWS::ApiGateway::Method': { attributes: {} },
  'AWS::ApiGateway::Authorizer': { attributes: { AuthorizerId: (name) => name } },
  'AWS::ApiGateway::GatewayResponse': { attributes: {} },
  'AWS::ApiGateway::Stage': { nameProperty: 'StageName', attributes: {} },
};

/** Types that change nothing on one machine: permissions to invoke, logs, alarms and what only a deployment needs. */
export const ignoredTypes: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::KMS::Alias',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::Logs::SubscriptionFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SNS::Subscription',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
  'Custom::S3AutoDeleteObjects',
]);
