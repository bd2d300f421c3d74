import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ACCOUNT_ID, ignoredTypes, namings, PARTITION, REGION, type Naming } from './identity.ts';

/** A resource of the synthesised templates with every reference in its properties followed. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly name: string;
  readonly ref: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  attribute(name: string): string;
}

const Template = z.object({
  Resources: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Condition: z.string().optional(),
        Properties: z.record(z.string(), z.unknown()).default({}),
        Metadata: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default({}),
  Parameters: z
    .record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
  Mappings: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())))
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
});
type Template = z.infer<typeof Template>;

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** What the templates say in a way the host cannot follow. */
export class UnsupportedTemplate extends Error {
  override readonly name = 'UnsupportedTemplate';
}

const NESTED_STACK = 'AWS::CloudFormation::Stack';

function unknownType(stack: string, logicalId: string, type: string): UnsupportedTemplate {
  return new UnsupportedTemplate(
    `${stack}/${logicalId}: the one-machine host does not know the type ${type}`,
  );
}

/** One value computed from the templates: `undefined` stands for `AWS::NoValue`. */
type Value = unknown;

interface Stack {
  readonly name: string;
  readonly template: Template;
}

/** The whole cloud assembly: every stack's resources, with references between stacks followed. */
export class Assembly {
  readonly resources: readonly Resource[];
  readonly #stacks: readonly Stack[];
  readonly #parameters: Readonly<Record<string, string>>;
  readonly #assets = new Map<string, string>();
  readonly #names = new Map<string, string>();

