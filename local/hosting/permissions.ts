import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { splitQualifier } from '../interpreter/publications.ts';
import { ACCOUNT_ID, PARTITION } from './identity.ts';
import type { Assembly, Resource } from './template.ts';

/** One action that a role may do, or has done, with what a pattern of ARNs names. */
export interface Grant {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Only for these versions or aliases of the machine that `resource` names. */
  readonly qualifiers?: readonly string[];
}

/** An action on one resource, as a request is about to do it. */
export interface Use {
  readonly action: string;
  readonly resource: string;
}

/** What IAM answers a role that its policies do not allow what it asked for. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDeniedException';
}

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const PolicyDocument = z.object({
  Statement: z.array(
    z.object({
      Effect: z.literal('Allow'),
      Action: oneOrMore,
      Resource: oneOrMore,
      // The one condition there is: another would be judged as if it were not there.
      Condition: z
        .strictObject({
          'ForAnyValue:StringEquals': z.strictObject({
            'states:StateMachineQualifier': z.array(z.string()),
          }),
        })
        .optional(),
    }),
  ),
});
const Policy = z.object({ PolicyDocument, Roles: z.array(z.string()) });
const Role = z.object({ Policies: z.array(z.object({ PolicyDocument })).default([]) });

/** Whose requests are judged, by where its role stands in the template. */
const roleProperties: Readonly<Record<string, (properties: Resource['properties']) => unknown>> = {
  'AWS::Lambda::Function': ({ Role: role }) => role,
  'AWS::StepFunctions::StateMachine': ({ RoleArn }) => RoleArn,
  'AWS::Scheduler::Schedule': ({ Target }) => (Target as { RoleArn?: unknown }).RoleArn,
};

/** More verdicts than this come from keys of objects, each asked for once. */
const VERDICTS_MAX = 20_000;

/**
 * IAM for the roles of the templates: allows what a policy names and refuses everything else, so that a grant that is
 * missing is missed on this machine already. What was allowed can be written down, to be compared with what was granted.
 */
export class Permissions {
  readonly #grants = new Map<string, { readonly grant: Grant; readonly matches: RegExp }[]>();
  readonly #roles = new Map<string, string>();
  readonly #verdicts = new Map<string, boolean>();
  readonly #record: (use: Grant, isAllowed: boolean) => void;

  constructor(
    assembly: Assembly,
    record: (use: Grant, isAllowed: boolean) => void = () => undefined,
  ) {
    this.#record = record;
    for (const grant of grantsOf(assembly)) {
      const ofRole = this.#grants.get(grant.role) ?? [];
      ofRole.push({ grant, matches: patternOf(grant.resource) });
      this.#grants.set(grant.role, ofRole);
    }
    for (const [type, roleOf] of Object.entries(roleProperties))
      for (const resource of assembly.ofType(type)) {
        const arn = roleOf(resource.properties);
        if (typeof arn === 'string') this.#roles.set(resource.name, roleName(arn));
      }
  }

  /** Why the role of a function, machine or schedule (by name) may not do one of these; undefined when it may do all. */
  refusalOf(principal: string, uses: readonly Use[]): string | undefined {
    const role = this.#roles.get(principal) ?? '';
    for (const { action, resource } of uses) {
      const key = `${role}|${action}|${resource}`;
      if (this.#verdicts.get(key) ?? this.#judge(role, { action, resource }, key)) continue;
      return (
        `User: arn:${PARTITION}:sts::${ACCOUNT_ID}:assumed-role/${role}/${principal} is not authorized to perform: ` +
        `${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
      );
    }
    return undefined;
  }

  /** Throws `AccessDenied` where `refusalOf` has something to say. */
  demand(principal: string, use: Use): void {
    const refusal = this.refusalOf(principal, [use]);
    if (refusal !== undefined) throw new AccessDenied(refusal);
  }

  #judge(role: string, { action, resource }: Use, key: string): boolean {
    const { arn, qualifier } = judgedBy(resource);
    const allowing = (this.#grants.get(role) ?? []).filter(
      ({ grant, matches }) =>
        grant.action === action &&
        matches.test(arn) &&
        (grant.qualifiers === undefined ||
          (qualifier !== undefined && grant.qualifiers.includes(qualifier))),
    );
    for (const { grant } of allowing) this.#record(grant, true);
    if (allowing.length === 0) this.#record({ role, action, resource }, false);
    if (this.#verdicts.size >= VERDICTS_MAX) this.#verdicts.clear();
    this.#verdicts.set(key, allowing.length > 0);
    return allowing.length > 0;
  }
}

/** Everything the templates allow their roles, one action and one pattern at a time. */
export function grantsOf(assembly: Assembly): readonly Grant[] {
  const attached = assembly.ofType('AWS::IAM::Policy').flatMap(({ properties }) => {
    const { PolicyDocument: document, Roles } = Policy.parse(properties);
    return Roles.map((role) => ({ role, document }));
  });
  const inline = assembly.ofType('AWS::IAM::Role').flatMap(({ name, properties }) =>
    Role.parse(properties).Policies.map(({ PolicyDocument: document }) => ({
      role: name,
      document,
    })),
  );
  return [...attached, ...inline].flatMap(({ role, document }) =>
    document.Statement.flatMap(({ Action, Resource, Condition }) => {
      const qualifiers = Condition?.['ForAnyValue:StringEquals']['states:StateMachineQualifier'];
      return Action.flatMap((action) =>
        Resource.map((resource) => ({ role, action, resource, ...(qualifiers && { qualifiers }) })),
      );
    }),
  );
}

/**
 * Writes each use down once, in a file of this process in `directory`. At once, since a platform may be killed in the
 * next moment and what it did counts nevertheless.
 */
export function usesWrittenTo(directory: string): (use: Grant, isAllowed: boolean) => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${process.pid}-${Date.now()}.jsonl`);
  const written = new Set<string>();
  return (use, isAllowed) => {
    const line = JSON.stringify({ ...use, isAllowed });
    if (written.has(line)) return;
    written.add(line);
    appendFileSync(file, `${line}\n`);
  };
}

/** A start by a version or an alias is judged by the machine's own ARN; what was named is a condition. */
function judgedBy(resource: string): { arn: string; qualifier?: string | undefined } {
  if (!resource.includes(':stateMachine:')) return { arn: resource };
  const { stateMachineArn: arn, qualifier } = splitQualifier(resource);
  return { arn, qualifier };
}

function roleName(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

function patternOf(resource: string): RegExp {
  const escaped = resource.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
