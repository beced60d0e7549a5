import type { LogRecord, SpanRecord } from '../model/span.ts';
import { type Attributes, noSpan, type Span } from '../ports.ts';

export interface RootOptions {
  traceId: string;
  attributes?: Attributes;
  /** Entries of the W3C baggage that every descendant passes on. */
  baggage: { [key: string]: string };
  /** A span in another trace that this one belongs to, e.g. the run's. */
  link?: Span;
  /** Of a caller's span in the same trace; null or absent where it begins the trace. */
  parentSpanId?: string | null;
  /** Default `internal`. */
  kind?: 'internal' | 'server';
}

/** Opens traces. It is handed to whatever works under spans, which knows neither how nor for whom they are kept. */
export interface Tracer {
  /** Starts a trace of its own. */
  root(name: string, options: RootOptions): Span;
  /** Takes finished spans and log records that another program sent. */
  accept(records: { spans: readonly SpanRecord[]; logs: readonly LogRecord[] }): void;
}

export const noTracer: Tracer = { root: () => noSpan, accept: () => {} };
