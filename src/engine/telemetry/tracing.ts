import type { Context, Span as OtelSpan, Tracer as OtelTracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { defined } from '../model/defined.ts';
import type { JsonObject } from '../model/json.ts';
import type { Attributes, Clock, LogLevel, Span } from '../ports.ts';
import { toSpanRecord } from './finishedSpan.ts';
import { type Finished, NOTHING } from './sinks/sink.ts';
import { SpanIds } from './traceIds.ts';
import type { RootOptions } from './tracer.ts';

/** Hears of everything that has finished. */
type Emit = (finished: Finished) => void;

/** Opens traces on the OpenTelemetry SDK; every time comes from the Clock port. */
export class Tracing {
  readonly #emit: Emit;
  readonly #clock: TraceClock;
  readonly #tracer: OtelTracer;
  #nextTraceId = '';

  /** `attempt` counts how often the run was started: span ids of two attempts never clash. */
  constructor(clock: Clock, attempt: number, emit: Emit) {
    this.#emit = emit;
    const spanIds = new SpanIds(attempt);
    this.#clock = traceClock(clock);
    const provider = new BasicTracerProvider({
      sampler: new AlwaysOnSampler(),
      idGenerator: {
        generateTraceId: () => this.#nextTraceId,
        generateSpanId: () => spanIds.next(),
      },
      spanProcessors: [processor(emit)],
      spanLimits: { attributeValueLengthLimit: 16_384 },
    });
    this.#tracer = provider.getTracer('touchstone');
  }

  /** Starts a trace of its own. */
  root(name: string, options: RootOptions): Span {
    this.#nextTraceId = options.traceId;
    const link = options.link;
    const span = this.#tracer.startSpan(
      name,
      {
        root: true,
        startTime: this.#clock(),
        ...defined({
          attributes: options.attributes,
          links: link
            ? [{ context: { traceId: link.traceId, spanId: link.spanId, traceFlags: TraceFlags.SAMPLED } }]
            : undefined,
        }),
      },
      ROOT_CONTEXT,
    );

    return new RecordedSpan(span, this.#tracer, this.#clock, this.#emit, options.baggage);
  }
}

class RecordedSpan implements Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly #baggage: RootOptions['baggage'];
  readonly #span: OtelSpan;
  readonly #tracer: OtelTracer;
  readonly #clock: TraceClock;
  readonly #emit: Emit;
  #context: Context | undefined;

  constructor(
    span: OtelSpan,
    tracer: OtelTracer,
    clock: TraceClock,
    emit: Emit,
    baggage: RootOptions['baggage'],
  ) {
    const { traceId, spanId } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.#baggage = baggage;
    this.#span = span;
    this.#tracer = tracer;
    this.#clock = clock;
    this.#emit = emit;
  }

  /** https://www.w3.org/TR/trace-context/#traceparent-header, version 00, sampled. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  get baggage(): string | undefined {
    return formatBaggage(this.#baggage) || undefined;
  }

  child(name: string, attributes?: Attributes, kind: 'internal' | 'client' = 'internal'): Span {
    this.#context ??= trace.setSpan(ROOT_CONTEXT, this.#span);
    const span = this.#tracer.startSpan(
      name,
      {
        startTime: this.#clock(),
        kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        ...defined({ attributes }),
      },
      this.#context,
    );
    return new RecordedSpan(span, this.#tracer, this.#clock, this.#emit, this.#baggage);
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  event(name: string, attributes?: Attributes): void {
    this.#span.addEvent(name, attributes, this.#clock());
  }

  log(level: LogLevel, message: string, fields: JsonObject = {}): void {
    const { traceId, spanId } = this;
    const log = { timeMs: this.#clock(), level, message, traceId, spanId, fields };
    this.#emit({ ...NOTHING, logs: [log] });
  }

  end(error?: string): void {
    if (error !== undefined) this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    this.#span.end(this.#clock());
  }
}

function processor(emit: Emit): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: (span) => emit({ ...NOTHING, spans: [toSpanRecord(span)] }),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** https://www.w3.org/TR/baggage/: keys are tokens of ours, values percent-encoded. */
function formatBaggage(entries: { [key: string]: string }): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',');
}

/** Milliseconds since the epoch, with the monotonic clock's resolution. */
type TraceClock = () => number;

/** A wall clock that is corrected within a trace would give spans of negative length, so it is read once. */
function traceClock(clock: Clock): TraceClock {
  const offset = clock.now() - clock.monotonic();
  return () => offset + clock.monotonic();
}
