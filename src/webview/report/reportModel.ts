import type { ResultKey, ResultRow } from '../../protocol/resultRow.ts';
import type { ResultDetail, RunHead } from './entries.ts';
import { type OutputLabel, type ReportAction, type ToPage, toPage } from './messages.ts';
import { keyText, RowStore } from './rowStore.ts';

/** The whole of a result, or why it cannot be had. */
export type LoadedCase =
  /** `label` is absent where the output cannot be labelled. */
  | { state: 'loaded'; result: ResultDetail; label?: OutputLabel | null }
  | { state: 'missing'; message: string };

export interface RunData {
  head: RunHead;
  rows: RowStore;
  /** By key; only what was opened. */
  cases: Map<string, LoadedCase>;
}

/** Everything that the host sent, by run, in the order of arrival. */
export class ReportModel {
  readonly runs = new Map<string, RunData>();
  actions: readonly ReportAction[] = [];

  /** Takes a message in after checking it. Throws a ZodError for one that is not of the contract. */
  receive(data: unknown): ToPage {
    const message = toPage.parse(data);
    this.#apply(message);
    return message;
  }

  #apply(message: ToPage): void {
    switch (message.type) {
      case 'reset':
        this.runs.clear();
        break;
      case 'actions':
        this.actions = message.available;
        break;
      case 'run':
        this.#putRun(message.head);
        break;
      case 'rows':
        this.#putRows(message.run_id, message.rows);
        break;
      case 'case':
        this.#putCase(message.run_id, message.result, {
          state: 'loaded',
          result: message.result,
          ...(message.label === undefined ? {} : { label: message.label }),
        });
        break;
      case 'case-missing':
        this.#putCase(message.run_id, message.key, { state: 'missing', message: message.message });
        break;
      case 'reveal':
        break;
    }
  }

  #putRows(runId: string, rows: readonly ResultRow[]): void {
    const run = this.runs.get(runId);
    run?.rows.add(rows);
    // A row that came again has another result behind it.
    for (const row of rows) run?.cases.delete(keyText(row));
  }

  #putRun(head: RunHead): void {
    const known = this.runs.get(head.run.id);
    if (known) known.head = head;
    else {
      const rows = new RowStore(head.run.targets.map(({ name }) => name));
      this.runs.set(head.run.id, { head, rows, cases: new Map() });
    }
  }

  #putCase(runId: string, key: ResultKey, loaded: LoadedCase): void {
    this.runs.get(runId)?.cases.set(keyText(key), loaded);
  }
}
