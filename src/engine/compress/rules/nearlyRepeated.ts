import type { Rule, Suggestion } from '../rule.ts';
import { similarity, stemsOf, type Unit } from '../units.ts';

/** Stems of a sentence that can be told apart from chance. */
const LEAST_STEMS = 5;
/** Share of common stems. */
const ALIKE = 0.8;
/** Sentences that are compared with each other; the time grows with the square of it. */
const MOST = 1500;

/**
 * A sentence with nearly the same words as an earlier one, in whatever section and order. An item of a list is
 * compared with its own list only: what belongs to two lists is not said twice.
 */
export const nearlyRepeated: Rule = {
  name: 'nearly-repeated',
  level: 'aggressive',
  reason: 'says nearly the same as a sentence above',
  suggest(message) {
    const removable = new Set(message.removableUnits());
    const earlier: { unit: Unit; stems: ReadonlySet<string> }[] = [];
    const found: Suggestion[] = [];
    for (const unit of message.units().slice(0, MOST)) {
      const stems = stemsOf(unit.text);
      if (stems.size < LEAST_STEMS) continue;
      const isSaid = earlier.some(
        (other) => mayReplace(other.unit, unit) && similarity(stems, other.stems) >= ALIKE,
      );
      if (removable.has(unit) && isSaid) found.push([{ ...unit.removal, text: '' }]);
      else if (message.isUnconditional(unit)) earlier.push({ unit, stems });
    }
    return found;
  },
};

function mayReplace(earlier: Unit, unit: Unit): boolean {
  return unit.kind === 'sentence' || (earlier.kind === 'item' && earlier.block === unit.block);
}
