/** A finding of cdk-nag that stays, and why. `finding` is matched against the whole id, `where` against the construct's path. */
export interface Acknowledgement {
  readonly finding: RegExp;
  readonly where: RegExp;
  readonly reason: string;
}

/** Everything that AwsSolutions and Serverless find and that is meant. `npm run nag` prints it; at most 12. */
export const acknowledgements: readonly Acknowledgement[] = [
  {
    finding: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    where: /\/Role\/DefaultPolicy\/Resource$/,
    reason:
      'X-Ray takes trace segments, and Step Functions its log delivery, for * only; a test holds that nothing else is granted for *',
  },
  {
    finding:
      /^AwsSolutions-IAM5\[Resource::.*:ExportsOutputFnGetAtt(?:Contracts|Documents)\w+\/\*\]$/,
    where: /\/Role\/DefaultPolicy\/Resource$/,
    reason: 'objects of one bucket, whose keys begin with an application that is not known before',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:.*:execution:[a-z-]+(?:\/\*)?:\*\]$/,
    where: /\/Role\/DefaultPolicy\/Resource$/,
    reason: 'executions of one machine, whose names are those of the applications they work on',
  },
  {
    finding: /^AwsSolutions-IAM4\[/,
    where: /\/RestApi\/CloudWatchRole\/Resource$/,
    reason: 'the role by which API Gateway writes its logs, with the policy AWS asks for',
  },
  {
    finding: /^AwsSolutions-COG4$/,
    where: /\/RestApi\//,
    reason:
      'operators bring their own OIDC issuer, partners their keys, both through Lambda authorisers: there are no user pools in the China partition',
  },
  {
    finding: /^AwsSolutions-APIG4$/,
    where: /\/(?:v1\/openapi\.json\/GET|callbacks\/[a-z-]+\/POST)\/Resource$/,
    reason: 'the description is public; callbacks are signed, and their handlers check it',
  },
  {
    finding: /^AwsSolutions-APIG2$/,
    where: /\/RestApi\/Resource$/,
    reason:
      'handlers check every part of a request by the schema the description is made from, and answer in problem+json with the place that is wrong',
  },
  {
    finding: /^AwsSolutions-APIG3$/,
    where: /\/DeploymentStage\.live\/Resource$/,
    reason: 'which web ACL belongs before it is the account’s policy; the stage throttles',
  },
  {
    finding: /^AwsSolutions-S1$/,
    where: /^Data\/(?:Documents|Contracts)\/Resource$/,
    reason:
      'who got which address is in the audit chain and in the log of the API; data events of CloudTrail are the account’s policy',
  },
  {
    finding: /^AwsSolutions-SMG4$/,
    where: /^Data\/ProviderSecret\/Resource$/,
    reason:
      'the keys are the providers’ to issue: docs/runbooks/rotation-and-erasure.md says how they are changed',
  },
  {
    finding: /^(?:AwsSolutions-SQS3|Serverless-SQSRedrivePolicy)$/,
    where: /\/DeadLetters\/Resource$/,
    reason: 'it is a dead-letter queue: destinations and schedules put messages in, no queue does',
  },
  {
    finding: /^Serverless-LambdaDLQ$/,
    where: /\/Function\/Resource$/,
    reason:
      'called by a machine or the gateway, which hear of every failure; what is called by events has a failure destination, which the rule does not look at',
  },
];
