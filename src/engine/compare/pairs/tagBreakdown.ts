import type { CaseComparison, MetricComparison, TagComparison } from '../../model/comparison.ts';
import { holm } from '../../statistics/holm.ts';
import { wordFor } from '../verdict/comparisonWord.ts';
import { hasHole } from './differences.ts';
import { compareMetric, type MetricOptions } from './metric.ts';

type TagOptions = Pick<MetricOptions, 'margin'> & { unseen?: number };
interface TagMetrics {
  pass: MetricComparison;
  score: MetricComparison | null;
  adjustedP: number;
  word: TagComparison['word'];
}

/**
 * The comparison by tag, worst first. p-values are adjusted over all tags and both metrics, so that one tag of
 * many does not stand out by chance. A word stands only when it holds whatever the missing measurements would have
 * been. `tested` is false where the cases were looked at while they came in: then only counts are given.
 */
export function compareTags(
  cases: readonly CaseComparison[],
  options: TagOptions,
  tested: boolean,
): TagComparison[] {
  const groups = byTag(cases);
  const measured = testTags(groups, options, 'measured');
  const holes = cases.some(hasHole) || options.unseen;
  const filled = holes ? (['against', 'for'] as const) : [];
  const others = filled.map((filling) => testTags(groups, options, filling));

  const tags = [...measured].map(([tag, { pass, score, adjustedP, word }]): TagComparison => {
    const members = groups.get(tag) ?? [];
    return {
      tag,
      pairs: pass.pairs,
      unmeasured: members.filter(hasHole).length,
      improved: members.filter(({ change }) => change === 'improved').length,
      degraded: members.filter(({ change }) => change === 'degraded').length,
      passDifference: pass.difference,
      scoreDifference: score?.difference ?? null,
      adjustedP: tested ? adjustedP : null,
      word: tested && others.every((found) => found.get(tag)?.word === word) ? word : 'undecided',
    };
  });

  return tags.sort((a, b) => a.passDifference - b.passDifference);
}

/** In the order of their names. */
function byTag(cases: readonly CaseComparison[]): Map<string, CaseComparison[]> {
  const tags = [...new Set(cases.flatMap((entry) => entry.tags))].sort();
  return new Map(tags.map((tag) => [tag, cases.filter((entry) => entry.tags.includes(tag))]));
}

/** Both metrics of every tag; a case that was never run may have had any tag. Where there is too little data, p counts as 1. */
function testTags(
  groups: ReadonlyMap<string, readonly CaseComparison[]>,
  { margin, unseen = 0 }: TagOptions,
  filling: MetricOptions['filling'],
): Map<string, TagMetrics> {
  const options = { margin, filling, unseen };
  const found = [...groups].flatMap(([tag, members]) => {
    const pass = compareMetric(members, 'pass', options);
    return pass ? [{ tag, pass, score: compareMetric(members, 'score', options) }] : [];
  });

  const adjusted = holm(found.flatMap(({ pass, score }) => [pass.p, score?.p ?? 1]));
  return new Map(
    found.map(({ tag, pass, score }, at) => {
      const [passP = 1, scoreP = 1] = adjusted.slice(2 * at);
      const metrics = [{ ...pass, adjustedP: passP }, ...(score ? [{ ...score, adjustedP: scoreP }] : [])];
      return [tag, { pass, score, adjustedP: Math.min(passP, scoreP), word: wordOf(metrics) }];
    }),
  );
}

/** Of a tag, equivalence is not claimed. */
function wordOf(metrics: readonly MetricComparison[]): TagComparison['word'] {
  const word = wordFor(metrics);
  return word === 'better' || word === 'worse' || word === 'mixed' ? word : 'undecided';
}
