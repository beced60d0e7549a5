import { compareRows, type RowStore, type StoredRow } from './rowStore.ts';
import type { RowFilter, RowSort, SortColumn } from './viewState.ts';

const STATUS_ORDER = { errored: 0, failed: 1, passed: 2 };
const STAGE_ORDER = { none: 0, heuristic: 1, lexical: 2, judge: 3 };

/** The rows that a filter lets through, in the order that is asked for. */
export function selectRows(store: RowStore, filter: RowFilter, sort: RowSort): readonly StoredRow[] {
  const rows = store.all();
  const kept = isEmpty(filter) ? rows : rows.filter(matcher(store, filter));
  if (sort.column === 'dataset') return sort.descending ? kept.toReversed() : kept;
  const direction = sort.descending ? -1 : 1;
  const { column } = sort;
  return kept.toSorted((a, b) => compareBy(column, a, b, direction) || compareRows(a, b));
}

function isEmpty({ status, text, ...names }: RowFilter): boolean {
  return status === 'all' && text.trim() === '' && Object.values(names).every((name) => name === '');
}

function matcher(store: RowStore, filter: RowFilter): (stored: StoredRow) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (stored) => {
    const { row } = stored;
    if (filter.status === 'flaky' ? !store.isFlaky(stored) : !isStatus(filter.status, row.status))
      return false;
    if (filter.tag !== '' && !row.tags.includes(filter.tag)) return false;
    if (filter.stage !== '' && row.stage !== filter.stage) return false;
    if (filter.target !== '' && row.target !== filter.target) return false;
    if (filter.evaluator !== '' && !row.failed_by.includes(filter.evaluator)) return false;
    return words.every((word) => stored.haystack.includes(word));
  };
}

function isStatus(asked: RowFilter['status'], status: string): boolean {
  return asked === 'all' || asked === status;
}

function compareBy(column: SortColumn, a: StoredRow, b: StoredRow, direction: 1 | -1): number {
  switch (column) {
    case 'dataset':
      return direction * compareRows(a, b);
    case 'status':
      return direction * (STATUS_ORDER[a.row.status] - STATUS_ORDER[b.row.status]);
    case 'stage':
      return direction * (STAGE_ORDER[a.row.stage] - STAGE_ORDER[b.row.stage]);
    case 'case':
      return direction * compareTexts(a.row.case_id, b.row.case_id);
    case 'target':
      return direction * (a.targetIndex - b.targetIndex);
    case 'score':
      return compareNumbers(a.row.score, b.row.score, direction);
    case 'latency':
      return compareNumbers(a.row.latency_ms, b.row.latency_ms, direction);
    case 'cost':
      return compareNumbers(a.row.cost_usd, b.row.cost_usd, direction);
  }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What was not measured comes last in either direction. */
function compareNumbers(a: number | null, b: number | null, direction: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return direction * (a - b);
}
