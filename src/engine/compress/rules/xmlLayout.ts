import type { Rule } from '../rule.ts';

/** Indentation between two tags of XML, and blank lines there; one line break stays. */
export const xmlLayout: Rule = {
  name: 'xml-layout',
  level: 'lossless',
  reason: 'XML is indented, which means nothing',
  suggest({ text }) {
    return [...text.matchAll(BETWEEN_TAGS)].map((match) => [
      { start: match.index, end: match.index + match[0].length, text: '\n' },
    ]);
  },
};

const BETWEEN_TAGS =
  /(?<=<\/?[A-Za-z_][\w:.-]{0,60}(?:\s[^<>]{0,300})?\/?>)(?!\r?\n<)[ \t]*\r?\n\s*(?=<\/?[A-Za-z_][\w:.-]*[\s>/])/g;
