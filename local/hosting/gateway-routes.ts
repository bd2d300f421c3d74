import * as z from 'zod';
import { UnsupportedTemplate, type Assembly } from './template.ts';

/** Who has to let a request in before its function sees it. */
export interface Authorizer {
  readonly id: string;
  readonly functionArn: string;
  readonly kind: 'REQUEST' | 'TOKEN';
  /** Names of the headers whose values are the identity, in lower case. */
  readonly identityHeaders: readonly string[];
  readonly cacheSeconds: number;
}

export interface Route {
  readonly method: string;
  /** As declared: `/v1/applications/{applicationId}`. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly functionArn: string;
  readonly authorizer: Authorizer | undefined;
}

/** What the gateway itself answers in one kind of trouble. */
export interface GatewayResponse {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly template: string | undefined;
}

export interface ApiDefinition {
  readonly apiId: string;
  readonly stage: string;
  readonly routes: readonly Route[];
  readonly responses: ReadonlyMap<string, GatewayResponse>;
}

const ResourceProperties = z.object({ ParentId: z.string(), PathPart: z.string() });
const MethodProperties = z.object({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  AuthorizationType: z.string().default('NONE'),
  AuthorizerId: z.string().optional(),
  Integration: z.object({ Type: z.string(), Uri: z.string().default('') }),
});
const AuthorizerProperties = z.object({
  Type: z.enum(['REQUEST', 'TOKEN']),
  AuthorizerUri: z.string(),
  IdentitySource: z.string().default('method.request.header.Authorization'),
  AuthorizerResultTtlInSeconds: z.coerce.number().default(300),
});
const ResponseProperties = z.object({
  ResponseType: z.string(),
  StatusCode: z.coerce.number().optional(),
  ResponseParameters: z.record(z.string(), z.string()).default({}),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
});

/** Reads the REST API of the templates; undefined when there is none. */
export function readApi(assembly: Assembly): ApiDefinition | undefined {
  const [api, second] = assembly.ofType('AWS::ApiGateway::RestApi');
  if (second) throw new UnsupportedTemplate('the one-machine host serves one REST API, not two');
  if (!api) return undefined;
  const [stage] = assembly.ofType('AWS::ApiGateway::Stage');
  return {
    apiId: api.name,
    stage: stage?.name ?? 'local',
    routes: readRoutes(assembly, api.attribute('RootResourceId')),
    responses: readResponses(assembly),
  };
}

function readRoutes(assembly: Assembly, rootId: string): Route[] {
  const paths = new Map([[rootId, '']]);
  const declared = assembly.ofType('AWS::ApiGateway::Resource').map((resource) => ({
    id: resource.ref,
    ...ResourceProperties.parse(resource.properties),
  }));
  const parents = new Map(declared.map((resource) => [resource.id, resource]));
  const pathOf = (id: string): string => {
    const known = paths.get(id);
    if (known !== undefined) return known;
    const resource = parents.get(id);
    if (!resource) throw new UnsupportedTemplate(`no API resource has the id ${id}`);
    const path = `${pathOf(resource.ParentId)}/${resource.PathPart}`;
    paths.set(id, path);
    return path;
  };
  const authorizers = readAuthorizers(assembly);
  return assembly.ofType('AWS::ApiGateway::Method').map(({ properties, logicalId }) => {
    const method = MethodProperties.parse(properties);
    const path = pathOf(method.ResourceId) || '/';
    if (method.Integration.Type !== 'AWS_PROXY')
      throw new UnsupportedTemplate(
        `${logicalId}: the one-machine host knows AWS_PROXY integrations, not ${method.Integration.Type}`,
      );
    if (!['NONE', 'CUSTOM'].includes(method.AuthorizationType))
      throw new UnsupportedTemplate(
        `${logicalId}: the one-machine host does not know ${method.AuthorizationType} authorisation`,
      );
    return {
      method: method.HttpMethod,
      path,
      segments: path.split('/').slice(1),
      functionArn: functionIn(method.Integration.Uri),
      authorizer:
        method.AuthorizerId === undefined ? undefined : authorizers.get(method.AuthorizerId),
    };
  });
}

function readAuthorizers(assembly: Assembly): Map<string, Authorizer> {
  const authorizers = new Map<string, Authorizer>();
  for (const resource of assembly.ofType('AWS::ApiGateway::Authorizer')) {
    const properties = AuthorizerProperties.parse(resource.properties);
    const headers = properties.IdentitySource.split(',').map((source) => {
      const header = /^method\.request\.header\.(.+)$/.exec(source.trim())?.[1];
      if (header === undefined)
        throw new UnsupportedTemplate(`${resource.logicalId}: unknown identity source ${source}`);
      return header.toLowerCase();
    });
    authorizers.set(resource.ref, {
      id: resource.ref,
      functionArn: functionIn(properties.AuthorizerUri),
      kind: properties.Type,
      identityHeaders: headers,
      cacheSeconds: properties.AuthorizerResultTtlInSeconds,
    });
  }
  return authorizers;
}

function readResponses(assembly: Assembly): Map<string, GatewayResponse> {
  const responses = new Map<string, GatewayResponse>();
  for (const { properties } of assembly.ofType('AWS::ApiGateway::GatewayResponse')) {
    const parsed = ResponseProperties.parse(properties);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(parsed.ResponseParameters)) {
      const header = /^gatewayresponse\.header\.(.+)$/.exec(name)?.[1];
      if (header !== undefined) headers[header.toLowerCase()] = value.replace(/^'(.*)'$/, '$1');
    }
    const [template] = Object.values(parsed.ResponseTemplates);
    responses.set(parsed.ResponseType, { status: parsed.StatusCode, headers, template });
  }
  return responses;
}

