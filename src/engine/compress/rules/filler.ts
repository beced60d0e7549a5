import type { Rule } from '../rule.ts';
import { INSTRUCTION_VERBS } from '../verbs.ts';
import { type Rewording, reword } from './wording.ts';

/** Phrases that say in many words what one says. */
export const filler: Rule = {
  name: 'filler',
  level: 'safe',
  reason: 'fewer words say the same',
  suggest: (message) => reword(message, PHRASES),
};

/** A word with which a clause begins: what stands before it is no noun's complement. */
const SUBJECT = String.raw`(?=[ \t](?:the|this|these|those|an?|it|they|we|you|he|she|there|some|all|each|every|our|your|their|its|my|his|her)[ \t][a-z])`;

/**
 * From lists of wordy phrases (plainlanguage.gov, "Use simple words and phrases"), and of them only those whose
 * short form is certain by the grammar around them: "the steps in order to the user", "ask for the purpose of the
 * visit" and "it is important to mention that" say something.
 */
const PHRASES: readonly Rewording[] = [
  opening(String.raw`in order (to)(?=[ \t](?:be|do|find|help|have|${INSTRUCTION_VERBS})\b)`, '$1'),
  opening(String.raw`prior to(?=[ \t][a-z]{3,}ing[ \t](?:the|an?|any|this|these|your|it)\b)`, 'before'),
  within(String.raw`\b(?:due|owing) to the fact that${SUBJECT}`, 'because'),
  within(String.raw`\bin (?:view|light) of the fact that${SUBJECT}`, 'because'),
  within(String.raw`\b(?:despite|in spite of) the fact that${SUBJECT}`, 'although'),
  within(String.raw`\buntil such time as\b`, 'until'),
  within(String.raw`\bin a (clear|concise|professional|polite|careful) manner(?=[.!?]$|[.!?][ \t])`, '$1ly'),
];

function opening(pattern: string, replacement: string): Rewording {
  return { pattern: new RegExp(pattern, 'gi'), replacement, opening: true };
}

function within(pattern: string, replacement: string): Rewording {
  return { pattern: new RegExp(pattern, 'gim'), replacement, opening: false };
}
