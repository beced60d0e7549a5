import type { Rule } from '../rule.ts';
import { similarity, stemsOf } from '../units.ts';

/** Sentences that each one is compared with; the time grows with the square of it. */
const MOST = 600;

/**
 * Sentences in the order in which they can be spared: those first that share least with all others, as in
 * extractive summaries by centrality (Erkan and Radev, "LexRank", 2004, here degree by Jaccard's measure); of
 * equals the last. The first sentence of each paragraph says what it is about, and stays.
 */
export const shorten: Rule = {
  name: 'shorten',
  level: 'target',
  reason: 'has least in common with the rest of the prompt',
  suggest(message) {
    const all = message
      .units()
      .slice(0, MOST)
      .map((unit) => ({ unit, stems: stemsOf(unit.text) }));

    const removable = new Set(message.removableUnits());
    return all
      .filter(({ unit }) => removable.has(unit) && !unit.first)
      .map(({ unit, stems }) => ({
        unit,
        centrality: all.reduce(
          (sum, other) => sum + (other.unit === unit ? 0 : similarity(stems, other.stems)),
          0,
        ),
      }))
      .sort((a, b) => a.centrality - b.centrality || b.unit.start - a.unit.start)
      .map(({ unit }) => [{ ...unit.removal, text: '' }]);
  },
};
