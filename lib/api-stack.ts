import { CfnOutput, CfnParameter, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CallbacksStack } from './callbacks-stack.ts';
import { uses } from './constructs/access.ts';
import { Api } from './constructs/api.ts';
import { HouseStack, type HouseStackProps } from './constructs/house-stack.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';
import type { OperatorsStack } from './operators-stack.ts';
import { PartnerApi } from './partner-api.ts';
import type { RiskStack } from './risk-stack.ts';
import { routes } from './routes.ts';

export interface ApiStackProps extends HouseStackProps {
  readonly data: DataStack;
  readonly operators: OperatorsStack;
  readonly callbacks: CallbacksStack;
  readonly risk: RiskStack;
}

/** A caller waits for it before anything else happens. */
const AUTHORISER_TIMEOUT = Duration.seconds(10);

/**
 * Everything asked over HTTP. Apart from the workflows because one stack may hold 500 resources: a route takes seven for its
 * function, two or three for path and method, and one in the nested stack of permissions (ADR 079).
 */
export class ApiStack extends HouseStack {
  constructor(
    scope: Construct,
    id: string,
    { data, operators, callbacks, risk, ...props }: ApiStackProps,
  ) {
    super(scope, id, { ...props, alarmTopic: data.alarms });
    const issuer = this.#parameter(
      'OidcIssuer',
      'Issuer of the tokens of operators',
      'https://issuer.invalid',
    );
    const audience = this.#parameter(
      'OidcAudience',
      'Audience of the tokens of operators',
      'zhudai',
    );
    const api = new Api(this, 'Api', {
      authorisePartner: new WorkflowFunction(this, 'AuthorisePartner', {
        entry: 'functions/partner-api/authorise-partner.ts',
        errorImpact: 'no partner is let in',
        timeout: AUTHORISER_TIMEOUT,
        access: [uses(data.catalog, 'GetItem')],
      }),
      authoriseOperator: new WorkflowFunction(this, 'AuthoriseOperator', {
        entry: 'functions/operator-api/authorise-operator.ts',
        errorImpact: 'no operator is let in',
        timeout: AUTHORISER_TIMEOUT,
        environment: { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience },
      }),
    });
    new PartnerApi(this, 'PartnerApi', { data, api });
    for (const { route, target } of [...operators.routes, ...risk.routes, ...callbacks.routes])
      api.addRoute(route, target);
    api.assertComplete(routes);
    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'OidcIssuerUrl', { value: issuer });
  }

  #parameter(id: string, description: string, defaultValue: string): string {
    return new CfnParameter(this, id, { type: 'String', description, default: defaultValue })
      .valueAsString;
  }
}
