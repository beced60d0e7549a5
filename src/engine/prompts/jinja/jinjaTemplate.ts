import { parse, tokenize } from '@huggingface/jinja';
import { TemplateFault } from '../template/templateUse.ts';
import { childNodes, identifierName, type JinjaNode, type JinjaToken } from './jinjaNode.ts';
import { type JinjaTag, scanJinja } from './jinjaScanner.ts';

/** A parsed Jinja template with the offsets of its names. */
export interface JinjaTemplate {
  program: JinjaNode;
  /** Offset of each Identifier in the template. */
  offsets: ReadonlyMap<JinjaNode, number>;
}

/**
 * Parses a template with Jinja's default white space rules, except that a last line break stays and CRLF in
 * the template's own text becomes LF. Throws TemplateFault at the tag that is wrong.
 */
export function parseJinja(template: string): JinjaTemplate {
  const tags = scanJinja(template);
  const open = tags.find((tag) => !tag.closed);
  if (open) throw new TemplateFault('unclosed template tag', open.start);
  const program = readProgram(readTokens(template, tags), tags);
  return { program, offsets: locateIdentifiers(program, tags) };
}

interface PlacedToken extends JinjaToken {
  offset: number;
}

/** Tag by tag, so that each token has an offset. A `-` at the edge of a tag trims adjacent white space. */
function readTokens(template: string, tags: JinjaTag[]): PlacedToken[] {
  const tokens: PlacedToken[] = [];
  let cursor = 0;
  let trimStart = false;

  const addText = (end: number, trimEnd: boolean) => {
    let value = template.slice(cursor, end).replaceAll('\r\n', '\n');
    if (trimStart) value = value.trimStart();
    if (trimEnd) value = value.trimEnd();
    if (value !== '') tokens.push({ type: 'Text', value, offset: cursor });
  };

  for (const tag of tags) {
    addText(tag.start, template[tag.start + 2] === '-');
    if (tag.kind === 'code') tokens.push(...readTag(template, tag));
    trimStart = template[tag.end - 3] === '-';
    cursor = tag.end;
  }

  addText(template.length, false);
  return tokens;
}

function readTag(template: string, tag: JinjaTag): PlacedToken[] {
  try {
    const tokens: JinjaToken[] = tokenize(template.slice(tag.start, tag.end));
    return tokens.map(({ type, value }) => ({ type, value, offset: tag.start }));
  } catch (error) {
    throw new TemplateFault(reason(error), tag.start);
  }
}

function readProgram(tokens: PlacedToken[], tags: JinjaTag[]): JinjaNode {
  let reached = 0;
  const watched = new Proxy(tokens, {
    get(target, key) {
      const index = typeof key === 'string' ? Number(key) : Number.NaN;
      if (Number.isInteger(index)) reached = Math.max(reached, index);
      return Reflect.get(target, key);
    },
  });

  try {
    return parse(watched);
  } catch (error) {
    if (reached >= tokens.length) throw new TemplateFault('unclosed template block', lastOpenBlock(tags));
    const last = tokens.findLast((token, index) => index <= reached && token.type !== 'Text');
    throw new TemplateFault(reason(error), last?.offset ?? 0);
  }
}

function lastOpenBlock(tags: JinjaTag[]): number {
  const open: number[] = [];
  for (const tag of tags) {
    const keyword = tag.words[0]?.text ?? '';
    if (/^(if|for|macro|call|filter)$/.test(keyword)) open.push(tag.start);
    else if (keyword.startsWith('end')) open.pop();
  }
  return open.at(-1) ?? tags.at(-1)?.start ?? 0;
}

/** Pairs the tree's names, walked in source order, with the words of the tags. */
function locateIdentifiers(program: JinjaNode, tags: JinjaTag[]): Map<JinjaNode, number> {
  const words = tags.flatMap((tag) => tag.words);
  const offsets = new Map<JinjaNode, number>();
  let next = 0;

  const visit = (node: JinjaNode): void => {
    const name = identifierName(node);
    if (name !== undefined) {
      let found = next;
      while (found < words.length && words[found]?.text !== name) found += 1;
      const word = words[found];
      if (word !== undefined) {
        offsets.set(node, word.offset);
        next = found + 1;
      }
    }

    for (const child of childNodes(node)) visit(child);
  };

  visit(program);
  return offsets;
}

function reason(error: unknown): string {
  if (error instanceof RangeError) return 'the template is nested too deeply';
  const text = error instanceof Error ? error.message : String(error);
  return `invalid template: ${text.replace(/^Parser Error: /, '')}`;
}
