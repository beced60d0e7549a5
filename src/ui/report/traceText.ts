import type { EngineCalls } from '../../protocol/calls.ts';

type Trace = EngineCalls['run/trace']['result'];
type Span = Trace['spans'][number];
type LogLine = Trace['logs'][number];

/** Longest value of an attribute, in UTF-16 units: a prompt may be megabytes. */
const VALUE_LENGTH = 400;
/** Deeper spans are shown at this depth: a trace from outside may be any graph. */
const MAX_DEPTH = 40;

/** A trace as an indented text: each span with its duration, attributes, events and log lines. */
export function traceText({ spans, logs }: Trace, traceId: string): string {
  if (spans.length === 0 && logs.length === 0)
    return `Trace ${traceId}\n\nNothing is stored for this trace.\n`;
  const children = Map.groupBy(spans.toSorted(byStart), (span) => parentOf(span, spans));
  const logsOf = Map.groupBy(logs, ({ spanId }) => spanId);
  const begin = Math.min(...spans.map(({ startMs }) => startMs), ...logs.map(({ timeMs }) => timeMs));
  const lines = [`Trace ${traceId}`, ''];
  // A parent that is also its own descendant would never be reached from a root.
  const shown = new Set<string>();
  const show = (span: Span, depth: number): void => {
    if (shown.has(span.spanId)) return;
    shown.add(span.spanId);
    lines.push(...spanLines(span, logsOf.get(span.spanId) ?? [], { depth, begin }));
    for (const child of children.get(span.spanId) ?? []) show(child, Math.min(depth + 1, MAX_DEPTH));
  };
  for (const root of children.get(null) ?? []) show(root, 0);
  for (const span of spans) show(span, 0);
  const known = new Set(spans.map(({ spanId }) => spanId));
  lines.push(...logs.filter(({ spanId }) => !known.has(spanId)).map((log) => logText(log, begin)));
  return `${lines.join('\n')}\n`;
}

function parentOf({ parentSpanId }: Span, spans: readonly Span[]): string | null {
  return spans.some(({ spanId }) => spanId === parentSpanId) ? parentSpanId : null;
}

function byStart(a: Span, b: Span): number {
  return a.startMs - b.startMs;
}

function spanLines(
  span: Span,
  logs: readonly LogLine[],
  { depth, begin }: { depth: number; begin: number },
): string[] {
  const mark = span.status === 'error' ? '✗' : '●';
  const duration = `${milliseconds(span.endMs - span.startMs)}`;
  const head = `${mark} ${line(span.name)}  ${duration}  (+${milliseconds(span.startMs - begin)}, ${line(span.service)}, ${span.kind})`;
  const below = [
    ...(span.statusMessage ? [`! ${line(span.statusMessage)}`] : []),
    ...Object.entries(span.attributes).map(([name, value]) => `${line(name)} = ${valueText(value)}`),
    ...span.events.map(
      ({ name, timeMs, attributes }) =>
        `+${milliseconds(timeMs - begin)} event ${line(name)} ${valueText(attributes)}`,
    ),
    ...logs.map((log) => logText(log, begin)),
  ];
  const indent = '  '.repeat(depth);
  return [`${indent}${head}`, ...below.map((text) => `${indent}    ${text}`)];
}

function logText({ timeMs, level, message, fields }: LogLine, begin: number): string {
  const more = Object.keys(fields).length > 0 ? ` ${valueText(fields)}` : '';
  return `+${milliseconds(timeMs - begin)} ${level} ${line(message)}${more}`;
}

function milliseconds(duration: number): string {
  return `${duration.toFixed(duration < 10 ? 1 : 0)} ms`;
}

function valueText(value: unknown): string {
  return line(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/** On one line, cut between characters. */
function line(text: string): string {
  const flat = text
    .slice(0, 4 * VALUE_LENGTH)
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length <= VALUE_LENGTH ? flat : `${[...flat].slice(0, VALUE_LENGTH).join('')}…`;
}
