/** Matters of form that a prompt may speak of. Where it does, its own form may be what it speaks of, and stays. */
export type Topic =
  | 'bold'
  | 'labels'
  | 'apostrophes'
  | 'characters'
  | 'spaces'
  | 'line-ends'
  | 'dividers'
  | 'letters'
  | 'abbreviations'
  | 'wording';

const AS_IT_IS =
  /\b(?:verbatim|word for word|unchanged|as (?:it|they) (?:stands?|is|are)|as (?:is|shown|written))\b/gi;
const THIS = /\b(?:below|following|this|here|these)\b/i;

const TOPICS: { readonly [topic in Topic]: RegExp } = {
  bold: /\bbold\w*|\b(?:highlighted|emphasi[sz]ed|stressed|asterisks?|starred|thick|strong (?:words|text|type)|(?:in|double|between) stars)\b|(?<=\w[ \t]{1,3})\*\*(?=[ \t]+\w|[.,;)]|\r?$)/im,
  labels: /\b(?:labels?|labell?ed|fields?|marked|terms?|headings?|titles?|keys?|prints?|copy)\b/im,
  apostrophes:
    /\b(?:apostrophes?|(?:smart|curly|straight|quotation|quote) (?:quotes?|marks?)|typograph\w*|unicode|ascii)\b/im,
  characters:
    /\b(?:characters?|unicode|ascii|typograph\w*|spaces?|white ?space|blanks?|invisible|zero[- ]width|non-?breaking|nbsp)\b/im,
  spaces:
    /\b(?:double|two|three|extra|single|blank|consecutive|multiple|empty) (?:spaces?|blanks?|lines?)\b|\b(?:blanks|spacing|white ?space|line breaks?|new ?lines)\b/im,
  'line-ends':
    /\b(?:trailing|white ?space)\b|\b(?:spaces?|blanks?) at\b|\bend\w* (?:with|in) (?:an? |two )?(?:spaces?|blanks?)\b/im,
  dividers:
    /(?<=\S[ \t]*)(?:---|\*\*\*|___)(?![ \t]*\r?$)|\b(?:horizontal|rulers?|dividers?|divided|separators?|separated by|delimit\w*|dashes|hyphens|slides?|pages?)\b|\b(?:above|below|under|after|before|at|over) the (?:line|bar|rule)s?\b|\blines? between\b/im,
  letters:
    /^[ \t]*(?:dear|hello|hi) .{0,60},[ \t]*\r?$|\b(?:kind|best|warm) regards\b|\bsincerely\b|\bcanned\b/im,
  abbreviations: /\b(?:abbreviat\w*|acronyms?|initialisms?|in full|spell\w*)\b/im,
  wording:
    /\b(?:wordy|wordiness|wordings?|phrases?|phrasing|fillers?|jargon|rephras\w*|reword\w*|paraphras\w*|proofread\w*|grammar|idioms?|poems?|lyrics|polite\w*|courte\w*|words?|sentences?|says?)\b|→|(?<!-)[-=]>/im,
};

export function speaksOf(text: string, topic: Topic): boolean {
  return TOPICS[topic].test(text) || asksForCopy(text);
}

/** "Copy the text below verbatim." */
function asksForCopy(text: string): boolean {
  return [...text.matchAll(AS_IT_IS)].some(({ index, 0: words }) => {
    const [before = ''] = /[^.\n]{0,80}$/.exec(text.slice(Math.max(0, index - 80), index)) ?? [];
    const [after = ''] = /^[^.\n]{0,80}/.exec(text.slice(index + words.length)) ?? [];
    return THIS.test(before + after);
  });
}
