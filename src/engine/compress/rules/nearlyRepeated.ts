import type { Rule, Suggestion } from '../rule.ts';
import { similarity, stemsOf } from '../units.ts';

/** Stems of a sentence that can be told apart from chance. */
const LEAST_STEMS = 5;
/** Share of common stems. */
const ALIKE = 0.8;
/** Sentences that are compared with each other; the time grows with the square of it. */
const MOST = 1500;

/** A sentence or list item with nearly the same words as an earlier one, in whatever section and order. */
export const nearlyRepeated: Rule = {
  name: 'nearly-repeated',
  level: 'aggressive',
  reason: 'says nearly the same as a sentence above',
  suggest(message) {
    const removable = new Set(message.removableUnits());
    const earlier: ReadonlySet<string>[] = [];
    const found: Suggestion[] = [];
    for (const unit of message.units().slice(0, MOST)) {
      const stems = stemsOf(unit.text);
      if (stems.size < LEAST_STEMS) continue;
      if (removable.has(unit) && earlier.some((other) => similarity(stems, other) >= ALIKE)) {
        found.push([{ ...unit.removal, text: '' }]);
      } else if (message.isUnconditional(unit)) earlier.push(stems);
    }
    return found;
  },
};