function functionIn(uri: string): string {
  const arn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1];
  if (arn === undefined) throw new UnsupportedTemplate(`no function in the integration ${uri}`);
  return arn;
}

/** A route and what its path's variables are. */
export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Node {
  readonly fixed: Map<string, Node>;
  variable: { name: string; node: Node } | undefined;
  greedy: { name: string; node: Node } | undefined;
  readonly methods: Map<string, Route>;
}

/** Finds the route of a path: fixed segments before variables, variables before `{proxy+}`, as API Gateway does. */
export class RouteTree {
  readonly #root: Node = newNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      let node = this.#root;
      for (const segment of route.segments) node = childFor(node, segment);
      node.methods.set(route.method, route);
    }
  }

  /** The routes of a path by method, or undefined when nothing is there. */
  find(
    path: string,
  ): { methods: ReadonlyMap<string, Route>; values: Map<string, string> } | undefined {
    const segments = path.split('/').slice(1);
    if (segments.length > 1 && segments.at(-1) === '') segments.pop();
    return search(this.#root, segments, 0);
  }
}

function search(
  node: Node,
  segments: readonly string[],
  at: number,
): { methods: ReadonlyMap<string, Route>; values: Map<string, string> } | undefined {
  const segment = segments[at];
  if (segment === undefined)
    return node.methods.size > 0 ? { methods: node.methods, values: new Map() } : undefined;
  const fixed = node.fixed.get(segment);
  const found = fixed && search(fixed, segments, at + 1);
  if (found) return found;
  if (node.variable && segment !== '') {
    const inner = search(node.variable.node, segments, at + 1);
    inner?.values.set(node.variable.name, decoded(segment));
    if (inner) return inner;
  }
  if (!node.greedy) return undefined;
  const rest = segments.slice(at).map(decoded).join('/');
  return { methods: node.greedy.node.methods, values: new Map([[node.greedy.name, rest]]) };
}

function childFor(node: Node, segment: string): Node {
  const variable = /^\{([^}+]+)(\+?)\}$/.exec(segment);
  if (!variable) {
    const known = node.fixed.get(segment) ?? newNode();
    node.fixed.set(segment, known);
    return known;
  }
  const [, name = '', plus] = variable;
  const kind = plus === '+' ? 'greedy' : 'variable';
  node[kind] ??= { name, node: newNode() };
  return node[kind].node;
}

function newNode(): Node {
  return { fixed: new Map(), variable: undefined, greedy: undefined, methods: new Map() };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
