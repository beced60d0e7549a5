import { PromptError } from '../../errors.ts';
import type { Prompt } from '../../model/prompt.ts';
import { Fields } from '../fields/fields.ts';
import { type FrontMatter, readFrontMatter } from '../fields/frontMatter.ts';
import { finishPrompt } from '../finishPrompt.ts';
import type { PromptSource } from '../promptSource.ts';

/**
 * A text or Markdown file referenced by a suite. With `{{ variables }}` it is one message from the user; otherwise it
 * is one system message and the input of the case becomes the user's message. Texts for `str.format` are taken
 * literally.
 */
export function parseTextPrompt(source: PromptSource): Prompt {
  const { fields, body } = settings(source);
  const span = source.trim(body);

  const draft = {
    path: source.path,
    format: 'text' as const,
    name: fields.string(['name']),
    description: fields.string(['description']),
    syntax: isFormatText(source.text.slice(span.start, span.end)) ? ('none' as const) : ('jinja' as const),
    includes: source.includes,
    body: source.range(span),
  };

  const prompt = finishPrompt({ ...draft, messages: [source.message('user', span)] });
  return prompt.inputs.length > 0
    ? prompt
    : finishPrompt({ ...draft, messages: [source.message('system', span)] });
}

/**
 * A text for Python's `str.format`: double braces are literal, as in `{{ "a": 1 }}` next to `{page}`. No template
 * expression starts with a quoted key.
 */
function isFormatText(text: string): boolean {
  return /\{\{\s*(?:"[^"\n]*"|'[^'\n]*')\s*:/.test(text) && !/\{%/.test(text);
}

/** Only Markdown has front matter; where the first line `---` opens none, it is a rule across the page. */
function settings(source: PromptSource): FrontMatter {
  const none = { fields: Fields.empty(source.path), body: { start: 0, end: source.text.length } };
  if (!source.path.toLowerCase().endsWith('.md') || !source.text.startsWith('---')) return none;
  try {
    return readFrontMatter(source);
  } catch (error) {
    if (error instanceof PromptError) return none;
    throw error;
  }
}
