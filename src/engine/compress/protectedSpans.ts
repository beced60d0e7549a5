import type { TemplateSyntax } from '../model/prompt.ts';
import { findCode } from './codeSpans.ts';
import { findJson } from './jsonSpans.ts';
import { findPlaceholders } from './placeholderSpans.ts';
import { type Span, SpanSet } from './spanSet.ts';
import { findTemplateTags } from './templateTags.ts';

/**
 * What no compression may touch, in a message's template: template syntax and variables, code, the tokens of
 * JSON, addresses and paths, numbers with their units, quoted texts, names, negations and obligations, role
 * markers, HTML comments, and what stands between `touchstone:keep` marks. When in doubt, it is protected.
 */
export function protectedSpans(text: string, syntax: TemplateSyntax): SpanSet {
  return new SpanSet([
    ...findTemplateTags(text, syntax),
    ...findPlaceholders(text),
    ...keepRegions(text),
    ...findCode(text),
    ...findJson(text).flatMap(({ tokens }) => tokens),
    ...Object.values(PATTERNS).flatMap((pattern) => matches(pattern, text)),
  ]);
}

/** Each begins at the start of a word, or is bounded, so that no text takes more than linear time. */
const PATTERNS = {
  comments: /<!--[\s\S]{0,20000}?-->/g,
  placeholders: /\$[A-Z_][A-Z0-9_]*|(?<!\{)\{[A-Za-z_][\w.]{0,80}\}(?!\})|\[\[[^[\]\n]{1,80}\]\]/g,
  addresses: /(?<![\p{L}\p{N}])(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.|mailto:)[^\s<>"'`]+/giu,
  linkTargets: /\]\([^()\s]{0,500}(?:[ \t]+"[^"\n]{0,200}")?\)/g,
  mail: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g,
  paths:
    /(?<![\p{L}\p{N}_./~@-])(?:[~.]{0,2}\/)?[\p{L}\p{N}_.@-]{0,80}(?:\/[\p{L}\p{N}_.@*-]{1,80})+\/?|(?<![\p{L}\p{N}_./-])[\p{L}\p{N}_-]{1,80}(?:\.[A-Za-z][\w-]{1,40})+(?![\p{L}\p{N}_])/gu,
  flags: /(?<![\p{L}\p{N}_-])--?[A-Za-z][\w-]*|(?<![\p{L}\p{N}_])[#@][\p{L}\p{N}_][\p{L}\p{N}_:-]*/gu,
  numbers:
    /[$€£¥]?(?<![\p{L}\p{N}_])[+-]?\d+(?:[.,:/–-]\d+)*(?:[ \t]?(?:%|‰|°[CF]?|[$€£¥]|[\p{L}µ]+(?:\/[\p{L}]+)?))?/gu,
  quotes:
    /"[^"\n]{1,2000}"|“[^”\n]{1,2000}”|„[^“”\n]{1,2000}[“”]|«[^»\n]{1,2000}»|(?<![\p{L}\p{N}])['‘](?=\S)[^'‘’\n]{1,300}['’](?![\p{L}\p{N}])/gu,
  // Preceded on its line by a word or a comma, so not the first word of a sentence.
  names:
    /(?<=[\p{Ll}\p{N},;)][*_'’]{0,3}[ \t]{1,4}[*_([]{0,4})\p{Lu}[\p{L}\p{N}'’&-]*(?:[ \t]\p{Lu}[\p{L}\p{N}'’&-]*)*/gu,
  nameSequences: /(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}'’&-]*(?:[ \t]\p{Lu}[\p{L}\p{N}'’&-]*)+/gu,
  identifiers:
    /(?<![\p{L}\p{N}_])(?:\p{Lu}{2,}[\p{L}\p{N}]*|[\p{L}\p{N}]*[\p{Ll}\p{N}]\p{Lu}[\p{L}\p{N}]*|[\p{L}\p{N}]*_[\p{L}\p{N}_]+|\p{L}+\d[\p{L}\p{N}]*)/gu,
  obligations:
    /(?<![\p{L}\p{N}_])(?:do(?:es)? not|did not|may not|no longer|not|no|nor|neither|none|never|nothing|nobody|nowhere|without|cannot|[a-z]{2,8}n['’]t|must|shall|should|ought to|only|always|need(?:s|ed)?(?: to)?|(?:have|has|had) to|require[sd]?|mandatory|forbidden|prohibited|disallowed|avoid(?:s|ed|ing)?|except|unless|exactly|at least|at most|(?:no )?more than|less than|ensure[sd]?|refuse[sd]?|make sure|be sure|under no circumstances)(?![\p{L}\p{N}_])/giu,
  roles:
    /^[ \t]*(?:#+[ \t]*|[*_]{1,2})?(?:system|developer|user|assistant|tool|function|human|ai|bot|agent|customer|q|a|question|answer|input|output)(?:\[[^\]\n]{0,100}\])?[*_]{0,2}[ \t]*:[*_]{0,2}/gim,
};

/** Whether a text says what must, must not or may only be done. */
export function holdsObligation(text: string): boolean {
  return text.search(PATTERNS.obligations) >= 0;
}

/** From a mark to its end, or to the end of the text. */
function keepRegions(text: string): Span[] {
  const found: Span[] = [];
  const mark = /(?:<!--|\{#-?|\{\{!(?:--)?)\s*(\/?)touchstone:keep\s*(?:-->|-?#\}|(?:--)?\}\})/g;
  let start: number | undefined;
  for (const match of text.matchAll(mark)) {
    if (match[1] !== '/') start ??= match.index;
    else if (start !== undefined) {
      found.push({ start, end: match.index + match[0].length });
      start = undefined;
    }
  }

  if (start !== undefined) found.push({ start, end: text.length });
  return found;
}

function matches(pattern: RegExp, text: string): Span[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
