import type { CaseComparison, Comparison } from '../model/comparison.ts';
import type { RunStore } from '../store/runStore.ts';
import { sideEntryAt } from './comparedPair.ts';
import type { HtmlAssets } from './htmlAssets.ts';
import { dataBlock, PAGE_END, pageHead, pageScript } from './htmlPage.ts';
import { comparisonEntry } from './jsonComparison.ts';

/** UTF-16 units of JSON in one block of data. */
const BLOCK_LENGTH = 256 * 1024;

/** Pairs whose outputs are in the file; beyond it a browser takes long to open it. */
const MAX_PAIRS = 5_000;

/**
 * A comparison as one HTML page in pieces. All figures and cases are in it; outputs of the cases that changed
 * come first, and of at most 5,000 cases in all.
 */
export function* htmlComparison(
  comparison: Comparison,
  store: RunStore,
  assets: HtmlAssets,
): IterableIterator<string> {
  const { suite, verdict } = comparison;
  yield pageHead(`${suite}: ${verdict.word}`, 'touchstone-comparison', assets);
  yield dataBlock({ kind: 'comparison' }, JSON.stringify(comparisonEntry(comparison)));
  const shown = comparison.cases.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MAX_PAIRS);
  const keys = shown.map(({ caseId, candidate }) => [caseId, candidate.target]);
  yield dataBlock({ kind: 'keys' }, JSON.stringify(keys));
  yield pageScript(assets);
  yield* pairBlocks(comparison, shown, store);
  yield PAGE_END;
}

/** What could not be measured comes before everything else. */
function sizeOf({ scoreDifference, passDifference }: CaseComparison): number {
  const difference = scoreDifference ?? passDifference;
  return difference === null ? Number.POSITIVE_INFINITY : Math.abs(difference);
}

function* pairBlocks(
  comparison: Comparison,
  shown: readonly CaseComparison[],
  store: RunStore,
): Iterable<string> {
  const { baseline, candidate } = comparison;
  const places = placesIn(store, comparison);
  let first = 0;
  let batch: string[] = [];
  let length = 0;

  for (const one of shown) {
    const place = places(one);
    const text = JSON.stringify({
      baseline: place === undefined ? null : sideEntryAt(store, baseline.runId, place, one.baseline),
      candidate: sideEntryAt(store, candidate.runId, one.caseIndex, one.candidate),
    });

    if (length > 0 && length + text.length > BLOCK_LENGTH) {
      yield dataBlock({ kind: 'pairs', first: String(first) }, `[${batch.join(',')}]`);
      first += batch.length;
      batch = [];
      length = 0;
    }

    batch.push(text);
    length += text.length;
  }

  if (batch.length > 0) yield dataBlock({ kind: 'pairs', first: String(first) }, `[${batch.join(',')}]`);
}

/** Where a case stands in the baseline's dataset. */
function placesIn(
  store: RunStore,
  { baseline, candidate }: Comparison,
): (one: CaseComparison) => number | undefined {
  if (baseline.runId === candidate.runId) return ({ caseIndex }) => caseIndex;
  const places = new Map<string, number>();
  for (const { caseId, caseIndex } of store.results(baseline.runId)) places.set(caseId, caseIndex);
  return ({ caseId }) => places.get(caseId);
}
