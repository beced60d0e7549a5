import type { SpanDetail, SpanRow, TraceHead } from '../../protocol/traceRow.ts';
import { type ToTracePage, type TraceAction, toTracePage } from './traceMessages.ts';

export type LoadedSpan = { state: 'loaded'; detail: SpanDetail } | { state: 'missing'; message: string };

/** A trace as far as it has come. */
export interface ShownTrace {
  version: number;
  head: TraceHead;
  rows: SpanRow[];
}

/** What the host sent. */
export class TraceModel {
  actions: readonly TraceAction[] = [];
  trace: ShownTrace | null = null;
  /** Why there is no trace. */
  missing: string | null = null;
  /** By span id. */
  readonly spans = new Map<string, LoadedSpan>();
  /** The next version of the trace, until its lines are there: the former one is shown as long. */
  #next: ShownTrace | null = null;

  /** Takes one message; throws when it is not part of the protocol. */
  receive(data: unknown): ToTracePage {
    const message = toTracePage.parse(data);
    switch (message.type) {
      case 'actions':
        this.actions = message.available;
        break;
      case 'trace':
        this.#begin({ version: message.version, head: message.head, rows: [] });
        break;
      case 'rows':
        this.#add(message);
        break;
      case 'missing':
        this.trace = null;
        this.missing = message.message;
        break;
      case 'span':
        this.spans.set(message.detail.row.id, { state: 'loaded', detail: message.detail });
        break;
      case 'span-missing':
        this.spans.set(message.spanId, { state: 'missing', message: message.message });
        break;
      case 'reveal':
        break;
    }
    return message;
  }

  #begin(next: ShownTrace): void {
    this.missing = null;
    if (this.trace?.head.traceId !== next.head.traceId) {
      this.spans.clear();
      this.trace = next;
    }
    this.#next = next;
  }

  #add({ version, offset, rows }: Extract<ToTracePage, { type: 'rows' }>): void {
    const next = this.#next;
    if (next?.version !== version || offset !== next.rows.length) return;
    next.rows = next.rows.concat(rows);
    if (this.trace === next || next.rows.length < next.head.rows) return;

    // All of the new version is there. What was read of its spans may have changed.
    this.trace = next;
    this.spans.clear();
  }
}
