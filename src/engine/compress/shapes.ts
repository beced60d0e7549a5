import { type Line, splitLines } from './lines.ts';
import { isHeading, isRule, isTableRow, isTurn } from './markup.ts';
import { type Span, SpanSet } from './spanSet.ts';

const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*)/;
const ITEM = /^[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]/;
/** What an answer, a file or a message looks like. */
const SHAPE =
  /\b(?:formats?|formatted|templates?|structure[ds]?|layouts?|skeletons?|boilerplates?|markdown|looks? like|as follows|examples?|samples?|snippets?|scales?|rubrics?|glossar(?:y|ies)|drafts?|transcripts?|dialogues?|conversations?|chats?|welcome|labels?|buttons?|captions?|strings?|notices?|signs?|texts?|titles?|headlines?|subjects?|deliverables?|specifications?|poems?)\b/i;
/** What an answer is called, or a text that is written. */
const ANSWER =
  /\b(?:answers?|outputs?|reply|replies|respond|responses?|writes?|prints?|reports?|letters?|e?-?mails?|messages?|greetings?|documents?|files?|quot(?:es?|ations?))\b/i;
const SPEAKER =
  /^[ \t]*(?:[-*][ \t]+)?[*_]{0,2}(user|assistant|human|ai|bot|agent|customer)[*_]{0,2}[ \t]*:/i;
/** "Use this template.", "Sort the text below." */
const POINTED =
  /\b(?:this|these|the following|following)\b.{0,40}\b(?:formats?|templates?|structure|layout|skeleton|examples?|samples?|texts?|sentences?|letters?|passages?|paragraphs?|e?-?mails?|messages?)\b|\b(?:formats?|templates?|structure|layout|skeleton|examples?|samples?|texts?|sentences?|letters?|passages?|paragraphs?|contents?|e?-?mails?|messages?)\b.{0,30}\b(?:below|here|that follows?)\b/i;
/** What follows may be the text to be worked on. */
const WORK_ON =
  /^(?:please[ \t])?(?:translate|summari[sz]e|rewrite|rephrase|paraphrase|proofread|correct|classify|shorten|polish|copy-?edit)\b/i;

/**
 * Stretches that show what an answer or a file should look like, outside code: below a line such as "Answer in
 * this format:" and under a heading such as "Output format", up to the next heading as high as its own. Wording
 * and decoration are the point there, so no rule takes them away. A shape that begins with a heading has no end
 * that can be told.
 */
export function findShapes(text: string): SpanSet {
  const shapes: Span[] = [];
  const lines = splitLines(text);
  /** Of the heading that the line is under; 7 above the first one. */
  let level = 7;
  let open: { start: number; level: number } | undefined;
  let announced = false;

  for (const line of lines) {
    const [, marks = '', title = ''] = HEADING.exec(line.text) ?? [];
    const isTitle = marks !== '';
    if (isTitle) {
      // A shape that begins with a heading has no end that can be told.
      if (announced)
        return new SpanSet([
          ...shapes,
          ...findDialogue(lines, text.length),
          { start: line.start, end: text.length },
        ]);

      level = marks.length;
      if (open && level <= open.level) {
        shapes.push({ start: open.start, end: endBefore(text, line.start) });
        open = undefined;
      }
    }

    const announces = !isTitle && tells(line.text);
    const shows = announces || (isTitle && (SHAPE.test(title) || ANSWER.test(title)));
    if (shows) open ??= { start: line.next, level };
    if (line.text.trim() !== '') announced = shows;
  }

  if (open) shapes.push({ start: open.start, end: text.length });
  return new SpanSet([...shapes, ...findDialogue(lines, text.length)]);
}

/** A dialogue goes on to the end: its turns may hold paragraphs, lists and headings of their own. */
function findDialogue(lines: readonly Line[], end: number): Span[] {
  const turns = lines.filter(({ text }) => SPEAKER.test(text));
  const speakers = new Set(turns.map(({ text }) => SPEAKER.exec(text)?.[1]?.toLowerCase()));
  const isDialogue = speakers.size > 1 || speakers.has('assistant') || speakers.has('human');
  return turns[0] && isDialogue ? [{ start: turns[0].start, end }] : [];
}

/** A rule just above the next heading divides the prompt's own sections. */
function endBefore(text: string, heading: number): number {
  return text.slice(0, heading).replace(/\n[ \t]*\r?\n-{3,}\s*$/, '\n').length;
}

function tells(line: string): boolean {
  if (/:[*_]{0,3}\s*$/.test(line)) return SHAPE.test(line) || ANSWER.test(line);
  return POINTED.test(line) || WORK_ON.test(line);
}

/**
 * Blocks that a line before them announces: a paragraph or a whole list after a colon, or after a line that is no
 * finished sentence, as "Users write things like". Whether they are instructions or something that is quoted
 * cannot be told, so they keep their words.
 */
export function findAnnounced(text: string): SpanSet {
  const found: Span[] = [];
  const lines = splitLines(text);
  /** The last line of the list that is announced; what stands within it announces no more than that. */
  let listed = -1;
  let turns = -1;
  for (const [at, line] of lines.entries()) {
    if (isHeading(line.text)) turns = -1;
    else if (isTurn(line.text) && turns < 0) turns = line.start;
    // A turn of a dialogue may have several paragraphs, and others follow it.
    if (turns >= 0) found.push({ start: line.start, end: line.next });
    if (at <= listed || !announces(line, lines[at + 1])) continue;

    let first = at + 1;
    while (isBlank(lines[first])) first += 1;
    const last = lastOfBlock(lines, first);
    if (ITEM.test(lines[first]?.text ?? '')) listed = last;
    found.push({ start: line.next, end: lines[last]?.end ?? text.length });
  }

  return new SpanSet(found);
}

const COLON = /:[*_"'”’`]{0,3}\s*$/;

function announces({ text }: Line, next: Line | undefined): boolean {
  if (text.trim() === '' || isHeading(text) || isTableRow(text) || isRule(text)) return false;
  if (COLON.test(text)) return true;
  return isBlank(next) && !/[.!?…>][)\]"'”’*_`]{0,3}\s*$/.test(text);
}

/** A list goes on to the first paragraph that is not indented; anything else to a blank line, or the next announcement. */
function lastOfBlock(lines: readonly Line[], first: number): number {
  const isList = ITEM.test(lines[first]?.text ?? '');
  let last = first;
  for (let at = first + 1; at < lines.length; at += 1) {
    const { text } = lines[at] ?? { text: '' };
    if (isBlank(lines[at])) {
      if (!isList) break;
      continue;
    }

    const isNext = isBlank(lines[at - 1]) && !ITEM.test(text) && !/^[ \t]/.test(text);
    if (isHeading(text) || (isList && isNext)) break;

    last = at;
    if (!isList && COLON.test(text)) break;
  }

  return last;
}

function isBlank(line: Line | undefined): boolean {
  return line !== undefined && line.text.trim() === '';
}
