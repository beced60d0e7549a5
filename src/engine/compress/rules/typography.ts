import type { Rule } from '../rule.ts';
import type { Topic } from '../topics.ts';

/**
 * A plainer character of the same meaning, where it costs less: the apostrophe within a word, a space of its own
 * kind between two words; and what is invisible beside a space. Dashes, dots, quotation marks and everything
 * that stands alone keep their character.
 */
export const typography: Rule = {
  name: 'typography',
  level: 'safe',
  reason: 'a plainer character costs fewer tokens',
  suggest: (message) =>
    FORMS.filter(({ topic, alone }) => !message.speaksOf(topic) && !alone.test(message.text)).flatMap(
      ({ pattern, plain }) =>
        [...message.text.matchAll(pattern)]
          .map((match) => ({ start: match.index, end: match.index + match[0].length, text: plain }))
          .filter((edit) => message.isOwnWords(edit) && message.isInstruction(edit))
          .map((edit) => [edit]),
    ),
};

interface Form {
  pattern: RegExp;
  plain: string;
  topic: Topic;
  /** The character by itself, which is spoken of then. */
  alone: RegExp;
}

const FORMS: readonly Form[] = [
  {
    pattern: /(?<=[a-z])[’‛](?=(?:s|t|d|m|re|ve|ll)\b)/gi,
    plain: "'",
    topic: 'apostrophes',
    alone: /(?<=^|[\s("“'`[])[’‛](?=$|[\s)"”'`.,:;\]])/m,
  },
  {
    pattern: /(?<=[a-z,])[\u00a0\u2002\u2003\u2009\u202f](?=[a-z])/gi,
    plain: ' ',
    topic: 'characters',
    alone: /["“'`([][\u00a0\u2002\u2003\u2009\u202f]["”'`)\]]/,
  },
  {
    pattern: /[\u200b\u2060\ufeff]+(?= )|(?<= )[\u200b\u2060\ufeff]+/g,
    plain: '',
    topic: 'characters',
    alone: /["“'`([][\u200b\u2060\ufeff]["”'`)\]]/,
  },
];
