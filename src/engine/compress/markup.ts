import { splitLines } from './lines.ts';
import { type Span, SpanSet } from './spanSet.ts';

/** Elements whose text is data or an example, not an instruction. */
const DATA_ELEMENT =
  /^(?:examples?|input|output|document|documents|context|data|user|assistant|human|query|question|answer|response|reply|quote|transcript|conversation|message|email|text|source|good|bad)(?:[-_]\w+)*$/i;

/**
 * Stretches whose wording is not the prompt's own: quoted lines, turns of an example dialogue, and elements
 * that hold data or examples. A rule that rewords must leave them alone, so that they stay true to life.
 */
export function findData(text: string): SpanSet {
  const spans: Span[] = [];
  for (const line of splitLines(text)) {
    if (/^[ \t]*>/.test(line.text) || isTurn(line.text)) spans.push({ start: line.start, end: line.end });
  }
  return new SpanSet([...spans, ...dataElements(text)]);
}

/** A line that begins with who speaks, or with what is shown. */
export function isTurn(line: string): boolean {
  return SPOKEN.test(line);
}

const SPOKEN =
  /^[ \t]*(?:[-*][ \t]+)?[*_]{0,2}(?:system|developer|user|assistant|human|ai|bot|agent|customer|q|a|question|answer|input|output|example(?: \d+)?|e\.g\.|good|bad)[*_]{0,2}[ \t]*:/i;

function dataElements(text: string): Span[] {
  const found: Span[] = [];
  const unclosed = new Set<string>();
  const opening = /<([A-Za-z][\w-]{0,40})(?:\s[^<>]{0,500})?>/g;

  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const name = match[1] ?? '';
    if (!DATA_ELEMENT.test(name) || unclosed.has(name)) continue;
    const close = text.indexOf(`</${name}>`, opening.lastIndex);
    if (close < 0) unclosed.add(name);
    else {
      found.push({ start: match.index, end: close });
      opening.lastIndex = close;
    }
  }

  return found;
}

/** Tags, headings and table rows: a sentence does not run across them, and no wording rule changes them. */
export function findMarkup(text: string): SpanSet {
  const tags = [...text.matchAll(/<\/?[A-Za-z][\w:.-]{0,60}(?:\s[^<>]{0,1000})?\/?>/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const lines = splitLines(text)
    .filter((line) => isHeading(line.text) || isTableRow(line.text) || isRule(line.text))
    .map(({ start, end }) => ({ start, end }));
  return new SpanSet([...tags, ...lines]);
}

export function isHeading(line: string): boolean {
  return /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line);
}

/** A row of a Markdown table, or a line that draws one. */
export function isTableRow(line: string): boolean {
  return /^[ \t]*\|.*\|[ \t]*$/.test(line) || /^[ \t]*:?-{2,}:?[ \t]*\|[-:| \t]*$/.test(line);
}

/** The line between the head of a Markdown table and its body. */
export function isTableRule(line: string): boolean {
  return (
    line.includes('--') && /^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-{2,}:?[ \t]*)?$/.test(line)
  );
}

export function isRule(line: string): boolean {
  return /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)$/.test(line);
}
