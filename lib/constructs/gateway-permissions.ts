import { Names, NestedStack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { WorkflowFunction } from './workflow-function.ts';

export interface GatewayPermissionsProps {
  readonly restApi: RestApi;
  /** The only stage that may call. */
  readonly stageName: string;
}

/**
 * Lets one API call the functions behind its routes: one permission a function, each by its alias. In a nested stack
 * because one stack may hold 500 resources, and because a permission has no name and keeps nothing: it can be given anew
 * here before the old one is taken away, while everything else stays where it was deployed (ADR 079).
 */
export class GatewayPermissions extends NestedStack {
  readonly #sourceArn: string;

  constructor(scope: Construct, id: string, { restApi, stageName }: GatewayPermissionsProps) {
    super(scope, id, { description: 'What API Gateway may call' });
    this.#sourceArn = restApi.arnForExecuteApi('*', '/*', stageName);
  }

  /** Lets the stage call this function, by whatever method and path. */
  add(target: WorkflowFunction): void {
    new CfnPermission(this, Names.nodeUniqueId(target.node), {
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      functionName: target.functionArn,
      sourceArn: this.#sourceArn,
    });
  }
}
