import type { Rule } from '../rule.ts';
import { INSTRUCTION_VERBS } from '../verbs.ts';
import { type Rewording, reword } from './wording.ts';

/**
 * "Please" and "I would like you to" at the head of an instruction to the model. What it shall say to others
 * stays: a sentence that speaks of "us" or "your" may be one of a letter.
 */
export const politeness: Rule = {
  name: 'politeness',
  level: 'safe',
  reason: 'politeness to the model',
  suggest: (message) =>
    message.speaksOf('letters')
      ? []
      : reword(message, PHRASES, (sentence) => !OF_A_LETTER.test(sentence) && !SPOKEN_OF.test(sentence)),
};

const OF_A_LETTER = /\b(?:us|our|ours|we|your|yours|me|my)\b/i;

/** "Please wait is shown while it loads." */
const SPOKEN_OF =
  /\b(?:is|are|was) (?:shown|displayed|written|printed|said|(?:what|the) (?:it|they|texts?|titles?|names?|labels?|signs?|buttons?))\b/i;

const INSTRUCTION = String.raw`(?=(?:be|${INSTRUCTION_VERBS})[ \t.!])`;

const PHRASES: readonly Rewording[] = [
  String.raw`(?:please|kindly)[ \t]${INSTRUCTION}`,
  String.raw`i(?: would|'d|’d) like you to[ \t]${INSTRUCTION}`,
  String.raw`i (?:want|need) you to[ \t]${INSTRUCTION}`,
].map((pattern) => ({ pattern: new RegExp(pattern, 'gi'), replacement: '', opening: true }));
