import type { CaseComparison, MetricComparison, TagComparison } from '../../model/comparison.ts';
import { holm } from '../../statistics/holm.ts';
import { wordFor } from '../verdict/comparisonWord.ts';
import { hasHole } from './differences.ts';
import { compareMetric, type MetricOptions } from './metric.ts';

type TagOptions = Pick<MetricOptions, 'margin'> & { unseen?: number };
type TagMetrics = { tag: string; metrics: MetricComparison[] };

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
  const holes = cases.some(hasHole) || (options.unseen ?? 0) > 0;
  const filled = holes ? (['against', 'for'] as const) : [];
  const all = [measured, ...filled.map((filling) => testTags(groups, options, filling))];

  const tags = measured.flatMap(({ tag, metrics }): TagComparison[] => {
    const [pass, ...others] = metrics;
    if (pass?.metric !== 'pass') return [];

    const members = groups.get(tag) ?? [];
    const words = all.map((found) => wordOf(found.find((one) => one.tag === tag)?.metrics ?? []));
    const [word = 'undecided'] = words;
    return [
      {
        tag,
        pairs: pass.pairs,
        unmeasured: members.filter(hasHole).length,
        improved: members.filter(({ change }) => change === 'improved').length,
        degraded: members.filter(({ change }) => change === 'degraded').length,
        passDifference: pass.difference,
        scoreDifference: others.find(({ metric }) => metric === 'score')?.difference ?? null,
        adjustedP: tested ? Math.min(...metrics.map(({ adjustedP }) => adjustedP ?? 1)) : null,
        word: tested && words.every((one) => one === word) ? word : 'undecided',
      },
    ];
  });

  return tags.sort((a, b) => a.passDifference - b.passDifference || (a.tag < b.tag ? -1 : 1));
}

function byTag(cases: readonly CaseComparison[]): Map<string, CaseComparison[]> {
  const groups = new Map<string, CaseComparison[]>();
  for (const entry of cases)
    for (const tag of new Set(entry.tags)) {
      const group = groups.get(tag);
      if (group) group.push(entry);
      else groups.set(tag, [entry]);
    }
  return groups;
}

/** Both metrics of every tag; a case that was never run may have had any tag. Where there is too little data, p counts as 1. */
function testTags(
  groups: ReadonlyMap<string, readonly CaseComparison[]>,
  { margin, unseen = 0 }: TagOptions,
  filling: MetricOptions['filling'],
): TagMetrics[] {
  const found = [...groups].map(([tag, members]) => ({
    tag,
    metrics: (['pass', 'score'] as const).map((metric) =>
      compareMetric(members, metric, { margin, filling, unseen }),
    ),
  }));
  const measured = found.filter(({ metrics: [pass] }) => pass !== null);
  const adjusted = holm(measured.flatMap(({ metrics }) => metrics.map((metric) => metric?.p ?? 1)));
  return measured.map(({ tag, metrics }, at) => ({
    tag,
    metrics: metrics.flatMap((metric, index) =>
      metric ? [{ ...metric, adjustedP: adjusted[2 * at + index] ?? 1 }] : [],
    ),
  }));
}

/** Of a tag, equivalence is not claimed. */
function wordOf(metrics: readonly MetricComparison[]): TagComparison['word'] {
  const word = wordFor(metrics);
  return word === 'better' || word === 'worse' || word === 'mixed' ? word : 'undecided';
}
