import type { LogRecord, SpanRecord } from '../../model/span.ts';
import type { Clock } from '../../ports.ts';
import type { AgentRecords, CallSpan } from './adoptSpans.ts';

/** The traces that the workspace's receiver has stored. */
export interface ReceivedTraces {
  /** Whether anything is received now, and was before: otherwise nobody waits. */
  isOpen(): boolean;
  records(traceId: string): { spans: SpanRecord[]; logs: LogRecord[] };
}

/** OpenTelemetry's SDKs send their spans every five seconds, unless they are told otherwise. In milliseconds. */
const WAIT_MS = 6_000;
const EVERY_MS = 100;

/**
 * Spans that an agent which is already running sends to the workspace's receiver, under the trace of the case. A call
 * waits for them until the agent's own root has come, as long as the agent is not known to send none.
 */
export class SpansElsewhere {
  readonly #received: ReceivedTraces;
  readonly #clock: Clock;
  /** By target. */
  readonly #sends = new Map<string, boolean>();

  constructor(received: ReceivedTraces, clock: Clock) {
    this.#received = received;
    this.#clock = clock;
  }

  /** What is there of a call. Null where nothing is. */
  now(call: CallSpan): AgentRecords | null {
    return this.#received.isOpen() ? this.#look(call) : null;
  }

  /** It has sent spans before. */
  expects(target: string): boolean {
    return this.#received.isOpen() && this.#sends.get(target) === true;
  }

  /** The same, after a wait for the root. Rejects with the signal's reason. */
  async wait(call: CallSpan, target: string, signal: AbortSignal): Promise<AgentRecords | null> {
    if (!this.#received.isOpen()) return null;
    const until = this.#clock.monotonic() + WAIT_MS;
    for (;;) {
      const found = this.#look(call);
      if (found) this.#sends.set(target, true);
      // Its root ends last, and is sent last.
      if (found?.spans.some(({ parentSpanId }) => parentSpanId === call.spanId)) return found;
      if (this.#sends.get(target) === false) return found;
      if (this.#clock.monotonic() >= until) {
        if (!this.#sends.has(target)) this.#sends.set(target, false);
        return found;
      }
      await this.#clock.sleep(EVERY_MS, signal);
    }
  }

  #look(call: CallSpan): AgentRecords | null {
    const { spans, logs } = this.#received.records(call.traceId);
    const own = below(spans, call.spanId);
    const ids = new Set(own.map(({ spanId }) => spanId));
    return own.length === 0 ? null : { spans: own, logs: logs.filter(({ spanId }) => ids.has(spanId)) };
  }
}

/** The spans of a trace that stand below one that is not among them, and those whose parents have not come. */
function below(spans: readonly SpanRecord[], callId: string): SpanRecord[] {
  const parents = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]));
  return spans.filter(({ spanId }) => {
    const seen = new Set<string>();
    let at: string | null | undefined = spanId;
    while (at != null && at !== callId && !seen.has(at)) {
      seen.add(at);
      at = parents.get(at);
    }
    return at === callId;
  });
}
