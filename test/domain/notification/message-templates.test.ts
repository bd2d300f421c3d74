import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  Language,
  MessageTemplates,
  NoticeKind,
  noticeValues,
  renderText,
  templateOf,
} from '../../../domain/notification/message-templates.ts';

interface TemplatesFile {
  templates: { kind: string; texts: { zh: string; en: string } }[];
}
const file = new URL('../../../catalog/message-templates/default.json', import.meta.url);
const shipped = JSON.parse(readFileSync(file, 'utf8')) as TemplatesFile;

const changed = (change: (content: TemplatesFile) => void): unknown => {
  const content = structuredClone(shipped);
  change(content);
  return content;
};
const messageOf = (content: unknown): string =>
  MessageTemplates.safeParse(content)
    .error?.issues.map(({ message }) => message)
    .join() ?? '';

describe('MessageTemplates', () => {
  it.each(
    NoticeKind.options.flatMap((kind) => Language.options.map((each) => [kind, each] as const)),
  )('words %s in %s with nothing but its own values', (kind, language) => {
    const { texts } = templateOf(MessageTemplates.parse(shipped), kind);
    const values = Object.fromEntries(noticeValues[kind].map((name) => [name, `<${name}>`]));
    const text = renderText(texts[language], values);
    expect(text).not.toMatch(/[{}]/);
    expect(text).toContain('<contractNumber>');
  });

  it('names the unknown placeholder, the kind and what it may have', () => {
    const content = changed(({ templates }) => {
      const [first] = templates;
      if (first) first.texts.zh += '{idNumber}';
    });
    expect(messageOf(content)).toBe(
      'InstallmentReminder has no value {idNumber}: it has contractNumber, amount, dueOn',
    );
  });

  it('refuses a file that misses a kind', () => {
    const content = changed((given) => {
      given.templates = given.templates.filter(({ kind }) => kind !== 'LoanSettled');
    });
    expect(messageOf(content)).toBe('LoanSettled has 0 templates: exactly one is needed');
  });

  it('refuses a file that has a kind twice', () => {
    const content = changed((given) => {
      given.templates.push(...given.templates.slice(0, 1));
    });
    expect(messageOf(content)).toContain('InstallmentReminder has 2 templates');
  });

  it('refuses fields it does not know', () => {
    expect(MessageTemplates.safeParse({ ...shipped, colour: 'red' }).success).toBe(false);
  });
});

describe('renderText', () => {
  it('throws rather than send half a message', () => {
    expect(() => renderText('due on {dueOn}', {})).toThrow('a value for {dueOn}');
  });

  it('does not take what every object has for a value', () => {
    expect(() => renderText('{toString}', {})).toThrow('a value for {toString}');
  });
});
