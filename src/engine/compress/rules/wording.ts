import type { Edit } from '../edit.ts';
import type { MessageText } from '../messageText.ts';
import type { Unit } from '../units.ts';

/** A pattern, and what stands in its place; `$1` is its first group. */
export interface Rewording {
  pattern: RegExp;
  replacement: string;
  /** Only where a sentence or a list item begins; elsewhere the words may mean something else. */
  opening: boolean;
}

/**
 * Where the patterns match in the prompt's own words: in a sentence that is announced by nothing and quotes
 * nothing, also not after a colon. What begins a sentence is cut together with the next word's first letter, so
 * that the sentence still begins with a capital. Nothing after a negation is touched.
 */
export function reword(
  message: MessageText,
  rewordings: readonly Rewording[],
  mayChange: (sentence: string) => boolean = () => true,
): Edit[][] {
  const { text } = message;
  return message.units().flatMap((unit) =>
    rewordings.flatMap((rewording) =>
      matchesIn(text, unit, rewording).flatMap((match) => {
        const edit = capitalised(text, {
          start: match.index,
          end: match.index + match[0].length,
          text: rewording.replacement.replaceAll('$1', match[1] ?? ''),
        });
        const isOwn =
          message.isProse(edit) && message.isInstruction(edit) && !message.speaksNearby('wording', unit);
        const before = text.slice(openingOf(text, unit), edit.start);
        const isPlain = !/[:;"“”«»(—]|\s[-–]\s/.test(before) && !isNegated(before);
        return isOwn && isPlain && mayChange(sentenceAt(text, unit, edit.start)) ? [[edit]] : [];
      }),
    ),
  );
}

function matchesIn(text: string, unit: Unit, { pattern, opening }: Rewording): RegExpExecArray[] {
  const from = openingOf(text, unit);
  if (!opening) return [...text.slice(0, unit.end).matchAll(from === 0 ? pattern : after(pattern, from))];
  const sticky = new RegExp(pattern.source, 'iy');
  sticky.lastIndex = from;
  const match = sticky.exec(text);
  return match && from + match[0].length <= unit.end ? [match] : [];
}

/** The pattern, to be looked for from an offset on. */
function after(pattern: RegExp, offset: number): RegExp {
  const from = new RegExp(pattern.source, pattern.flags);
  from.lastIndex = offset;
  return from;
}

/** Where the words of a unit begin. */
function openingOf(text: string, { start, end }: Unit): number {
  return start + (/^[ \t]*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+)?/.exec(text.slice(start, end))?.[0].length ?? 0);
}

/** From the unit's beginning to the end of the sentence that holds the offset. */
function sentenceAt(text: string, { start, end }: Unit, offset: number): string {
  const stop = /[.!?](?=\s|$)/.exec(text.slice(offset, end));
  return text.slice(start, stop ? offset + stop.index + 1 : end);
}

/** A replacement takes over the capital of what it replaces; a cut hands it on to the next word. */
function capitalised(text: string, edit: Edit): Edit {
  const first = text[edit.start] ?? '';
  if (!/\p{Lu}/u.test(first)) return edit;
  if (edit.text !== '') return { ...edit, text: upper(edit.text) };
  const next = text[edit.end] ?? '';
  return /\p{Ll}/u.test(next) ? { start: edit.start, end: edit.end + 1, text: upper(next) } : edit;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Within the three words before, and the same sentence. */
function isNegated(before: string): boolean {
  return /(?:\b(?:not|no|never|without|cannot|nor|only)|n['’]t)(?:[ \t]+[^\s.!?;:,]+){0,2}[ \t]*$/i.test(
    before,
  );
}
