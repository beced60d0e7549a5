import type { Connection } from '../../store/file/connection.ts';
import { DIMENSIONS, type MetricLabels } from './measures.ts';
import { seriesKey } from './metricBatch.ts';

/** Stands for every value of a dimension once there are too many series. */
export const OVERFLOW = '(other)';

/** The ids of sets of labels. There is a limit to them: a label with a value of its own in each call would fill the store. */
export class SeriesTable {
  readonly #connection: Connection;
  readonly #most: number;
  readonly #known = new Map<string, number>();
  /** Those of a transaction that may still fail. */
  #fresh = new Map<string, number>();

  constructor(connection: Connection, most: number) {
    this.#connection = connection;
    this.#most = most;
  }

  /** Ids that `work` makes are remembered once it has succeeded. */
  settle(work: () => void): void {
    this.#fresh = new Map();
    work();
    for (const [key, id] of this.#fresh) this.#known.set(key, id);
  }

  /** Makes it where it is missing. Within a transaction. */
  idOf(labels: MetricLabels): number {
    const key = seriesKey(labels);
    const known = this.#known.get(key) ?? this.#fresh.get(key);
    if (known !== undefined) return known;

    const id = this.#find(key) ?? (this.#isFull() ? this.#overflow(labels) : this.#add(key, labels));
    this.#fresh.set(key, id);
    return id;
  }

  /** What is bounded by itself stays as it is. */
  #overflow({ operation, suite, evaluator }: MetricLabels): number {
    const labels: MetricLabels =
      suite === undefined && evaluator === undefined
        ? { service: OVERFLOW, model: OVERFLOW, operation: operation ?? OVERFLOW, release: OVERFLOW }
        : { service: OVERFLOW, suite: OVERFLOW, evaluator: OVERFLOW };
    const key = seriesKey(labels);
    return this.#find(key) ?? this.#add(key, labels);
  }

  #isFull(): boolean {
    return Number(this.#connection.all('SELECT count(*) AS n FROM series')[0]?.['n'] ?? 0) >= this.#most;
  }

  #find(key: string): number | undefined {
    const [row] = this.#connection.all('SELECT id FROM series WHERE key = ?', key);
    return row && Number(row['id']);
  }

  #add(key: string, labels: MetricLabels): number {
    const [row] = this.#connection.all(
      `INSERT INTO series (key, service, model, operation, release, suite, evaluator)
       VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      key,
      ...DIMENSIONS.map((dimension) => labels[dimension] ?? null),
    );
    return Number(row?.['id']);
  }
}
