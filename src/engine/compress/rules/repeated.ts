import type { MessageText } from '../messageText.ts';
import type { Rule, Suggestion } from '../rule.ts';
import type { Unit } from '../units.ts';

/** Shorter sentences recur by chance. */
const LEAST_WORDS = 4;

/** How to answer, all the time. A step that stands there twice is done twice. */
const MANNER =
  /^(?:be|stay|remain) [a-z]+|^(?:answer|reply|respond|speak|write) in (?:short|plain|simple|clear|full|complete|brief|concise|formal|informal|friendly) [a-z]+/i;
/** What makes the same words mean something else the second time: a branch, an order, a choice. */
const SCOPED =
  /\b(?:if|when(?:ever)?|while|once|until|after|before|during|then|next|again|repeat|twice|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|last|now|later|steps?|case|cases|for|to|modes?|where|either|or|instead|otherwise|else|says?|asks?)\b|[:;"“”]/i;

/**
 * A sentence on the manner of answers that stands word for word earlier in the same paragraph, in which nothing
 * opens a branch or a step.
 */
export const repeated: Rule = {
  name: 'repeated',
  level: 'safe',
  reason: 'repeats what is said above',
  suggest(message) {
    const removable = new Set(message.removableUnits());
    const scoped = scopedBlocks(message);
    const seen = new Set<string>();
    const found: Suggestion[] = [];

    for (const unit of message.units()) {
      if (unit.kind !== 'sentence' || !MANNER.test(unit.text)) continue;
      const words = plainWords(unit);
      if (words.length < LEAST_WORDS || scoped.has(unit.block)) continue;
      const key = `${unit.block}:${words.join(' ')}`;
      if (seen.has(key) && removable.has(unit)) found.push([{ ...unit.removal, text: '' }]);
      else seen.add(key);
    }

    return found;
  },
};

function scopedBlocks(message: MessageText): Set<number> {
  const scoped = message
    .units()
    .filter(
      (unit) => SCOPED.test(unit.text) || !message.isInstruction(unit) || !message.isUnconditional(unit),
    );
  return new Set(scoped.map(({ block }) => block));
}

function plainWords({ text }: Unit): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu) ?? [];
}
