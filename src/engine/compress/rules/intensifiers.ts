import type { Rule } from '../rule.ts';
import { type Rewording, reword } from './wording.ts';

/** Words that only add weight. "Just" and "simply" stay where they may mean "only". */
export const intensifiers: Rule = {
  name: 'intensifiers',
  level: 'aggressive',
  reason: 'only adds weight',
  suggest: (message) => reword(message, WORDS),
};

const WORDS: readonly Rewording[] = [
  [
    /\b(?:very|really|extremely|incredibly|truly|absolutely|totally|literally|quite|basically|essentially) (?=[a-z])/gi,
    '',
  ],
  [/\b(?:highly|super|particularly) (?=(?:important|useful|helpful|recommended|detailed|relevant)\b)/gi, ''],
  [/\b(?:carefully|thoroughly) (?=(?:read|consider|review|analy[sz]e|think|examine|check)\b)/gi, ''],
];
