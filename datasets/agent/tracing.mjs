import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';

const KINDS = { internal: 1, client: 3 };
const STATUS_ERROR = 2;

/**
 * A small OpenTelemetry tracer: spans go, as one OTLP request in JSON, to the end of `file`, under the trace
 * that the W3C `traceparent` names, or to `send`. Without either, or for a trace that is not sampled, nothing is written.
 * Span ids follow from the seed and the order of the spans, so that a repeated call writes the same ids.
 */
export function openTrace({ traceparent, file, send, seed, version = '2.1.0' }) {
  const given = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  const traceId = given?.[1] ?? digest(`trace ${seed}`, 32);
  const sampled = given ? (Number.parseInt(given[3], 16) & 1) === 1 : true;
  const spans = [];
  let started = 0;

  function start(name, attributes = {}, parent = undefined, kind = 'internal') {
    started += 1;
    const spanId = digest(`${traceId} ${given?.[2]} ${seed} ${started}`, 16);
    const span = {
      traceId,
      spanId,
      parentSpanId: parent?.spanId ?? given?.[2] ?? '',
      name,
      kind: KINDS[kind],
      startTimeUnixNano: nowNanos(),
      attributes: { ...attributes },
      status: {},
    };
    return {
      spanId,
      traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`,
      set: (more) => void Object.assign(span.attributes, more),
      fail: (message) => {
        span.status = { code: STATUS_ERROR, message };
      },
      end: () => void spans.push({ ...span, endTimeUnixNano: nowNanos() }),
    };
  }

  return {
    start,
    flush() {
      if (!sampled || spans.length === 0) return;
      const request = exportRequest(spans.splice(0), version);
      send?.(request);
      if (file) appendFileSync(file, `${JSON.stringify(request)}\n`);
    },
  };
}

function exportRequest(spans, version) {
  const resource = { 'service.name': 'fernhill-support', 'service.version': version };
  return {
    resourceSpans: [
      {
        resource: { attributes: toOtlp(resource) },
        scopeSpans: [
          {
            scope: { name: 'fernhill-support' },
            spans: spans.map((span) => ({ ...span, attributes: toOtlp(span.attributes) })),
          },
        ],
      },
    ],
  };
}

function toOtlp(attributes) {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: toOtlpValue(value) }));
}

function toOtlpValue(value) {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toOtlpValue) } };
  if (typeof value === 'boolean') return { boolValue: value };
  // 64-bit integers are strings in OTLP's JSON.
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { stringValue: String(value) };
}

function nowNanos() {
  return String(BigInt(Math.round((performance.timeOrigin + performance.now()) * 1_000)) * 1_000n);
}

function digest(text, length) {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
