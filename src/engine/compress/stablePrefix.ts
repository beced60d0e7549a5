import type { Prompt } from '../model/prompt.ts';
import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import type { StablePrefix } from './savings.ts';
import { findTemplateTags } from './templateTags.ts';

/** The text before the first variable, in tokens of the model: what a provider may keep in its cache. */
export function stablePrefix(prompt: Prompt, after: readonly string[], tokenizer: Tokenizer): StablePrefix {
  const before = prefixOf(
    prompt,
    prompt.messages.map(({ template }) => template),
  );
  const now = prefixOf(prompt, after);
  let same = 0;
  while (same < before.length && before.charCodeAt(same) === now.charCodeAt(same)) same += 1;
  const count = (text: string): number => tokenizer.count(text).tokens;
  return { before: count(before), after: count(now), unchanged: count(before.slice(0, same)) };
}

function prefixOf({ syntax }: Prompt, templates: readonly string[]): string {
  let prefix = '';
  for (const template of templates) {
    const at = firstVariable(template, syntax);
    if (at !== undefined) return prefix + template.slice(0, at);
    prefix += `${template}\n`;
  }
  return prefix;
}

function firstVariable(template: string, syntax: Prompt['syntax']): number | undefined {
  if (syntax === 'none') return undefined;
  if (syntax === 'input') return at(template.search(/\$\{input:/));
  const starts = findTemplateTags(template, syntax)
    .map(({ start }) => start)
    .filter((start) => !/^\{(?:#|\{!)/.test(template.slice(start, start + 3)));
  return starts.length === 0 ? undefined : Math.min(...starts);
}

function at(found: number): number | undefined {
  return found < 0 ? undefined : found;
}
