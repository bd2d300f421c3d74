import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describeDiagnostics } from './faults.ts';
import { lintMachine } from './house-lint.ts';
import { isJsonObject, type Json } from './json.ts';
import { validateDefinition } from './validate-definition.ts';

/** The part of asl-validator that is used; the package is CommonJS without named exports. */
interface AslValidator {
  (
    definition: unknown,
    options: { checkPaths: boolean; checkArn: boolean },
  ): {
    isValid: boolean;
    errors: readonly { Message?: string; 'Error code'?: string }[];
  };
}

const FOLDER = 'statemachines';
const SUFFIX = '.asl.json';

/** Every fault of one state machine file. */
export function faultsOfMachine(text: string, errorNames: readonly string[]): string[] {
  const resolved = fillTokens(text);
  const diagnostics = validateDefinition(resolved, { type: 'STANDARD', hasServicePort: false });
  if (diagnostics.length > 0) return [describeDiagnostics(diagnostics)];
  const definition = JSON.parse(resolved) as Json;
  if (!isJsonObject(definition)) return ['not a JSON object'];
  const validate = createRequire(import.meta.url)('asl-validator') as AslValidator;
  const { errors } = validate(definition, { checkPaths: true, checkArn: false });
  return [
    ...errors.map((error) => `asl-validator: ${error.Message ?? error['Error code'] ?? 'invalid'}`),
    ...lintMachine(definition, errorNames),
  ];
}

/** CloudFormation fills in `${Token}`s; an ARN of the kind the token's name says stands in for each. */
function fillTokens(text: string): string {
  return text.replaceAll(/\$\{([A-Za-z0-9]+)\}/g, (_, name: string) => {
    if (name.endsWith('FunctionArn'))
      return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    if (name.endsWith('MachineArn'))
      return `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
    return name === 'Partition' ? 'aws' : name;
  });
}

/** The error names the product's own functions throw. */
async function houseErrorNames(): Promise<readonly string[]> {
  const errors = (await import('#domain/shared/errors.ts')) as Record<string, unknown>;
  const names = errors['errorNames'];
  if (Array.isArray(names)) return names.map(String);
  return Object.keys(errors);
}

async function main(): Promise<number> {
  const folder = join(import.meta.dirname, '..', '..', FOLDER);
  const files = await readdir(folder).catch((): string[] => []);
  const errorNames = await houseErrorNames();
  let faultCount = 0;
  for (const file of files.filter((name) => name.endsWith(SUFFIX)).sort()) {
    const faults = faultsOfMachine(await readFile(join(folder, file), 'utf8'), errorNames);
    faultCount += faults.length;
    console.log(`${FOLDER}/${file}: ${faults.length === 0 ? 'valid' : 'faulty'}`);
    for (const fault of faults) console.log(`  ${fault}`);
  }
  return faultCount === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
