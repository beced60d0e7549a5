/** Which traces are asked for. All that is given must hold. */
export interface TraceQuery {
  /** Milliseconds since the epoch, of the start of the trace. */
  since?: number;
  until?: number;
  service?: string;
  session?: string;
  release?: string;
  errors?: boolean;
  /** Traces that took at least so many milliseconds. */
  slowerThanMs?: number;
  /** Every word must occur in names, conversation, errors or attributes; `name=value` finds an attribute. */
  text?: string;
  /** At most so many. */
  limit: number;
  /** Goes on behind the last trace of the page before. */
  after?: TraceCursor;
}

/** Where a page of traces ends: they are listed from the newest. */
export interface TraceCursor {
  startMs: number;
  traceId: string;
}

/** SQL conditions with their values. */
export function conditionsOf(query: TraceQuery): { where: string; values: (string | number)[] } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };

  if (query.since !== undefined) add('start_ms >= ?', query.since);
  if (query.until !== undefined) add('start_ms <= ?', query.until);
  if (query.service !== undefined) add('service = ?', query.service);
  if (query.session !== undefined) add('session = ?', query.session);
  if (query.release !== undefined) add('release = ?', query.release);
  if (query.errors === true) add('errors > 0');
  if (query.slowerThanMs !== undefined) add('end_ms - start_ms >= ?', query.slowerThanMs);
  for (const word of (query.text ?? '').toLowerCase().split(/\s+/))
    if (word !== '') add('instr(words, ?) > 0', word);
  if (query.after) {
    const { startMs, traceId } = query.after;
    add('(start_ms < ? OR (start_ms = ? AND trace_id > ?))', startMs, startMs, traceId);
  }

  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), values };
}