  constructor(directory: string, parameters: Readonly<Record<string, string>> = {}) {
    this.#parameters = parameters;
    const manifest = Manifest.parse(readJson(join(directory, 'manifest.json')));
    const stacks: Stack[] = [];
    for (const [id, artifact] of Object.entries(manifest.artifacts)) {
      const { templateFile, stackName, file } = artifact.properties ?? {};
      if (artifact.type === 'cdk:asset-manifest' && file) this.#readAssets(directory, file);
      if (artifact.type === 'aws:cloudformation:stack' && templateFile)
        stacks.push({
          name: stackName ?? id,
          template: Template.parse(readJson(join(directory, templateFile))),
        });
    }
    this.#stacks = stacks;
    this.resources = stacks.flatMap((stack) => this.#resourcesOf(stack));
  }

  ofType(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The local file that would be uploaded under this key. */
  assetPath(objectKey: string): string {
    const path = this.#assets.get(objectKey);
    if (path === undefined) throw new UnsupportedTemplate(`no asset has the key ${objectKey}`);
    return path;
  }

  #readAssets(directory: string, file: string): void {
    const { files } = AssetManifest.parse(readJson(join(directory, file)));
    for (const { source, destinations } of Object.values(files))
      for (const { objectKey } of Object.values(destinations))
        if (source.path) this.#assets.set(objectKey, join(directory, source.path));
  }

  #resourcesOf(stack: Stack): Resource[] {
    const found: Resource[] = [];
    for (const [logicalId, declared] of Object.entries(stack.template.Resources)) {
      const { Type: type, Condition: condition } = declared;
      if (condition !== undefined && !this.#isMet(stack, condition)) continue;
      if (ignoredTypes.has(type)) continue;
      if (type === NESTED_STACK) {
        this.#checkNested(stack, logicalId);
        continue;
      }
      if (!(type in namings)) throw unknownType(stack.name, logicalId, type);
      found.push(this.#resource(stack, logicalId));
    }
    return found;
  }

  /** A nested stack is left out whole, so it may hold nothing but what changes nothing here. */
  #checkNested(stack: Stack, logicalId: string): void {
    const properties = stack.template.Resources[logicalId]?.Properties;
    const url = String(this.#resolve(stack, properties?.['TemplateURL']));
    const file = this.assetPath(url.slice(url.lastIndexOf('/') + 1));
    for (const [nestedId, { Type: type }] of Object.entries(
      Template.parse(readJson(file)).Resources,
    ))
      if (!ignoredTypes.has(type))
        throw unknownType(`${stack.name}/${logicalId}`, nestedId, `${type} in a nested stack`);
  }

  #resource(stack: Stack, logicalId: string): Resource {
    const declared = stack.template.Resources[logicalId];
    const resolve = (): Record<string, unknown> =>
      (this.#resolve(stack, declared?.Properties ?? {}) ?? {}) as Record<string, unknown>;
    let properties: Record<string, unknown> | undefined;
    return {
      stack: stack.name,
      logicalId,
      type: declared?.Type ?? '',
      metadata: declared?.Metadata ?? {},
      name: this.#nameOf(stack, logicalId),
      ref: this.#ref(stack, logicalId) as string,
      get properties() {
        return (properties ??= resolve());
      },
      attribute: (name) => this.#attribute(stack, logicalId, name),
    };
  }

  #nameOf(stack: Stack, logicalId: string): string {
    const key = `${stack.name}/${logicalId}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const declared = stack.template.Resources[logicalId];
    const naming = namings[declared?.Type ?? ''];
    const given =
      naming?.nameProperty === undefined ? undefined : declared?.Properties[naming.nameProperty];
    const fixed = given === undefined ? undefined : this.#resolve(stack, given);
    const name = typeof fixed === 'string' ? fixed : `${stack.name}-${logicalId}`;
    const physical = declared?.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
    this.#names.set(key, physical);
    return physical;
  }

  #resolve(stack: Stack, value: Value): Value {
    if (Array.isArray(value))
      return value
        .map((entry) => this.#resolve(stack, entry))
        .filter((entry) => entry !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::')))
      return this.#intrinsic(stack, first[0], first[1]);
    const resolved: Record<string, unknown> = {};
    for (const [key, entry] of entries) {
      const result = this.#resolve(stack, entry);
      if (result !== undefined) resolved[key] = result;
    }
    return resolved;
  }

  #intrinsic(stack: Stack, name: string, argument: Value): Value {
    switch (name) {
      case 'Ref':
        return this.#ref(stack, String(argument));
      case 'Fn::GetAtt':
        return this.#getAtt(stack, argument);
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, Value];
        return (this.#resolve(stack, parts) as Value[]).map(String).join(separator);
      }
      case 'Fn::Sub':
        return this.#substitute(stack, argument);
      case 'Fn::Select': {
        const [index, list] = this.#resolve(stack, argument) as [number | string, Value[]];
        return list[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = this.#resolve(stack, argument) as [string, string];
        return text.split(separator);
      }
      case 'Fn::ImportValue':
        return this.#imported(String(this.#resolve(stack, argument)));
      case 'Fn::If': {
        const [condition, whenMet, otherwise] = argument as [string, Value, Value];
        return this.#resolve(stack, this.#isMet(stack, condition) ? whenMet : otherwise);
      }
      case 'Fn::FindInMap': {
        const [map, top, second] = this.#resolve(stack, argument) as [string, string, string];
        return this.#resolve(stack, stack.template.Mappings[map]?.[top]?.[second]);
      }
      case 'Fn::Base64':
        return Buffer.from(String(this.#resolve(stack, argument))).toString('base64');
      case 'Fn::GetStackOutput':
      case 'Fn::GetAZs':
      default:
        throw new UnsupportedTemplate(`${stack.name}: the one-machine host does not know ${name}`);
    }
  }

  #ref(stack: Stack, id: string): Value {
    if (id.startsWith('AWS::')) return pseudoParameter(stack, id);
    const parameter = stack.template.Parameters[id];
    if (parameter) return this.#parameters[id] ?? parameter.Default ?? '';
    const resource = stack.template.Resources[id];
    if (!resource) throw new UnsupportedTemplate(`${stack.name}: nothing is called ${id}`);
    const name = this.#nameOf(stack, id);
    return namings[resource.Type]?.ref?.(name, this.#baseOf(stack, id)) ?? name;
  }

  #getAtt(stack: Stack, argument: Value): Value {
    const [id, attribute] = Array.isArray(argument)
      ? [String(argument[0]), String(argument[1])]
      : splitOnce(String(argument), '.');
    return this.#attribute(stack, id, attribute);
  }

  #attribute(stack: Stack, id: string, attribute: string): string {
    const type = stack.template.Resources[id]?.Type;
    if (type === undefined) throw new UnsupportedTemplate(`${stack.name}: nothing is called ${id}`);
    const name = this.#nameOf(stack, id);
    const naming: Naming | undefined = namings[type];
    // What is not built here (a role, a key) is only ever passed on by name.
    if (!naming) return `${id}.${attribute}`;
    const compute = naming.attributes[attribute];
    if (!compute)
      throw new UnsupportedTemplate(
        `${stack.name}/${id}: the one-machine host does not know ${attribute} of ${type}`,
      );
    return compute(name, this.#baseOf(stack, id));
  }

  /** The name or ARN of what a version or an alias is of. */
  #baseOf(stack: Stack, id: string): string {
    const resource = stack.template.Resources[id];
    const base = resource && namings[resource.Type]?.base?.(resource.Properties);
    return base === undefined ? '' : String(this.#resolve(stack, base));
  }

  #substitute(stack: Stack, argument: Value): string {
    const [text, given] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, Value>,
    ];
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, id: string) => {
      if (literal) return `\${${id}}`;
      if (id in given) return String(this.#resolve(stack, given[id]));
      return String(id.includes('.') ? this.#getAtt(stack, id) : this.#ref(stack, id));
    });
  }

  #imported(name: string): Value {
    for (const stack of this.#stacks)
      for (const { Value: value, Export: exported } of Object.values(stack.template.Outputs))
        if (exported && this.#resolve(stack, exported.Name) === name)
          return this.#resolve(stack, value);
    throw new UnsupportedTemplate(`no stack exports ${name}`);
  }

  #isMet(stack: Stack, name: string): boolean {
    return this.#test(stack, stack.template.Conditions[name]);
  }

  #test(stack: Stack, condition: Value): boolean {
    const [[name, argument] = ['', undefined]] = Object.entries(condition ?? {}) as [
      string,
      Value,
    ][];
    const list = (): Value[] => argument as Value[];
    switch (name) {
      case 'Fn::Equals': {
        const [left, right] = this.#resolve(stack, argument) as [Value, Value];
        return left === right;
      }
      case 'Fn::Not':
        return !this.#test(stack, list()[0]);
      case 'Fn::And':
        return list().every((entry) => this.#test(stack, entry));
      case 'Fn::Or':
        return list().some((entry) => this.#test(stack, entry));
      case 'Condition':
        return this.#isMet(stack, String(argument));
      default:
        throw new UnsupportedTemplate(
          `${stack.name}: unknown condition ${JSON.stringify(condition)}`,
        );
    }
  }
}

function pseudoParameter(stack: Stack, id: string): Value {
  switch (id) {
    case 'AWS::Partition':
      return PARTITION;
    case 'AWS::Region':
      return REGION;
    case 'AWS::AccountId':
      return ACCOUNT_ID;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::StackId':
      return `arn:${PARTITION}:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stack.name}/local`;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return undefined;
    default:
      throw new UnsupportedTemplate(`${stack.name}: unknown pseudo parameter ${id}`);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
