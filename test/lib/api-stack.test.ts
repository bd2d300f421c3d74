import { describe, expect, it } from 'vitest';
import { routes } from '#lib/routes.ts';
import { functionsBehind, synthesised, type Json } from './synthesised.ts';

const cloud = synthesised();
const resources = cloud.ofType('AWS::ApiGateway::Resource');
const methods = cloud.ofType('AWS::ApiGateway::Method').map(({ properties }) => ({
  properties,
  request: `${String(properties['HttpMethod'])} ${pathOf(properties['ResourceId'])}`,
}));

function pathOf(reference: unknown): string {
  const { Ref: id } = reference as { Ref?: string };
  const resource = resources.find(({ logicalId }) => logicalId === id);
  if (resource === undefined) return '';
  return `${pathOf(resource.properties['ParentId'])}/${String(resource.properties['PathPart'])}`;
}

describe('routes', () => {
  it('are those of the table and no others', () => {
    expect(methods.map(({ request }) => request).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it('are open only for the description of the API and for callbacks, which are signed', () => {
    const open = methods.filter(({ properties }) => properties['AuthorizationType'] === 'NONE');
    expect(open.map(({ request }) => request).sort()).toEqual([
      'GET /v1/openapi.json',
      'POST /callbacks/compensations',
      'POST /callbacks/debits',
      'POST /callbacks/messages',
      'POST /callbacks/payouts',
      'POST /callbacks/receipts',
      'POST /callbacks/signatures',
    ]);
  });

  it.each(routes.filter(({ authoriser }) => authoriser === 'Partner' || authoriser === 'Operator'))(
    '$method $path lets in whom $authoriser lets in',
    ({ method, path, authoriser }) => {
      const found = methods.find(({ request }) => request === `${method} ${path}`);
      expect(found?.properties['AuthorizationType']).toBe('CUSTOM');
      expect(JSON.stringify(found?.properties['AuthorizerId'])).toContain(
        `${authoriser}Authoriser`,
      );
    },
  );

  it.each(routes)('$method $path reaches $entry', ({ method, path, entry }) => {
    const found = methods.find(({ request }) => request === `${method} ${path}`);
    const integration = found?.properties['Integration'] as Json;
    const [target] = functionsBehind(cloud, integration['Uri']);
    expect(integration['Type']).toBe('AWS_PROXY');
    expect(target?.metadata['zhudai:entry']).toBe(entry);
  });

  it('keep partners under /v1, operators under /ops and providers under /callbacks', () => {
    const prefixes = { Partner: '/v1/', None: '/v1/', Operator: '/ops/', Callback: '/callbacks/' };
    for (const { path, authoriser } of routes)
      expect(path.startsWith(prefixes[authoriser])).toBe(true);
  });
});

describe('what the gateway may call', () => {
  const [nested, ...others] = cloud.ofType('AWS::CloudFormation::Stack');
  const told = nested?.properties['Parameters'] as Record<string, unknown>;
  const permissions = cloud
    .ofType('AWS::Lambda::Permission')
    .filter(({ stack }) => stack === 'Api/Api/Permissions')
    .map(({ properties }) => ({ properties, functionName: behindParameter(properties) }));

  /** A nested stack hears of what its parent holds by parameters. */
  function behindParameter({ FunctionName }: Json): unknown {
    const { Ref: parameter = '' } = FunctionName as { Ref?: string };
    return told[parameter] ?? FunctionName;
  }

  it('is what is behind the routes, each function once', () => {
    expect(others).toEqual([]);
    const entries = permissions.map(({ functionName }) => {
      const [target] = functionsBehind(cloud, functionName);
      return target?.metadata['zhudai:entry'];
    });
    expect(entries.sort()).toEqual(routes.map(({ entry }) => entry).sort());
  });

  it('is called by the live stage of this API alone', () => {
    for (const { properties } of permissions) {
      expect(properties).toMatchObject({
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      });
      const {
        'Fn::Join': [, parts],
      } = properties['SourceArn'] as {
        'Fn::Join': [string, unknown[]];
      };
      const [service, , , , , api, path] = parts.slice(2);
      expect([service, path]).toEqual([':execute-api:', '/live/*/*']);
      expect(told[(api as { Ref: string }).Ref]).toEqual({
        Ref: expect.stringMatching(/^ApiRestApi[0-9A-F]{8}$/) as string,
      });
    }
  });

  it('is settled before a route is live', () => {
    const [deployment] = cloud.ofType('AWS::ApiGateway::Deployment');
    expect(deployment?.declaration['DependsOn']).toContain(nested?.logicalId);
  });
});

describe('authorisers', () => {
  it('see the whole request, ask for the header and remember for five minutes', () => {
    const authorisers = cloud.ofType('AWS::ApiGateway::Authorizer');
    expect(authorisers).toHaveLength(2);
    for (const { properties } of authorisers)
      expect(properties).toMatchObject({
        Type: 'REQUEST',
        IdentitySource: 'method.request.header.Authorization',
        AuthorizerResultTtlInSeconds: 300,
      });
  });
});

describe('what the gateway answers itself', () => {
  const responses = cloud
    .ofType('AWS::ApiGateway::GatewayResponse')
    .map(({ properties }) => properties);

  it.each([
    { type: 'UNAUTHORIZED', status: 401, code: 'Unauthorized' },
    { type: 'ACCESS_DENIED', status: 403, code: 'Forbidden' },
    { type: 'MISSING_AUTHENTICATION_TOKEN', status: 404, code: 'NotFound' },
    { type: 'RESOURCE_NOT_FOUND', status: 404, code: 'NotFound' },
    { type: 'REQUEST_TOO_LARGE', status: 413, code: 'PayloadTooLarge' },
    { type: 'UNSUPPORTED_MEDIA_TYPE', status: 415, code: 'UnsupportedMediaType' },
    { type: 'THROTTLED', status: 429, code: 'TooManyRequests' },
    { type: 'INTEGRATION_TIMEOUT', status: 503, code: 'Unavailable' },
    { type: 'INTEGRATION_FAILURE', status: 503, code: 'Unavailable' },
    { type: 'DEFAULT_4XX', status: 400, code: 'InvalidInput' },
    { type: 'DEFAULT_5XX', status: 500, code: 'InternalError' },
  ])('is $status $code for $type', ({ type, status, code }) => {
    const found = responses.find(({ ResponseType }) => ResponseType === type);
    const templates = found?.['ResponseTemplates'] as Record<string, string>;
    expect(found?.['StatusCode']).toBe(String(status));
    expect(JSON.parse(templates['application/json'] ?? 'null')).toMatchObject({
      type: `https://zhudai.dev/problems/${code}`,
      status,
      code,
    });
  });

  it('is problem+json, whatever it is', () => {
    for (const { ResponseParameters } of responses)
      expect(ResponseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
      });
  });
});

describe('the stage', () => {
  const [stage] = cloud.ofType('AWS::ApiGateway::Stage');

  it('writes who asked for what, and never a body', () => {
    const { Format } = stage?.properties['AccessLogSetting'] as { Format: string };
    expect(Object.keys(JSON.parse(Format) as Json)).toEqual(
      expect.arrayContaining(['requestId', 'route', 'status', 'partnerId', 'operatorId']),
    );
    const [settings] = stage?.properties['MethodSettings'] as Json[];
    expect(settings).toMatchObject({ DataTraceEnabled: false, LoggingLevel: 'ERROR' });
  });

  it('is throttled', () => {
    const [settings] = stage?.properties['MethodSettings'] as Json[];
    expect(settings).toMatchObject({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 });
  });
});
