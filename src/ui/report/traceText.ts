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
  const known = new Set(spans.map(({ spanId }) => spanId));
  const logsOf = Map.groupBy(logs, ({ spanId }) => spanId);
  const begin = spans.reduce((first, { startMs }) => Math.min(first, startMs), logs[0]?.timeMs ?? Infinity);
  const lines = [`Trace ${traceId}`, ''];
  for (const { span, depth } of inOrder(spans, known))
    lines.push(...spanLines(span, logsOf.get(span.spanId) ?? [], { depth, begin }));
  lines.push(...logs.filter(({ spanId }) => !known.has(spanId)).map((log) => logText(log, begin)));
  return `${lines.join('\n')}\n`;
}

/** Parents before their children, each in the order of time; every span once, whatever their links say. */
function inOrder(spans: readonly Span[], known: ReadonlySet<string>): { span: Span; depth: number }[] {
  const latestFirst = spans.toSorted((a, b) => b.startMs - a.startMs);
  const children = Map.groupBy(latestFirst, ({ parentSpanId }) =>
    parentSpanId !== null && known.has(parentSpanId) ? parentSpanId : null,
  );
  const shown = new Map<string, { span: Span; depth: number }>();
  const walk = (roots: readonly Span[]): void => {
    const waiting = roots.map((span) => ({ span, depth: 0 }));
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { span, depth } = next;
      if (shown.has(span.spanId)) continue;
      shown.set(span.spanId, next);
      const below = Math.min(depth + 1, MAX_DEPTH);
      for (const child of children.get(span.spanId) ?? []) waiting.push({ span: child, depth: below });
    }
  };
  walk(children.get(null) ?? []);
  // Spans in a circle are not reached from any root.
  walk(latestFirst);
  return [...shown.values()];
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
    ...attributeLines(span.attributes),
    ...span.events.flatMap(({ name, timeMs, attributes }) => [
      `+${milliseconds(timeMs - begin)} event ${line(name)}`,
      ...attributeLines(attributes).map((text) => `    ${text}`),
    ]),
    ...logs.map((log) => logText(log, begin)),
  ];
  const indent = '  '.repeat(depth);
  return [`${indent}${head}`, ...below.map((text) => `${indent}    ${text}`)];
}

/** One line each, so that none is out of sight. */
function attributeLines(attributes: Span['attributes']): string[] {
  return Object.entries(attributes).map(([name, value]) => `${line(name)} = ${valueText(value)}`);
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
