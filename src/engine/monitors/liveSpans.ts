import type { AgentSpan } from '../model/agentSpan.ts';
import type { EvaluationDraft } from '../model/liveEvaluation.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import type { Clock } from '../ports.ts';
import { readSpan } from '../telemetry/dialects/readSpan.ts';
import type { PriceSpan } from '../telemetry/dialects/traceTree.ts';
import { type LiveInput, liveInput, standsAlone } from './liveInput.ts';
import type { LiveEvaluator, LiveMonitor, Said } from './liveMonitor.ts';
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
  /** Of a trace, as far as it has come. */
  records(traceId: string): { spans: SpanRecord[]; logs: LogRecord[] };
  clock: Clock;
  onBug(error: unknown): void;
}

/** Spans of a trace that are looked at for one evaluation. */
const MOST_SPANS = 5_000;

/** Reads spans for evaluators. What a sender sends must not stop the stream, whatever it is. */
export class LiveSpans {
  readonly #options: LiveSpansOptions;

  constructor(options: LiveSpansOptions) {
    this.#options = options;
  }

  /** Undefined for one that cannot be read. */
  read(record: SpanRecord): AgentSpan | undefined {
    return this.#guarded(() => readSpan(record));
  }

  /** Undefined where it was forgotten. */
  find({ traceId, spanId }: { traceId: string; spanId: string }): AgentSpan | undefined {
    const record = this.#options.records(traceId).spans.find((one) => one.spanId === spanId);
    return record && this.read(record);
  }

  inputOf(span: AgentSpan, { price, clean }: MonitorSet): Input {
    const { record } = span;
    const input = this.#guarded(() => {
      const own = { spans: [record], logs: [] };
      const records = standsAlone(span) ? own : this.#options.records(record.traceId);
      if (records.spans.length > MOST_SPANS) return { failed: `its trace has more than ${MOST_SPANS} spans` };
      return clean(liveInput(record.spanId, records, price) ?? liveInput(record.spanId, own, price));
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

  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.onBug(error);
      return undefined;
    }
  }
}
