import type { NamedValue } from './logFields.ts';

const TRACE = new Set([
  ...['traceid', 'oteltraceid', 'opentelemetrytraceid', 'ddtraceid', 'xraytraceid', 'xb3traceid', 'trace'],
  // Google Cloud; Serilog’s compact form; W3C.
  ...['logginggoogleapiscomtrace', 'tr', 'traceparent', 'oteltraceparent'],
]);
const SPAN = new Set([
  ...['spanid', 'otelspanid', 'opentelemetryspanid', 'ddspanid', 'xb3spanid', 'span'],
  ...['logginggoogleapiscomspanid', 'sp'],
]);

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})(?:-|$)/;

/** The id of a line's trace; one of which all is known comes before one of 64 bits. Empty where there is none. */
export function traceIdIn(values: readonly NamedValue[]): string {
  const ids = values.filter(({ name }) => TRACE.has(name)).flatMap((one) => traceIdOf(one) ?? []);
  return ids.find((id) => !isHalf(id)) ?? ids[0] ?? '';
}

/** The id of a line's span, 16 hexadecimal digits; empty where there is none. */
export function spanIdIn(values: readonly NamedValue[]): string {
  const ids = values.filter(({ name }) => SPAN.has(name)).flatMap((one) => spanIdOf(one) ?? []);
  const parent = values.find(({ name }) => name.endsWith('traceparent'));
  return ids[0] ?? TRACEPARENT.exec(textOf(parent))?.[2] ?? '';
}

/** Of the id of a trace, only the last 64 bits are known. */
export function isHalf(traceId: string): boolean {
  return traceId.startsWith('0000000000000000');
}

function traceIdOf(value: NamedValue): string | undefined {
  const text = textOf(value);
  const id =
    TRACEPARENT.exec(text)?.[1] ??
    // AWS X-Ray: version, time and the rest.
    (/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(text) ? text.slice(2).replace('-', '') : undefined) ??
    /^projects\/[^/]+\/traces\/([0-9a-f]{32})$/.exec(text)?.[1] ??
    (/^[0-9a-f]{32}$/.test(text) ? text : shortId(value)?.padStart(32, '0'));
  return id === undefined || /^0*$/.test(id) ? undefined : id;
}

function spanIdOf(value: NamedValue): string | undefined {
  const id = shortId(value);
  return id === undefined || /^0*$/.test(id) ? undefined : id;
}

/** 64 bits: Datadog writes them as a decimal number, all others as hexadecimal digits. */
function shortId(value: NamedValue): string | undefined {
  const text = textOf(value);
  if (value.name.startsWith('dd') && /^\d{1,20}$/.test(text)) {
    const id = BigInt(text).toString(16).padStart(16, '0');
    return id.length === 16 ? id : undefined;
  }
  return /^[0-9a-f]{16}$/.test(text) ? text : undefined;
}

function textOf(one: NamedValue | undefined): string {
  const { value } = one ?? {};
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
}
