import type { Rule } from '../rule.ts';
import { type Rewording, reword } from './wording.ts';

/**
 * Words that only add weight. "Just", "simply" and "literally" stay, because they may mean "only"; and so does
 * "quite" in "quite a few", which are many.
 */
export const intensifiers: Rule = {
  name: 'intensifiers',
  level: 'aggressive',
  reason: 'only adds weight',
  suggest: (message) => reword(message, WORDS),
};

const WORDS: readonly Rewording[] = [
  [
    /\b(?:very|really|extremely|incredibly|truly|absolutely|totally|quite|basically|essentially) (?!an? )(?=[a-z])/gi,
    '',
  ],
  [/\b(?:highly|super|particularly) (?=(?:important|useful|helpful|recommended|detailed|relevant)\b)/gi, ''],
  [/\b(?:carefully|thoroughly) (?=(?:read|consider|review|analy[sz]e|think|examine|check)\b)/gi, ''],
];
