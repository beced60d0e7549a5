import type { Rule, Suggestion } from '../rule.ts';
import type { Unit } from '../units.ts';

/** Shorter sentences recur by chance. */
const LEAST_WORDS = 4;

/** A sentence or list item that stands word for word earlier in the same section. */
export const repeated: Rule = {
  name: 'repeated',
  level: 'safe',
  reason: 'says again what stands above',
  suggest(message) {
    const removable = new Set(message.removableUnits());
    const seen = new Set<string>();
    const found: Suggestion[] = [];
    for (const unit of message.units()) {
      const words = plainWords(unit);
      if (words.length < LEAST_WORDS) continue;
      // In another section the same words may speak of something else.
      const key = `${unit.section}:${unit.kind === 'item' ? unit.block : ''}:${words.join(' ')}`;
      if (seen.has(key) && removable.has(unit)) found.push([{ ...unit.removal, text: '' }]);
      if (message.isUnconditional(unit)) seen.add(key);
    }
    return found;
  },
};

function plainWords({ text }: Unit): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu) ?? [];
}
