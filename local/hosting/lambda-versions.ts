import { errorAnswer, jsonAnswer, type AwsAnswer, type AwsRequest } from './aws-request.ts';
import { ONLY_VERSION } from './identity.ts';

/** A function as the list of its versions shows it. */
export interface VersionedFunction {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Description: string;
}

export interface FunctionAlias {
  readonly functionName: string;
  readonly name: string;
}

/**
 * Versions and aliases of functions. One machine runs the sources as they are, so that there is one version of each; an
 * alias may be pointed at that version, and at no other. `undefined`: the path is none of theirs.
 */
export function answerVersions(
  { method, path, body }: AwsRequest,
  known: {
    readonly find: (name: string) => VersionedFunction | undefined;
    readonly aliases: readonly FunctionAlias[];
  },
): AwsAnswer | undefined {
  const [, encodedName, list, aliasName] =
    /^\/2015-03-31\/functions\/([^/]+)\/(versions|aliases)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (encodedName === undefined) return undefined;
  const target = known.find(decodeURIComponent(encodedName));
  if (!target) return notFound(`Function not found: ${encodedName}`);
  if (list === 'versions')
    return jsonAnswer(200, {
      Versions: ['$LATEST', ONLY_VERSION].map((Version) => ({ ...target, Version })),
    });
  const aliases = known.aliases
    .filter(({ functionName }) => functionName === target.FunctionName)
    .map(({ name }) => ({
      AliasArn: `${target.FunctionArn}:${name}`,
      Name: name,
      FunctionVersion: ONLY_VERSION,
    }));
  if (aliasName === undefined) return jsonAnswer(200, { Aliases: aliases });
  const alias = aliases.find(({ Name }) => Name === decodeURIComponent(aliasName));
  if (!alias) return notFound(`Cannot find alias arn: ${target.FunctionArn}:${aliasName}`);
  if (method === 'PUT' && wantedVersion(body) !== ONLY_VERSION)
    return notFound(`Function not found: ${target.FunctionArn}:${wantedVersion(body)}`);
  return jsonAnswer(200, alias);
}

function wantedVersion(body: Buffer): string {
  const wish: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  const isWish = typeof wish === 'object' && wish !== null && 'FunctionVersion' in wish;
  return isWish ? String(wish.FunctionVersion) : ONLY_VERSION;
}

function notFound(message: string): AwsAnswer {
  return errorAnswer(404, 'ResourceNotFoundException', message);
}
