import { hasUnspacedScript, words } from './words/words.ts';

const RULES: readonly (readonly [RegExp, string])[] = [
  [/(^|[\s([{<])"/g, '$1 `` '],
  [/"/g, " '' "],
  [/\.\.\./g, ' ... '],
  [/[:,](?!\d)/g, ' $& '],
  [/[;@#$%&]/g, ' $& '],
  [/([^.])(\.)([\])}>"']*)\s*$/, '$1 $2$3 '],
  [/[?!]/g, ' $& '],
  [/[\][(){}<>]/g, ' $& '],
  [/--/g, ' -- '],
  [/$/, ' '],
  [/^/, ' '],
  [/([^'])' /g, "$1 ' "],
  [/'([smd]) /gi, " '$1 "],
  [/('ll|'re|'ve|n't) /gi, ' $1 '],
  [/(?<![\p{L}\p{N}_])(can)(not)(?![\p{L}\p{N}_])/giu, ' $1 $2 '],
  [/(?<![\p{L}\p{N}_])(gim|lem)(me)(?![\p{L}\p{N}_])/giu, ' $1 $2 '],
  [/(?<![\p{L}\p{N}_])(gon|wan)(na)(?![\p{L}\p{N}_])/giu, ' $1 $2 '],
  [/(?<![\p{L}\p{N}_])(got)(ta)(?![\p{L}\p{N}_])/giu, ' $1 $2 '],
  [/ ('t)(is|was)(?![\p{L}\p{N}_])/giu, ' $1 $2 '],
];

/**
 * Tokens by the rules of the Penn Treebank (R. MacIntyre's tokenizer.sed, 1995): contractions are split,
 * punctuation stands alone. Text in scripts without spaces is split by Unicode's segmentation instead.
 */
export function treebankTokens(text: string): readonly string[] {
  if (hasUnspacedScript(text)) return words(text);
  let spaced = text.replace(/\s+/g, ' ').trim();
  if (spaced === '') return [];
  for (const [pattern, replacement] of RULES) spaced = spaced.replace(pattern, replacement);
  return spaced.trim().split(/ +/);
}
