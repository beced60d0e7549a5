import type { Edit } from '../edit.ts';
import type { MessageText } from '../messageText.ts';
import type { Rule } from '../rule.ts';
import { type Rewording, reword } from './wording.ts';

/** "Please", "kindly", thanks and wishes addressed to the model. What the model shall say to others stays. */
export const politeness: Rule = {
  name: 'politeness',
  level: 'safe',
  reason: 'politeness to the model',
  suggest: (message) => [...reword(message, PHRASES), ...thanks(message)],
};

/** Where an instruction begins: a sentence, a list item, or what follows "and", "but" or "then". */
const BEGIN = String.raw`(?=[a-z])(?<=(?:^|[.!?:;,])[\s*_]{0,8}|^[ \t]{0,40}(?:[-*+•]|\d{1,9}[.)])[ \t]{1,4}|\b(?:and|but|then|also|so)[ \t]{1,4})`;

const PHRASES: readonly Rewording[] = [
  [new RegExp(`${BEGIN}(?:please|kindly)(?:,? kindly)?,? (?=[a-z])(?!(?:and|or)\\b)`, 'gim'), ''],
  [
    /(?<=[\p{Ll}\p{N})])(?<!\b(?:to|will|can|may|and|or|say|as|of|with|you)),? (?:please|if you (?:please|would))(?=[.!?]|\s*$)/gimu,
    '',
  ],
  [
    new RegExp(
      `${BEGIN}(?:i(?: would|'d|’d) (?:really |very much )?(?:like|appreciate it if|be grateful if|love) (?:for )?you (?:to|could)|i want you to|i need you to|you (?:are|will be) (?:kindly )?asked to) (?=[a-z])`,
      'gim',
    ),
    '',
  ],
  [new RegExp(`${BEGIN}(?:could|would|can) you please (?=[a-z][^.!?]*\\.)`, 'gim'), ''],
];

/** Sentences of nothing but thanks. */
function thanks(message: MessageText): Edit[][] {
  return message
    .removableUnits()
    .filter(({ text }) => THANKS.test(text.trim()))
    .map(({ removal }) => [{ ...removal, text: '' }]);
}

const THANKS =
  /^(?:(?:many )?thanks|thank you)(?: (?:you|so|very|much|a lot|in advance|again))*(?: for (?:your|the) (?:help|time|support|attention|assistance|understanding|cooperation|work))?[.! ]*$/i;
