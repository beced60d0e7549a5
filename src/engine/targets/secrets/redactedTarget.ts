import type { Redactor } from '../../http/redactor.ts';
import type { Attributes, Span } from '../../ports.ts';
import type { Target } from '../target.ts';

/** Takes the run's keys out of all that a target gives: its outputs, its spans, and what is logged about it. */
export function redactedTarget(target: Target, redactor: Redactor): Target {
  return {
    ...target,
    async call(request, context) {
      const { receiveSpans, span } = context;
      const output = await target.call(request, {
        ...context,
        span: redactedSpan(span, redactor),
        ...(receiveSpans ? { receiveSpans: (spans) => receiveSpans(redactor.value(spans)) } : {}),
      });
      return redactor.value(output);
    },
  };
}

/** What is passed on to the other side (`traceparent`, `baggage`) stays as it is. */
function redactedSpan(span: Span, redactor: Redactor): Span {
  const clean = (attributes?: Attributes) => attributes && redactor.value(attributes);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceparent: span.traceparent,
    baggage: span.baggage,
    child: (name, attributes, kind) =>
      redactedSpan(span.child(redactor.text(name), clean(attributes), kind), redactor),
    set: (attributes) => span.set(redactor.value(attributes)),
    event: (name, attributes) => span.event(redactor.text(name), clean(attributes)),
    log: (level, message, fields) => span.log(level, redactor.text(message), redactor.value(fields)),
    end: (error) => span.end(error === undefined ? undefined : redactor.text(error)),
  };
}
