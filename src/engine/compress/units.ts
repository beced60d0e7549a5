import { stemmer } from 'stemmer';
import { type Line, splitLines } from './lines.ts';
import { isHeading, isRule, isTableRow } from './markup.ts';
import type { Span, SpanSet } from './spanSet.ts';

/** A sentence of a paragraph, or a list item with the lines that go on with it. */
export interface Unit extends Span {
  kind: 'sentence' | 'item';
  text: string;
  /** What is cut out when the unit goes: with the space or the line break that would be left over. */
  removal: Span;
  /** Counts headings: units of one section have the same number. */
  section: number;
  /** Counts paragraphs and lists. */
  block: number;
  /** The paragraph's first sentence, or the list's first item. */
  first: boolean;
  /** Something hangs on it: items below it, what its colon announces, or the announcement of its list. */
  parent: boolean;
}

const ITEM = /^([ \t]*)(?:[-*+•]|\d{1,9}[.)])[ \t]+/;

/** Cuts a Markdown text into sentences and list items; headings, tables, code and tags are between them. */
export function findUnits(text: string, kept: SpanSet): Unit[] {
  const units: Unit[] = [];
  const lines = splitLines(text);
  let section = 0;
  let block = 0;
  let inList = false;

  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (line === undefined) break;

    if (isHeading(line.text)) section += 1;

    if (ITEM.test(line.text)) {
      const last = lastLineOf(lines, at, (next) => isContinuation(next, kept));
      if (!inList) block += 1;
      units.push(readItem(text, lines, at, last, { section, block, first: !inList }));
      inList = true;
      at = last + 1;
      continue;
    }

    if (!isParagraphLine(line, kept)) {
      if (line.text.trim() !== '') inList = false;
      at += 1;
      continue;
    }

    inList = false;
    const last = lastLineOf(lines, at, (next) => isParagraphLine(next, kept) && !ITEM.test(next.text));
    block += 1;
    units.push(...readSentences(text, lines, at, last, { section, block }));
    at = last + 1;
  }

  return units;
}

function lastLineOf(lines: readonly Line[], first: number, goesOn: (line: Line) => boolean): number {
  let last = first;
  for (let next = lines[last + 1]; next && goesOn(next); next = lines[last + 1]) last += 1;
  return last;
}

function isParagraphLine(line: Line, kept: SpanSet): boolean {
  const text = line.text.trim();
  if (text === '' || isHeading(line.text) || isTableRow(line.text) || isRule(line.text)) return false;
  // A line of nothing but a tag, or within code.
  return !/^<\/?[A-Za-z][^<>]*>$/.test(text) && !kept.covers(line);
}

function isContinuation(line: Line, kept: SpanSet): boolean {
  return /^[ \t]/.test(line.text) && !ITEM.test(line.text) && isParagraphLine(line, kept);
}

function readItem(
  text: string,
  lines: readonly Line[],
  first: number,
  last: number,
  place: Pick<Unit, 'section' | 'block' | 'first'>,
): Unit {
  const start = lines[first]?.start ?? 0;
  const end = lines[last]?.end ?? start;
  const next = lines[last + 1];
  const indent = indentOf(lines[first]?.text ?? '');
  let below = last + 1;

  while (lines[below]?.text.trim() === '') below += 1;
  const after = lines[below];
  const unitText = text.slice(start, end);
  const removal = next ? { start, end: next.start } : { start: endBefore(text, start), end };
  const hasItems = after !== undefined && indentOf(after.text) > indent;

  // What a colon announces must not be an empty list.
  const announced = place.first && announces(text.slice(Math.max(0, start - 200), start));
  const parent = hasItems || announced || announces(unitText);

  return { kind: 'item', start, end, text: unitText.replace(ITEM, ''), removal, parent, ...place };
}

/** Whether a text ends in a colon, bold or not. */
function announces(text: string): boolean {
  return /:[*_]{0,3}\s*$/.test(text.slice(-200));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** After `.`, `!` or `?`, with what closes around it, before a space and the beginning of a sentence. */
const BOUNDARY = /(?<=[.!?…][)\]"'”’*_]{0,3})\s+(?=[*_("'“[]{0,3}[\p{Lu}\p{N}])/gu;
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|cf|vs|approx|no|fig|mr|mrs|ms|dr|prof|st|inc|ltd|[A-Z])\.$/i;

function readSentences(
  text: string,
  lines: readonly Line[],
  first: number,
  last: number,
  place: Pick<Unit, 'section' | 'block'>,
): Unit[] {
  const start = lines[first]?.start ?? 0;
  const end = lines[last]?.end ?? start;
  const cuts = sentenceCuts(text, { start, end });
  const starts = [start, ...cuts.map((cut) => cut.end)];
  const leadsOn = /^\s*(?:[-*+•]|\d{1,9}[.)])[ \t]|^\s*\|/.test(text.slice(end));

  return starts.map((from, index) => {
    const to = cuts[index]?.start ?? end;
    const sentence = text.slice(from, to);

    return {
      kind: 'sentence',
      start: from,
      end: to,
      text: sentence,
      removal: removalOf(
        text,
        { start: from, end: to },
        { before: cuts[index - 1], after: cuts[index] },
        lines[last + 1],
      ),
      first: index === 0,
      parent: announces(sentence) || (leadsOn && index === starts.length - 1),
      ...place,
    };
  });
}

function sentenceCuts(text: string, { start, end }: Span): Span[] {
  const paragraph = text.slice(start, end);
  return [...paragraph.matchAll(BOUNDARY)]
    .filter((match) => !ABBREVIATION.test(paragraph.slice(Math.max(0, match.index - 12), match.index)))
    .map((match) => ({ start: start + match.index, end: start + match.index + match[0].length }));
}

function removalOf(
  text: string,
  sentence: Span,
  { before, after }: { before: Span | undefined; after: Span | undefined },
  next: Line | undefined,
): Span {
  if (after) return { start: sentence.start, end: after.end };
  if (before) return { start: before.start, end: sentence.end };
  // A whole paragraph goes with the blank lines after it, or before it at the end of the text.
  if (next === undefined) return { start: endBefore(text, sentence.start), end: sentence.end };
  const blank = /^(?:[ \t]*\r?\n)*/.exec(text.slice(next.start))?.[0].length ?? 0;
  return { start: sentence.start, end: next.start + blank };
}

/** Where the text before an offset ends, its white space left aside. */
function endBefore(text: string, offset: number): number {
  return text.slice(0, offset).trimEnd().length;
}

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;

/** The stems of a text's words, each once. */
export function stemsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(WORD) ?? [];
  return new Set(words.map((word) => (word.length < 40 && /^[a-z]+$/.test(word) ? stemmer(word) : word)));
}

/** Shared stems as a share of all (Jaccard), 0 to 1. */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const stem of small) if (large.has(stem)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
