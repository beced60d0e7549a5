import type { Attributes, Span } from '../../../src/engine/ports.ts';

export interface RecordedSpan {
  name: string;
  kind: string | undefined;
  attributes: Attributes;
  events: { name: string; attributes: Attributes }[];
  ended: number;
  error: string | undefined;
}

/** A span that writes down what happens to it and to its children, in the order in which they were opened. */
export function recordingSpan(): { span: Span; spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const open = (name: string, attributes: Attributes = {}, kind?: string): Span => {
    const record: RecordedSpan = {
      name,
      kind,
      attributes: { ...attributes },
      events: [],
      ended: 0,
      error: undefined,
    };
    spans.push(record);
    const spanId = spans.length.toString(16).padStart(16, '0');
    const traceId = 'abcdef0123456789abcdef0123456789';
    return {
      traceId,
      spanId,
      traceparent: `00-${traceId}-${spanId}-01`,
      baggage: 'touchstone.case=secret-case',
      child: open,
      set: (more) => void Object.assign(record.attributes, more),
      event: (event, eventAttributes = {}) =>
        void record.events.push({ name: event, attributes: eventAttributes }),
      log: () => {},
      end: (error) => {
        record.ended++;
        record.error = error;
      },
    };
  };
  return { span: open('root'), spans };
}
