import { counted, formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { ListedTrace } from '../../engine/traces/traceSummary.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { type Column, fitTable, truncate } from '../terminal/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'trace' },
  { title: 'started (UTC)' },
  { title: 'name' },
  { title: 'service', spare: 2 },
  { title: 'model', spare: 4 },
  { title: 'time', align: 'right' },
  { title: 'spans', align: 'right', spare: 5 },
  { title: 'tokens', align: 'right', spare: 1 },
  { title: 'cost', align: 'right', spare: 3 },
  { title: 'errors', align: 'right' },
];

/** A heading, and a line for each trace. */
export function tracesTable(traces: readonly ListedTrace[], io: Io): string[] {
  const short = shortIds(traces.map(({ traceId }) => traceId));
  const rows = traces.map((trace) => traceRow(trace, short(trace.traceId), io));
  return fitTable(COLUMNS, rows, io.width);
}

/** A trace that comes, or has changed since it was shown. */
export function traceLine(trace: ListedTrace, again: boolean, io: Io): string {
  const [, , name = '', service = '', , time = '', , tokens = '', cost = '', errors = ''] = traceRow(
    trace,
    trace.traceId,
    io,
  );
  const facts = [
    time,
    counted(trace.spans, 'span'),
    ...(tokens === '–' ? [] : [`${tokens} tokens`, cost === 'unknown' ? 'unpriced' : cost]),
    ...(errors === '' ? [] : [`${errors} ${trace.errors === 1 ? 'error' : 'errors'}`]),
  ];
  const at = new Date(trace.startMs).toISOString().slice(11, 19);
  const { style } = io;
  return `${style.dim(at)} ${again ? style.dim('~') : '+'} ${name} ${style.cyan(`[${service}]`)} ${facts.join('  ')}  ${style.dim(trace.traceId)}`;
}

/** What to do where there is nothing to show. */
export function emptyText(filtered: boolean): string {
  if (filtered) return 'no trace matches; list all of them with: touchstone traces list';
  return [
    'no traces yet',
    'Receive those of your agent:  touchstone serve, then start the agent with OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
    'Or evaluate it:               touchstone eval (each case at each target becomes a trace)',
  ].join('\n');
}

function traceRow(trace: ListedTrace, id: string, { style, width }: Io): string[] {
  const { title, services, models, startMs, endMs, spans, tokens, costUsd, errors, incomplete } = trace;
  const service = services.find((name) => name !== 'touchstone') ?? services[0] ?? '';
  const known = tokens.input !== null || tokens.output !== null;
  const name = truncate(sanitizeLine(title), Math.max(16, Math.floor(width / 4)));
  return [
    id,
    new Date(startMs).toISOString().slice(5, 19).replace('T', ' '),
    incomplete ? `${name} ${style.yellow('…')}` : name,
    truncate(sanitizeLine(service), 20),
    truncate(sanitizeLine(models.join(', ')), 24),
    formatDuration(endMs - startMs),
    formatCount(spans),
    known ? formatCount((tokens.input ?? 0) + (tokens.output ?? 0)) : '–',
    known ? formatCost(costUsd) : '–',
    errors === 0 ? '' : style.red(formatCount(errors)),
  ];
}

/** The shortest beginnings, of at least eight digits, that tell the listed ids apart. */
function shortIds(ids: readonly string[]): (id: string) => string {
  let length = 8;
  while (length < 32 && new Set(ids.map((id) => id.slice(0, length))).size < ids.length) length += 1;
  return (id) => id.slice(0, length);
}
