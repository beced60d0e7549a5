import type { CaseComparison, TagComparison } from '../model/comparison.ts';
import { holm } from '../statistics/holm.ts';
import { compareMetric, type MetricOptions } from './metric.ts';
import { ALPHA } from './verdict.ts';

/**
 * The comparison by tag, worst first. p-values are adjusted over all tags and both metrics, so that one tag of
 * many does not stand out by chance. `tested` is false where the cases were looked at while they came in: then
 * only counts are given.
 */
export function compareTags(
  cases: readonly CaseComparison[],
  options: Omit<MetricOptions, 'missing'>,
  tested: boolean,
): TagComparison[] {
  const groups = new Map<string, CaseComparison[]>();
  for (const entry of cases)
    for (const tag of new Set(entry.tags)) {
      const group = groups.get(tag);
      if (group) group.push(entry);
      else groups.set(tag, [entry]);
    }
  const found = [...groups].flatMap(([tag, members]) => compareTag(tag, members, options));
  const adjusted = holm(found.flatMap(({ p }) => p));
  const tags = found.map(({ entry }, index): TagComparison => {
    const [pass = 1, score = 1] = adjusted.slice(2 * index, 2 * index + 2);
    if (!tested) return entry;
    const [p, direction] = pass <= score ? [pass, entry.passDifference] : [score, entry.scoreDifference ?? 0];
    const word = p > ALPHA ? 'undecided' : direction > 0 ? 'better' : 'worse';
    return { ...entry, adjustedP: p, word };
  });
  return tags.sort((a, b) => a.passDifference - b.passDifference || (a.tag < b.tag ? -1 : 1));
}

/** p of pass and of score; 1 where there is too little data. Nothing for a tag without a measured pair. */
function compareTag(
  tag: string,
  cases: readonly CaseComparison[],
  options: Omit<MetricOptions, 'missing'>,
): { entry: TagComparison; p: [number, number] }[] {
  const pass = compareMetric(cases, 'pass', { ...options, missing: 'leave out' });
  if (!pass) return [];
  const score = compareMetric(cases, 'score', { ...options, missing: 'leave out' });
  const entry: TagComparison = {
    tag,
    pairs: pass.pairs,
    improved: cases.filter(({ change }) => change === 'improved').length,
    degraded: cases.filter(({ change }) => change === 'degraded').length,
    passDifference: pass.difference,
    scoreDifference: score?.difference ?? null,
    adjustedP: null,
    word: 'undecided',
  };
  return [{ entry, p: [pass.p ?? 1, score?.p ?? 1] }];
}
