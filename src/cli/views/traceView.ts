import { formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { LogRecord, SpanRecord } from '../../engine/model/span.ts';
import { EVENT, GEN_AI } from '../../engine/telemetry/attributes.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';

/** A trace as a tree: spans with their time and service, log lines under the span that wrote them. */
export function traceLines(spans: readonly SpanRecord[], logs: readonly LogRecord[], io: Io): string[] {
  const [first] = spans;
  if (!first) return ['no spans stored'];
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== null && ids.has(parentSpanId) ? parentSpanId : '',
  );
  const logsOf = Map.groupBy(logs, ({ spanId }) => spanId);
  const lines = [io.style.dim(`trace ${first.traceId}`)];
  const seen = new Set<string>();
  const walk = (span: SpanRecord, indent: string, last: boolean, top: boolean): void => {
    // A span that names itself or a descendant as its parent must not hang the view.
    if (seen.has(span.spanId)) return;
    seen.add(span.spanId);
    const branch = top ? '' : last ? '└─ ' : '├─ ';
    lines.push(`${indent}${io.style.dim(branch)}${spanText(span, io)}`);
    const deeper = top ? indent : `${indent}${last ? '   ' : '│  '}`;
    for (const log of logsOf.get(span.spanId) ?? [])
      lines.push(`${deeper}   ${io.style.dim(log.level)} ${sanitizeLine(log.message)}`);
    const below = children.get(span.spanId) ?? [];
    for (const [index, child] of below.entries()) walk(child, deeper, index === below.length - 1, false);
  };
  for (const root of children.get('') ?? []) walk(root, '', true, true);
  return lines;
}

function spanText(span: SpanRecord, { style }: Io): string {
  const name = sanitizeLine(span.name);
  const mark = span.status === 'error' ? style.red(`✗ ${name}`) : name;
  const service = span.service === 'touchstone' ? '' : style.cyan(` [${sanitizeLine(span.service)}]`);
  const message = span.statusMessage ? style.red(` ${sanitizeLine(span.statusMessage)}`) : '';
  const score = span.events.find((event) => event.name === EVENT.evaluationResult)?.attributes[
    GEN_AI.evaluationScore
  ];
  const result = typeof score === 'number' ? ` ${formatScore(score)}` : '';
  return `${mark}${result}${service} ${style.dim(formatDuration(span.endMs - span.startMs))}${message}`;
}
