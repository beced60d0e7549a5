import type { TemplateSyntax } from '../model/prompt.ts';
import { findData, findMarkup } from './markup.ts';
import { protectedSpans } from './protectedSpans.ts';
import { findAnnounced, findShapes } from './shapes.ts';
import { type Span, SpanSet } from './spanSet.ts';
import { findBlocks } from './templateTags.ts';
import { speaksOf, type Topic } from './topics.ts';
import { findUnits, type Unit } from './units.ts';

/** How far back one looks for what a stretch is said to be, in characters. */
const NEARBY = 400;

/** One version of a message's template, and what in it may be changed. */
export class MessageText {
  readonly text: string;
  readonly syntax: TemplateSyntax;
  /** What nothing may touch. */
  readonly kept: SpanSet;
  /** The stretch in which edits are wanted; all of the text but for a selection. */
  readonly scope: Span;
  #data: SpanSet | undefined;
  #markup: SpanSet | undefined;
  #blocks: SpanSet | undefined;
  #shapes: SpanSet | undefined;
  #announced: SpanSet | undefined;
  readonly #topics = new Map<Topic, boolean>();
  #units: Unit[] | undefined;

  constructor(text: string, syntax: TemplateSyntax, scope: Span = { start: 0, end: text.length }) {
    this.text = text;
    this.syntax = syntax;
    this.scope = scope;
    this.kept = protectedSpans(text, syntax);
  }

  /** Whether nothing protected is in the stretch and it lies where edits are wanted. */
  isFree(span: Span): boolean {
    return this.scope.start <= span.start && span.end <= this.scope.end && !this.kept.touches(span);
  }

  /** Whether the stretch is free and is the prompt's own words: no markup, no data, no example. */
  isProse(span: Span): boolean {
    return this.isFree(span) && this.isOwnWords(span);
  }

  /** The same, but for protected words within it. */
  isOwnWords(span: Span): boolean {
    this.#data ??= findData(this.text);
    this.#markup ??= findMarkup(this.text);
    const { start, end } = this.scope;
    return start <= span.start && span.end <= end && !this.#data.touches(span) && !this.#markup.touches(span);
  }

  /** Whether the stretch shows what an answer should look like: its decoration means something. */
  isShape(span: Span): boolean {
    this.#data ??= findData(this.text);
    this.#shapes ??= findShapes(this.text);
    return this.#shapes.touches(span) || this.#data.touches(span);
  }

  /** Whether the stretch speaks to the model: it shows nothing, and no line before it announces it as something else. */
  isInstruction(span: Span): boolean {
    this.#announced ??= findAnnounced(this.text);
    return !this.isShape(span) && !this.#announced.touches(span);
  }

  /** Whether the stretch, or what stands just before it, speaks of a matter of form. */
  speaksNearby(topic: Topic, { start, end }: Span): boolean {
    return speaksOf(this.text.slice(Math.max(0, start - NEARBY), end), topic);
  }

  /** Whether the message speaks of a matter of form, so that its own form may mean something. */
  speaksOf(topic: Topic): boolean {
    const known = this.#topics.get(topic) ?? speaksOf(this.text, topic);
    this.#topics.set(topic, known);
    return known;
  }

  /** Whether the stretch is in every message that the template makes: not within an `if` or a loop. */
  isUnconditional(span: Span): boolean {
    this.#blocks ??= new SpanSet(findBlocks(this.text));
    return !this.#blocks.touches(span);
  }

  /**
   * Sentences and list items that may be taken away whole: nothing after them leans on them, they show nothing, and
   * no heading is left with nothing below it.
   */
  removableUnits(): Unit[] {
    return this.units().filter(
      (unit, index, all) =>
        !unit.parent &&
        !leansOn(all[index + 1], unit) &&
        (unit.section === 0 || all[index - 1]?.section === unit.section) &&
        this.isProse(unit.removal) &&
        !this.isShape(unit) &&
        this.isUnconditional(unit.removal),
    );
  }

  /** All sentences and list items. */
  units(): Unit[] {
    this.#units ??= findUnits(this.text, this.kept);
    return this.#units;
  }
}

/** "This", "it" and "in this case" would speak of something else when the sentence before them went. */
function leansOn(next: Unit | undefined, unit: Unit): boolean {
  return next?.kind === 'sentence' && next.block === unit.block && LEANING.test(next.text);
}

const LEANING =
  /^[*_("“]{0,3}(?:(?:and |but |or |so )?(?:this|that|these|those|it|its|they|them|their|he|she|such|both|neither)\b|so\b|then\b|however\b|therefore\b|thus\b|otherwise\b|instead\b|if so\b|for (?:this|that)\b|(?:in|with|by|after|because of) (?:this|that|these|those|it|them)\b|[a-z]+ (?:it|this|that|these|those|them)\b)/i;
