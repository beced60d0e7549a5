import type { TrialResult } from '../model/result.ts';
import type { Clock, Log } from '../ports.ts';
import { EvaluatedCalls } from './evaluatedCalls.ts';
import { evaluationRecords } from './evaluationRecords.ts';
import { type Finished, NOTHING, type TelemetrySink } from './sinks/sink.ts';
import { SinkHub } from './sinks/sinkHub.ts';
import { mayBeOwnSpan } from './traceIds.ts';
import { noTracer, type Tracer } from './tracer.ts';
import { Tracing } from './tracing.ts';

/** One attempt at a run: opens its traces, and hears which results are stored. */
export interface RunTelemetry extends Tracer {
  /** Call it when they are durable, never before: sinks then hear of their evaluations. */
  stored(results: readonly TrialResult[]): void;
}

/** Where runs get their tracers from. */
export interface Telemetry {
  /**
   * `attempt` counts how often the run was started before: span ids of two attempts never clash. `store` is told of
   * everything at once; it stands before all other sinks, and must not fail.
   */
  openRun(run: { runId: string; attempt: number; store: TelemetrySink }): RunTelemetry;
}

export const noTelemetry: Telemetry = { openRun: () => ({ ...noTracer, stored: () => {} }) };

/** Traces whose finished spans, log lines and evaluations go to any number of sinks. */
export class SinkTelemetry implements Telemetry {
  readonly #clock: Clock;
  readonly #hub: SinkHub;
  readonly #open = new AbortController().signal;

  constructor(sinks: readonly TelemetrySink[], { clock, log }: { clock: Clock; log: Log }) {
    this.#clock = clock;
    this.#hub = new SinkHub(sinks, { clock, log });
  }

  openRun({ runId, attempt, store }: Parameters<Telemetry['openRun']>[0]): RunTelemetry {
    const hub = this.#hub;
    const calls = new EvaluatedCalls();
    const emit = (finished: Finished, heard = finished.spans): void => {
      store.take(finished, this.#open);
      if (hub.isEmpty) return;
      calls.hear(heard);
      hub.take(finished);
    };

    const tracing = new Tracing(this.#clock, attempt, emit);
    return {
      root: (name, options) => tracing.root(name, options),
      // Of an agent's spans, only those right below its call may say which completion was evaluated.
      accept: ({ spans, logs }) =>
        emit(
          { ...NOTHING, spans, logs },
          spans.filter(({ parentSpanId }) => parentSpanId !== null && mayBeOwnSpan(parentSpanId)),
        ),

      stored(results) {
        if (hub.isEmpty) return;
        const evaluations = results.flatMap((result) => evaluationRecords(result, runId, calls.take(result)));
        hub.take({ ...NOTHING, evaluations });
      },
    };
  }

  /** Waits a short while for sinks that are busy, and says what they have lost. */
  flush(): Promise<void> {
    return this.#hub.flush();
  }

  /** Idempotent. */
  close(): void {
    this.#hub.close();
  }
}
