import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  AwsIntegration,
  EndpointType,
  IdentitySource,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  ResponseType,
  RestApi,
  type IAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../routes.ts';
import { Alarm } from './alarm.ts';
import { GatewayPermissions } from './gateway-permissions.ts';
import { HouseStack } from './house-stack.ts';
import { LOG_RETENTION, type WorkflowFunction } from './workflow-function.ts';

export interface ApiProps {
  readonly authorisePartner: WorkflowFunction;
  readonly authoriseOperator: WorkflowFunction;
}

interface Refusal {
  readonly type: ResponseType;
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

/** What the gateway answers itself, in the words the handlers use. Unknown paths and methods are `MISSING_AUTHENTICATION_TOKEN`. */
const refusals: readonly Refusal[] = [
  ...[ResponseType.UNAUTHORIZED, ResponseType.EXPIRED_TOKEN, ResponseType.INVALID_SIGNATURE].map(
    (type) => ({ type, status: 401, code: 'Unauthorized', title: 'No valid credentials' }),
  ),
  ...[ResponseType.ACCESS_DENIED, ResponseType.WAF_FILTERED, ResponseType.INVALID_API_KEY].map(
    (type) => ({ type, status: 403, code: 'Forbidden', title: 'Not allowed' }),
  ),
  ...[ResponseType.MISSING_AUTHENTICATION_TOKEN, ResponseType.RESOURCE_NOT_FOUND].map((type) => ({
    type,
    status: 404,
    code: 'NotFound',
    title: 'Not found',
  })),
  ...[ResponseType.THROTTLED, ResponseType.QUOTA_EXCEEDED].map((type) => ({
    type,
    status: 429,
    code: 'TooManyRequests',
    title: 'Too many requests',
  })),
  ...[ResponseType.INTEGRATION_FAILURE, ResponseType.INTEGRATION_TIMEOUT].map((type) => ({
    type,
    status: 503,
    code: 'Unavailable',
    title: 'Not available for the moment',
  })),
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'PayloadTooLarge',
    title: 'The body is larger than 64 KB',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: 415,
    code: 'UnsupportedMediaType',
    title: 'The body must be application/json',
  },
  {
    type: ResponseType.DEFAULT_4XX,
    status: 400,
    code: 'InvalidInput',
    title: 'The request does not fit its schema',
  },
  {
    type: ResponseType.DEFAULT_5XX,
    status: 500,
    code: 'InternalError',
    title: 'Something is wrong on our side',
  },
];

const STAGE_NAME = 'live';

/** How long a credential that was let in stays let in without being looked at again. */
const AUTHORISER_CACHE = Duration.seconds(300);

/** The REST API: every route behind its authoriser, every refusal in problem+json. */
export class Api extends Construct {
  readonly url: string;
  readonly #restApi: RestApi;
  readonly #permissions: GatewayPermissions;
  readonly #authorisers: Readonly<Record<'Partner' | 'Operator', IAuthorizer>>;
  readonly #added = new Set<Route>();

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const stack = HouseStack.of(this);
    this.#authorisers = {
      Partner: this.#authoriser('PartnerAuthoriser', props.authorisePartner),
      Operator: this.#authoriser('OperatorAuthoriser', props.authoriseOperator),
    };
    const removalPolicy = stack.settings.isDisposable
      ? RemovalPolicy.DESTROY
      : RemovalPolicy.RETAIN;
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: LOG_RETENTION,
      removalPolicy,
    });
    this.#restApi = new RestApi(this, 'RestApi', {
      restApiName: stack.stackName,
      description: 'Partners, operators and the callbacks of providers',
      // Edge-optimised endpoints do not exist in the China partition.
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: removalPolicy,
      deployOptions: {
        stageName: STAGE_NAME,
        tracingEnabled: !stack.isChina,
        throttlingRateLimit: 200,
        throttlingBurstLimit: 400,
        metricsEnabled: true,
        // Errors only, and never the bodies: they hold personal data.
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat,
      },
    });
    this.url = this.#restApi.url;
    this.#permissions = new GatewayPermissions(this, 'Permissions', {
      restApi: this.#restApi,
      stageName: STAGE_NAME,
    });
    // No route is live before the gateway may call what is behind it.
    this.#restApi.latestDeployment?.node.addDependency(this.#permissions);
    for (const each of refusals) this.#refuse(each);
    new Alarm(this, 'ServerErrors', {
      metric: this.#restApi.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      impact: 'partners and operators get errors instead of answers',
    });
  }

  /** A route that is in the table and leads nowhere stops the synthesis. */
  assertComplete(table: readonly Route[]): void {
    const missing = table.filter((route) => !this.#added.has(route));
    if (missing.length > 0)
      throw new Error(
        `nothing says what may be used by ${missing.map(({ entry }) => entry).join(', ')}`,
      );
  }

  /** Adds one route of the table. */
  addRoute(route: Route, target: WorkflowFunction): void {
    this.#added.add(route);
    this.#permissions.add(target);
    // The library's own integration with a function gives a permission as well, in this stack.
    const integration = new AwsIntegration({
      service: 'lambda',
      proxy: true,
      path: `2015-03-31/functions/${target.functionArn}/invocations`,
    });
    const resource = this.#restApi.root.resourceForPath(route.path);
    if (route.authoriser === 'Partner' || route.authoriser === 'Operator') {
      const authorizer = this.#authorisers[route.authoriser];
      resource.addMethod(route.method, integration, {
        authorizer,
        authorizationType: AuthorizationType.CUSTOM,
      });
      return;
    }
    resource.addMethod(route.method, integration, { authorizationType: AuthorizationType.NONE });
  }

  #authoriser(id: string, handler: WorkflowFunction): IAuthorizer {
    return new RequestAuthorizer(this, id, {
      handler: handler.live,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: AUTHORISER_CACHE,
    });
  }

  #refuse({ type, status, code, title }: Refusal): void {
    this.#restApi.addGatewayResponse(`${constructWord(type.responseType)}Response`, {
      type,
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        'Cache-Control': "'no-store'",
      },
      templates: {
        'application/json': JSON.stringify({
          type: `https://zhudai.dev/problems/${code}`,
          title,
          status,
          code,
        }),
      },
    });
  }
}

/** Who asked for what and what came of it; ids only. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    at: AccessLogField.contextRequestTimeEpoch(),
    sourceIp: AccessLogField.contextIdentitySourceIp(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextResourcePath(),
    path: AccessLogField.contextPath(),
    status: AccessLogField.contextStatus(),
    latencyMs: AccessLogField.contextResponseLatency(),
    partnerId: AccessLogField.contextAuthorizer('partnerId'),
    operatorId: AccessLogField.contextAuthorizer('operatorId'),
    error: AccessLogField.contextErrorResponseType(),
  }),
);

/** `REQUEST_TOO_LARGE` is the construct `RequestTooLarge`. */
function constructWord(responseType: string): string {
  return responseType
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}
