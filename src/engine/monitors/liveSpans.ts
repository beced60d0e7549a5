import type { AgentSpan } from '../model/agentSpan.ts';
import type { EvaluationDraft } from '../model/liveEvaluation.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import type { Clock } from '../ports.ts';
import { readSpan } from '../telemetry/dialects/readSpan.ts';
import type { PriceSpan } from '../telemetry/dialects/traceTree.ts';
import type { TraceStore } from '../traces/traceStore.ts';
import { type LiveInput, liveInput, standsAlone } from './liveInput.ts';
import type { LiveEvaluator, LiveMonitor, Said } from './liveMonitor.ts';
import { MOST_RECORDS, RecentTraces, type RecentTracesSource } from './recentTraces.ts';
import { releaseOf } from './spanMatch.ts';

/** Monitors, and what they need beyond the spans. */
export interface MonitorSet {
  monitors: readonly LiveMonitor[];
  price: PriceSpan;
  /** Takes keys out of what is evaluated. */
  clean<T>(value: T): T;
}

export const NO_MONITORS: MonitorSet = { monitors: [], price: () => null, clean: (value) => value };

/** What evaluators see of a span, or why it has no answer. */
export type Input = LiveInput | { failed: string };

export interface LiveSpansOptions {
  traces: RecentTracesSource & Pick<TraceStore, 'span'>;
  clock: Clock;
  onBug(error: unknown): void;
}

/** Reads spans for evaluators. What a sender sends must not stop the stream, whatever it is. */
export class LiveSpans {
  readonly #options: LiveSpansOptions;
  readonly #recent: RecentTraces;
  readonly #known = new WeakMap<SpanRecord, AgentSpan>();

  constructor(options: LiveSpansOptions) {
    this.#options = options;
    this.#recent = new RecentTraces(options.traces);
  }

  /** Undefined for one that cannot be read. */
  read(record: SpanRecord): AgentSpan | undefined {
    return this.#guarded(() => this.#readOnce(record));
  }

  /** Undefined where it was forgotten. */
  find({ traceId, spanId }: { traceId: string; spanId: string }): AgentSpan | undefined {
    const record = this.#options.traces.span(traceId, spanId);
    return record && this.read(record);
  }

  inputOf(span: AgentSpan, { price, clean }: MonitorSet): Input {
    const { record } = span;
    const input = this.#guarded(() => {
      const own = { spans: [record], logs: [] };
      const records = standsAlone(span) ? own : this.#recent.records(record.traceId);
      if (!records) return { failed: `its trace has more than ${MOST_RECORDS} spans or log lines` };
      const by = { price, read: this.#readOnce };
      return clean(liveInput(record.spanId, records, by) ?? liveInput(record.spanId, own, by));
    });
    return input ?? { failed: 'the span cannot be read' };
  }

  evaluationOf(
    span: AgentSpan,
    { monitor, evaluator }: { monitor: string; evaluator: LiveEvaluator },
    said: Said,
  ): EvaluationDraft {
    const { traceId, spanId, endMs, service } = span.record;
    const { name, type, stage } = evaluator;
    return {
      ...{ traceId, spanId, monitor, evaluator: name, type, stage, ...said },
      atMs: this.#options.clock.now(),
      spanEndMs: endMs,
      labels: { service, model: span.model, release: releaseOf(span) },
    };
  }

  /** Without log lines a span is read once, however many there are for whom it counts. */
  readonly #readOnce = (record: SpanRecord, logs: readonly LogRecord[] = []): AgentSpan => {
    if (logs.length > 0) return readSpan(record, logs);
    const span = this.#known.get(record) ?? readSpan(record);
    this.#known.set(record, span);
    return span;
  };

  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.onBug(error);
      return undefined;
    }
  }
}
