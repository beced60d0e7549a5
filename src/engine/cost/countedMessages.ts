import type { SourceRange } from '../model/location.ts';
import type { ContentPart, Message } from '../model/message.ts';
import type { MessageTemplate, Prompt, TemplateSyntax } from '../model/prompt.ts';
import { scanJinja } from '../prompts/jinja/jinjaScanner.ts';
import { includedText, includeTags } from '../prompts/references/includes.ts';
import { valueText } from '../prompts/template/valueText.ts';

/** A message of a prompt as far as its file tells what is sent. */
export interface CountedMessage {
  message: Message;
  /** Its text alone. */
  text: string;
  range: SourceRange;
}

/**
 * The messages of a prompt without the comments of their templates, with what they include, and with the values that
 * the file itself has for variables: defaults, and the sample of a Prompty file. Other variables stand as they are
 * written. Messages of nothing but comments are never sent, and left out.
 */
export function countedMessages(prompt: Prompt): CountedMessage[] {
  const values = ownValues(prompt);
  return prompt.messages.flatMap((template) => {
    const text = fillIn(
      withoutComments(expand(template.template, prompt), prompt.syntax),
      prompt.syntax,
      values,
    );
    if (text.trim() === '' && template.beside === undefined && template.template.trim() !== '') return [];
    return [{ message: messageOf(template, text), text, range: template.range }];
  });
}

/** The values that a prompt's own file has for its variables, as text. */
export function ownValues(prompt: Prompt): ReadonlyMap<string, string> {
  const sample = prompt.format === 'prompty' ? (prompt.testData[0]?.values ?? {}) : {};
  const values = new Map<string, string>();
  for (const { name, default: preset } of prompt.inputs) {
    const value = preset ?? (Object.hasOwn(sample, name) ? sample[name] : undefined);
    if (value !== undefined && value !== null) values.set(name, valueText(value));
  }
  return values;
}

function messageOf({ role, beside }: MessageTemplate, text: string): Message {
  const { before = [], after = [], ...fields } = beside ?? {};
  if (before.length === 0 && after.length === 0) return { role, content: text, ...fields };
  const own: ContentPart[] = text === '' ? [] : [{ type: 'text', text }];
  return { role, content: [...before, ...own, ...after], ...fields };
}

function expand(template: string, { syntax, includes }: Prompt): string {
  if (syntax !== 'jinja' || includes === undefined) return template;
  return replaceSpans(template, includeTags(template), (tag) => includedText(tag, includes));
}

function withoutComments(template: string, syntax: TemplateSyntax): string {
  if (syntax === 'jinja' && template.includes('{#')) {
    const comments = scanJinja(template).filter(({ kind }) => kind === 'comment');
    return replaceSpans(template, comments, () => '');
  }
  if (syntax !== 'handlebars' || !template.includes('{{')) return template;
  // A comment on a line of its own takes the line with it.
  return template
    .replace(/^[ \t]*(?:\{\{!--[\s\S]*?--\}\}|\{\{![^}]*\}\})[ \t]*\r?\n/gm, '')
    .replace(HANDLEBARS_COMMENT, '');
}

const HANDLEBARS_COMMENT = /\{\{~?!--[\s\S]*?--~?\}\}|\{\{~?![^}]*\}\}/g;

/** Tags that write a value and do nothing else to it. */
const PLAIN_TAGS: { [syntax in TemplateSyntax]?: RegExp } = {
  jinja: /\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}/g,
  handlebars: /\{\{\{?~?\s*([A-Za-z_][\w-]*)\s*~?\}\}\}?/g,
};

function fillIn(text: string, syntax: TemplateSyntax, values: ReadonlyMap<string, string>): string {
  const tags = PLAIN_TAGS[syntax];
  if (tags === undefined || values.size === 0) return text;
  return text.replace(tags, (tag, name: string) => values.get(name) ?? tag);
}

function replaceSpans<T extends { start: number; end: number }>(
  text: string,
  spans: readonly T[],
  replacement: (span: T) => string,
): string {
  let replaced = '';
  let cursor = 0;
  for (const span of spans) {
    replaced += text.slice(cursor, span.start) + replacement(span);
    cursor = span.end;
  }
  return replaced + text.slice(cursor);
}
