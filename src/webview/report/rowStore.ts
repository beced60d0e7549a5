import type { ResultKey, ResultRow } from '../../protocol/resultRow.ts';

/** A row with what the table asks of it again and again. */
export interface StoredRow {
  key: string;
  row: ResultRow;
  /** Position of its target in the run. */
  targetIndex: number;
  /** Everything that the text search looks at, in lower case. */
  haystack: string;
}

/** One text for a result, unique within a run. */
export function keyText({ target, case_index, trial }: ResultKey): string {
  return `${case_index}/${trial}/${target}`;
}

/**
 * The rows of one run in the order of its dataset, whatever order they arrive in. Adding is cheap and the
 * order is made when it is next asked for: a run that goes on adds many times between two drawings.
 */
export class RowStore {
  readonly #byKey = new Map<string, StoredRow>();
  /** Per case and target: the keys of its trials that passed and that did not. */
  readonly #trials = new Map<string, { passed: number; other: number }>();
  #sorted: StoredRow[] = [];
  #arrived: StoredRow[] = [];
  readonly #targets: readonly string[];
  /** Grows with every change; equal numbers mean equal rows. */
  version = 0;

  constructor(targets: readonly string[]) {
    this.#targets = targets;
  }

  get size(): number {
    return this.#byKey.size;
  }

  add(rows: readonly ResultRow[]): void {
    for (const row of rows) this.#put(row);
    this.version += 1;
  }

  get(key: string): StoredRow | undefined {
    return this.#byKey.get(key);
  }

  all(): readonly StoredRow[] {
    if (this.#arrived.length > 0) {
      this.#sorted = merge(this.#sorted, this.#arrived.sort(compareRows));
      this.#arrived = [];
    }
    return this.#sorted;
  }

  /** Some trials of the same case passed, and some did not. */
  isFlaky({ row }: StoredRow): boolean {
    const trials = this.#trials.get(caseKey(row));
    return trials !== undefined && trials.passed > 0 && trials.other > 0;
  }

  #put(row: ResultRow): void {
    const key = keyText(row);
    const known = this.#byKey.get(key);
    if (known) {
      this.#count(known.row, -1);
      known.row = row;
      known.haystack = haystackOf(row);
    } else {
      const stored = {
        key,
        row,
        targetIndex: this.#targets.indexOf(row.target),
        haystack: haystackOf(row),
      };
      this.#byKey.set(key, stored);
      this.#arrived.push(stored);
    }
    this.#count(row, 1);
  }

  #count(row: ResultRow, step: 1 | -1): void {
    const key = caseKey(row);
    const trials = this.#trials.get(key) ?? { passed: 0, other: 0 };
    if (row.status === 'passed') trials.passed += step;
    else trials.other += step;
    this.#trials.set(key, trials);
  }
}

function caseKey({ case_index, target }: ResultRow): string {
  return `${case_index}/${target}`;
}

function haystackOf(row: ResultRow): string {
  return [
    row.case_id,
    row.description,
    row.target,
    row.reason,
    row.input,
    row.output,
    ...row.tags,
    ...row.failed_by,
  ]
    .join('\n')
    .toLowerCase();
}

/** The order of the dataset; within a case, that of the targets and the trials. */
export function compareRows(a: StoredRow, b: StoredRow): number {
  return a.row.case_index - b.row.case_index || a.targetIndex - b.targetIndex || a.row.trial - b.row.trial;
}

function merge(left: readonly StoredRow[], right: readonly StoredRow[]): StoredRow[] {
  const last = left.at(-1);
  const first = right[0];
  if (!last || !first || compareRows(last, first) <= 0) return left.concat(right);
  return left.concat(right).sort(compareRows);
}
