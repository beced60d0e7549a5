import type { CaseEntry } from './entries.ts';
import type { CaseFilter, CaseOrder } from './viewState.ts';

/** The cases that meet a filter, in an order. */
export function selectCases(
  cases: readonly CaseEntry[],
  filter: CaseFilter,
  order: CaseOrder,
  intended: ReadonlyMap<string, string>,
): CaseEntry[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = cases.filter((one) => {
    if (!changeMatches(one, filter.change)) return false;
    if (filter.tag !== '' && !one.tags.includes(filter.tag)) return false;
    if (filter.hide_intended && intended.has(one.case_id)) return false;
    return words.length === 0 || holds(one, words);
  });
  switch (order) {
    case 'dataset':
      return found;
    case 'worst':
      return found.sort((a, b) => differenceOf(a) - differenceOf(b) || byId(a, b));
    case 'best':
      return found.sort((a, b) => differenceOf(b) - differenceOf(a) || byId(a, b));
  }
}

/** As the command line lists them: also a case that passes more or less often at the same score. */
export function isChanged({ change, pass_difference }: CaseEntry): boolean {
  return change !== 'neutral' || pass_difference !== 0;
}

/** What could not be measured comes before everything else that is bad. */
export function differenceOf({ score_difference, pass_difference }: CaseEntry): number {
  return score_difference ?? pass_difference ?? -2;
}

function changeMatches(one: CaseEntry, wanted: CaseFilter['change']): boolean {
  if (wanted === 'all') return true;
  return wanted === 'changed' ? isChanged(one) : one.change === wanted;
}

function holds({ case_id, baseline, candidate, tags }: CaseEntry, words: readonly string[]): boolean {
  const text = [case_id, baseline.reason, candidate.reason, ...tags].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function byId(a: CaseEntry, b: CaseEntry): number {
  return a.case_id < b.case_id ? -1 : 1;
}
