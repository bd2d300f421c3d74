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
  readonly ref?: (name: string) => string;
  readonly attributes: Readonly<Record<string, (name: string) => string>>;
}

const arnOf = (service: string, prefix = '') => {
  return { Arn: (name: string) => localArn(service, `${prefix}${name}`) };
};

const stateMachineArn = (name: string) => localArn('states', `stateMachine:${name}`);

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
  'AWS::Lambda::EventSourceMapping': { attributes: { Id: (name) => name } },
  'AWS::Lambda::EventInvokeConfig': { attributes: {} },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    ref: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: (name) => name },
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
