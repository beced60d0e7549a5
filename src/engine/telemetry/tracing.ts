import type { JsonObject, JsonValue } from '../model/json.ts';
import { micros } from '../model/micros.ts';
import type { SpanRecord } from '../model/span.ts';
import type { Attributes, AttributeValue, Clock, LogLevel, Span } from '../ports.ts';
import { type Finished, NOTHING } from './sinks/sink.ts';
import { SpanIds } from './traceIds.ts';
import type { RootOptions } from './tracer.ts';

/** The name under which our own spans are known. */
const OWN_SERVICE = 'touchstone';

const LONGEST_ATTRIBUTE = 16_384;

/** Hears of everything that has finished. */
type Emit = (finished: Finished) => void;

/**
 * Opens traces; every time comes from the Clock port. Spans are records from the start: there are several for each
 * trial, and OpenTelemetry's SDK, whose spans had to be turned into records, took more of a run than the evaluators.
 */
export class Tracing {
  readonly #recorder: Recorder;

  /** `attempt` counts how often the run was started: span ids of two attempts never clash. */
  constructor(clock: Clock, attempt: number, emit: Emit, identity: SpanIdentity = ownSpans(attempt)) {
    this.#recorder = { emit, clock: traceClock(clock), ...identity };
  }

  /** Starts a trace of its own, or goes on with a caller's. */
  root(name: string, options: RootOptions): Span {
    const { traceId, link, baggage, attributes, parentSpanId = null, kind = 'internal' } = options;
    const links = link ? [{ traceId: link.traceId, spanId: link.spanId }] : [];
    const opened = { traceId, parentSpanId, name, kind, links };
    return new RecordedSpan(this.#recorder, opened, baggage, attributes);
  }
}

/** Whose spans they are. */
export interface SpanIdentity {
  /** The `service.name` of its resource. */
  service: string;
  nextSpanId(): string;
  /** Attributes are cut to so many UTF-16 code units. */
  longestAttribute: number;
}

function ownSpans(attempt: number): SpanIdentity {
  const spanIds = new SpanIds(attempt);
  return {
    service: OWN_SERVICE,
    nextSpanId: () => spanIds.next(),
    longestAttribute: LONGEST_ATTRIBUTE,
  };
}

/** What the spans of an attempt share. */
interface Recorder extends SpanIdentity {
  emit: Emit;
  clock: TraceClock;
}

type Opened = Pick<SpanRecord, 'traceId' | 'parentSpanId' | 'name' | 'kind' | 'links'>;

class RecordedSpan implements Span {
  readonly #recorder: Recorder;
  readonly #baggage: RootOptions['baggage'];
  readonly #record: SpanRecord;
  #isOver = false;

  constructor(recorder: Recorder, opened: Opened, baggage: RootOptions['baggage'], attributes?: Attributes) {
    const { traceId, parentSpanId, name, kind, links } = opened;
    const startMs = recorder.clock();
    this.#recorder = recorder;
    this.#baggage = baggage;
    this.#record = {
      traceId,
      spanId: recorder.nextSpanId(),
      parentSpanId,
      name,
      kind,
      startMs,
      endMs: startMs,
      status: 'unset',
      attributes: {},
      events: [],
      links,
      service: recorder.service,
    };
    if (attributes) addAttributes(this.#record.attributes, attributes, recorder);
  }

  get traceId(): string {
    return this.#record.traceId;
  }

  get spanId(): string {
    return this.#record.spanId;
  }

  /** https://www.w3.org/TR/trace-context/#traceparent-header, version 00, sampled. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-01`;
  }

  get baggage(): string | undefined {
    return formatBaggage(this.#baggage) || undefined;
  }

  child(name: string, attributes?: Attributes, kind: 'internal' | 'client' = 'internal'): Span {
    const { traceId, spanId: parentSpanId } = this.#record;
    const opened = { traceId, parentSpanId, name, kind, links: [] };
    return new RecordedSpan(this.#recorder, opened, this.#baggage, attributes);
  }

  set(attributes: Attributes): void {
    if (!this.#isOver) addAttributes(this.#record.attributes, attributes, this.#recorder);
  }

  event(name: string, attributes: Attributes = {}): void {
    if (this.#isOver) return;
    const event = { name, timeMs: this.#recorder.clock(), attributes: {} };
    addAttributes(event.attributes, attributes, this.#recorder);
    this.#record.events.push(event);
  }

  log(level: LogLevel, message: string, fields: JsonObject = {}): void {
    const { traceId, spanId } = this.#record;
    const { clock, emit } = this.#recorder;
    emit({ ...NOTHING, logs: [{ timeMs: clock(), level, message, traceId, spanId, fields }] });
  }

  end(error?: string): void {
    // Sinks have the record: it stays as it is from now on.
    if (this.#isOver) return;
    this.#isOver = true;

    const { clock, emit } = this.#recorder;
    this.#record.endMs = clock();
    if (error !== undefined) {
      this.#record.status = 'error';
      this.#record.statusMessage = error;
    }
    emit({ ...NOTHING, spans: [this.#record] });
  }
}

function addAttributes(to: JsonObject, attributes: Attributes, { longestAttribute }: SpanIdentity): void {
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined) to[name] = shortened(value, longestAttribute);
  }
}

function shortened(value: AttributeValue, longest: number): JsonValue {
  if (typeof value === 'string') return value.slice(0, longest);
  return Array.isArray(value) ? value.map((item) => item.slice(0, longest)) : value;
}

/** https://www.w3.org/TR/baggage/: keys are tokens of ours, values percent-encoded. */
function formatBaggage(entries: { [key: string]: string }): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',');
}

/** Milliseconds since the epoch, to the microsecond. */
type TraceClock = () => number;

/** A wall clock that is corrected within a trace would give spans of negative length, so it is read once. */
function traceClock(clock: Clock): TraceClock {
  const offset = clock.now() - clock.monotonic();
  return () => micros(offset + clock.monotonic());
}
