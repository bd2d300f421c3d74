import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './constructs/repository-root.ts';

export interface SynthesisOptions {
  readonly stage: string;
}

/**
 * Answers the paths of the templates, without code, in order of dependency. The construct library takes a second to load
 * and run, so the templates of an unchanged definition are found again by the hash of all that they are made from.
 */
export async function synthesise(
  outdir: string,
  { stage }: SynthesisOptions,
): Promise<readonly string[]> {
  const directory = join(outdir, definitionHash(stage));
  const list = join(directory, 'templates.json');
  if (existsSync(list)) return readList(list);

  const { assembleTemplates } = await import('./assemble-templates.ts');
  const partial = `${directory}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const names = assembleTemplates(partial, stage);
  writeFileSync(join(partial, 'templates.json'), JSON.stringify(names));
  // All or nothing: a process killed half-way leaves no templates that look complete.
  try {
    renameSync(partial, directory);
  } catch (error) {
    // Another process made the same templates at the same time, and was first.
    if (!existsSync(list)) throw error;
    rmSync(partial, { recursive: true });
  }
  return names.map((name) => join(directory, name));
}

function readList(list: string): readonly string[] {
  const names: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(names)) throw new Error(`${list} is not a list of templates`);
  return names.map((name) => join(list, '..', String(name)));
}

/** Changes with the definition, the machines and the construct library. */
function definitionHash(stage: string): string {
  const hash = createHash('sha256').update(stage);
  const sources = globSync(
    ['cdk.json', 'package.json', 'package-lock.json', 'lib/**/*.ts', 'statemachines/*.asl.json'],
    { cwd: repositoryRoot },
  );
  for (const source of sources.sort())
    hash.update(`\n${source}\n`).update(readFileSync(join(repositoryRoot, source)));
  return hash.digest('hex').slice(0, 16);
}
