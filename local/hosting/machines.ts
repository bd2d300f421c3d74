import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Engine } from '../interpreter/engine.ts';
import { splitQualifier } from '../interpreter/publications.ts';
import type { JsonObject } from '../interpreter/json.ts';
import type { Assembly } from './template.ts';

const MachineProperties = z.object({
  StateMachineType: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
  DefinitionString: z.string().optional(),
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionS3Location: z.object({ Key: z.string() }).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.coerce.string()).default({}),
});

/**
 * Loads the state machines of the template into the interpreter, which refuses what it does not know, and deploys them:
 * a definition that has changed since the last start becomes a version, and the alias of the template leads to it.
 */
export async function createMachines(assembly: Assembly, engine: Engine): Promise<void> {
  const { publications } = engine.machines;
  await publications.load();
  for (const resource of assembly.ofType('AWS::StepFunctions::StateMachine')) {
    const properties = MachineProperties.parse(resource.properties);
    const { DefinitionString, Definition, DefinitionS3Location } = properties;
    const text =
      DefinitionString ??
      (Definition && JSON.stringify(Definition)) ??
      (DefinitionS3Location && readFileSync(assembly.assetPath(DefinitionS3Location.Key), 'utf8'));
    if (text === undefined) throw new Error(`${resource.logicalId} has no definition`);
    const machine = await engine.createStateMachine({
      arn: resource.attribute('Arn'),
      name: resource.name,
      type: properties.StateMachineType,
      definition: JSON.parse(substituted(text, properties.DefinitionSubstitutions)) as JsonObject,
    });
    const alias = assembly
      .ofType('AWS::StepFunctions::StateMachineAlias')
      .find(({ ref }) => splitQualifier(ref).stateMachineArn === machine.stateMachineArn);
    if (alias) await publications.deploy(machine, { alias: alias.name, atMs: engine.clock.now() });
  }
}

function substituted(text: string, substitutions: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{([A-Za-z0-9_.]+)\}/g, (token, name: string) => {
    const value = substitutions[name];
    // Text inside JSON: what stands in it must not end the string.
    return value === undefined ? token : JSON.stringify(value).slice(1, -1);
  });
}
