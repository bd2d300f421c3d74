import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** One output of the stacks, from the file that `cdk deploy --outputs-file` writes. */
export function outputNamed(file: string, name: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} cannot be read: \`cdk deploy --outputs-file ${file}\` writes it`);
  }
  const found = Object.values(Outputs.parse(JSON.parse(text))).flatMap((outputs) => {
    const value = outputs[name];
    return value === undefined ? [] : [value];
  });
  const [value] = found;
  if (value === undefined || found.length > 1)
    throw new Error(`${file} has ${found.length} outputs ${name}: it must be of one deployment`);
  return value;
}
