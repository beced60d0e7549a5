import type { TemplateSyntax } from '../model/prompt.ts';
import { scanJinja } from '../prompts/jinja/jinjaScanner.ts';
import type { Span } from './spanSet.ts';

/**
 * The tags of a template, comments among them. Tags of the other syntaxes count too: a text that is taken
 * literally often explains templates, and what looks like a variable to its reader must stay one.
 */
export function findTemplateTags(text: string, syntax: TemplateSyntax): Span[] {
  if (syntax === 'jinja') {
    return [...scanJinja(text).map(({ start, end }) => ({ start, end })), ...rawBlocks(text)];
  }
  return matches(
    /\{\{\{[\s\S]{0,5000}?\}\}\}|\{\{[\s\S]{0,5000}?\}\}|\{%[\s\S]{0,5000}?%\}|\{#[\s\S]{0,5000}?#\}/g,
    text,
  );
}

/** Stretches between the tags of a block: what stands there is not in every message, or several times. */
export function findBlocks(text: string): Span[] {
  const blocks: Span[] = [];
  const open: number[] = [];
  const tag = /\{%-?\s*(end)?(\w+)[\s\S]{0,2000}?%\}|\{\{\{?~?\s*([#^/])[\s\S]{0,2000}?\}\}/g;

  for (const match of text.matchAll(tag)) {
    const [, end, word = '', sigil] = match;
    if (sigil === '/' || end !== undefined) {
      const start = open.pop();
      if (start !== undefined) blocks.push({ start, end: match.index + match[0].length });
    } else if (sigil !== undefined || OPENING.has(word)) open.push(match.index);
  }

  const unclosed = open[0];
  return unclosed === undefined ? blocks : [...blocks, { start: unclosed, end: text.length }];
}

const OPENING = new Set(['if', 'for', 'macro', 'call', 'filter', 'block', 'raw', 'generation']);

/** What stands in a raw block is not read as a template, but shown as one. */
function rawBlocks(text: string): Span[] {
  return matches(/\{%-?\s*raw\s*-?%\}[\s\S]{0,20000}?\{%-?\s*endraw\s*-?%\}/g, text);
}

function matches(pattern: RegExp, text: string): Span[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
