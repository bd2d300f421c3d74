import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const helps = new Map<string, string>();

/** Asked once: the command line takes a second to start, and both files name the same commands. */
function helpOf(command: readonly string[]): string {
  const key = command.join(' ');
  const known = helps.get(key) ?? askForHelp(command);
  helps.set(key, known);
  return known;
}

function askForHelp(command: readonly string[]): string {
  const { stdout } = spawnSync(process.execPath, ['local/cli/zhudai.ts', ...command, '--help'], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout;
}

/** The commands of a block to paste; comments are in the language around them. */
function linesToPaste(text: string): string[] {
  const block = /<!-- first-steps -->\n+```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return block.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
}

/** What the rows of the table under a header name in their first column. */
function namedInTable(text: string, header: RegExp): string[] {
  const lines = text.split('\n');
  const rows = lines.slice(lines.findIndex((line) => header.test(line)) + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows
    .slice(0, end)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, name = '']) => name);
}

const scriptsIn = (text: string): string[] => [
  ...namedInTable(text, /^\| `npm run …`/).map((cell) => cell.split(' ')[0] ?? ''),
  ...[...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name),
];

/** A row such as `policy replay`, `draft` names the subcommands of one command. */
function commandsIn(text: string): string[][] {
  let group = '';
  return namedInTable(text, /^\| (?:Command|命令) /).map((cell) => {
    const words = cell.split(' ').filter((word) => /^[a-z][a-z-]*$/.test(word));
    if (words.length > 1) group = words[0] ?? '';
    const isOwn = words.length > 1 || !groups.get(group)?.includes(words[0] ?? '');
    return isOwn ? words : [group, ...words];
  });
}

/** The subcommands of the commands that have some. */
const groups = new Map(
  [
    'tasks',
    'restructuring',
    'block',
    'collect',
    'policy',
    'privacy',
    'partner-key',
    'blind-index',
    'scorecard',
  ].map((name) => [
    name,
    [...helpOf([name]).matchAll(/^ {2}([a-z-]+) /gm)].map(([, command = '']) => command),
  ]),
);

describe.each(['README.md', 'README.zh-CN.md'])('%s', (file) => {
  const text = read(file);

  it('names only scripts that exist', () => {
    const named = scriptsIn(text);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('names only files and folders that exist', () => {
    const named = [
      ...text.matchAll(
        /`((?:docs|local|catalog|test|domain|functions|lib|statemachines)\/[^`<> ]*)`/g,
      ),
    ];
    const paths = named.map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names only commands that exist', () => {
    const commands = commandsIn(text);
    expect(commands.length).toBeGreaterThan(25);
    for (const command of commands)
      expect(helpOf(command)).toContain(`zhudai ${command.join(' ')}`);
  }, 180_000);

  it('names the options of npm start that there are', () => {
    const usage = helpOf(['start']);
    const named = [...text.matchAll(/^\| `(?:npm start -- )?(--[a-z-]+)/gm)].map(
      ([, name = '']) => name,
    );
    expect(named.toSorted()).toEqual(
      [...usage.matchAll(/^ {2}(--[a-z-]+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => name !== '--help')
        .toSorted(),
    );
  });
});

describe('the two languages', () => {
  it('give the same lines to paste', () => {
    const lines = linesToPaste(read('README.md'));
    expect(lines.length).toBeGreaterThan(15);
    expect(linesToPaste(read('README.zh-CN.md'))).toEqual(lines);
  });

  it('have the same sections', () => {
    const count = (file: string): number => read(file).match(/^## /gm)?.length ?? 0;
    expect(count('README.zh-CN.md')).toBe(count('README.md'));
  });

  it('name the same scripts, commands and documents', () => {
    const named = (file: string): string[] => {
      const text = read(file);
      const documents = text.match(/`docs\/[^`]+`/g) ?? [];
      const commands = commandsIn(text).map((command) => command.join(' '));
      return [...new Set([...scriptsIn(text), ...commands, ...documents])].toSorted();
    };
    expect(named('README.zh-CN.md')).toEqual(named('README.md'));
  });
});
