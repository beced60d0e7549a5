import type { Rule } from '../rule.ts';

/** Characters that look alike or mean the same as one that costs less. */
export const typography: Rule = {
  name: 'typography',
  level: 'safe',
  reason: 'a plainer character costs less',
  suggest({ text }) {
    return [...text.matchAll(VARIANT)].map((match) => [
      {
        start: match.index,
        end: match.index + match[0].length,
        text: PLAIN[match[0]] ?? '',
      },
    ]);
  },
};

/** Characters without a place in this table are invisible, and go. */
const PLAIN: { [variant: string]: string } = {
  '‘': "'",
  '’': "'",
  '‛': "'",
  '“': '"',
  '”': '"',
  '…': '...',
  '‐': '-',
  '‑': '-',
  '−': '-',
  '–': '-',
  ' – ': ' - ',
  ' — ': ' - ',
  '\u00a0': ' ',
  '\u2002': ' ',
  '\u2003': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '\u2028': '\n',
  '\u2029': '\n',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
};

/** A zero-width joiner is not among them: it makes one emoji of several, and letters of some scripts. */
const VARIANT = / [–—] |[‘’‛“”…‐‑−–\u00a0\u2002\u2003\u2009\u202f\u2028\u2029ﬀﬁﬂﬃﬄ\u00ad\u200b\u2060\ufeff]/g;
