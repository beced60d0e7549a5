/** What a list of traces is about. All that is given must hold. */
export interface TraceFilter {
  /** Received from elsewhere, or of runs; both where absent. */
  source?: 'received' | 'runs' | undefined;
  /** Milliseconds since the epoch, of the start of the trace. */
  since?: number | undefined;
  until?: number | undefined;
  /** Traces that ended at or after it. */
  endedSince?: number | undefined;
  service?: string | undefined;
  /** Any of the services that took part in it. */
  anyService?: string | undefined;
  /** A session, as agents name it. The cases of a run are also found by the id of the run. */
  session?: string | undefined;
  release?: string | undefined;
  /** Any of the models that answered in it. */
  model?: string | undefined;
  errors?: boolean | undefined;
  /** Traces that took at least so many milliseconds. */
  slowerThanMs?: number | undefined;
  /** Traces of which an evaluation is below this. */
  scoreBelow?: number | undefined;
  /** Every word must occur in names, conversation, errors or attributes; `name=value` finds an attribute. */
  text?: string | undefined;
}

export type TraceOrder = 'newest' | 'slowest' | 'costliest' | 'tokens' | 'errors' | 'lowest-score';

export type TraceGrouping = 'session' | 'service' | 'model' | 'release';

/** Which traces are asked for. */
export interface TraceQuery extends TraceFilter {
  /** Default: the newest first. */
  order?: TraceOrder | undefined;
  /** Those of one group; null: those that have no such value. A trace is in the group of the first model that answered. */
  group?: { by: TraceGrouping; key: string | null } | undefined;
  /** Received traces that changed after this change, as the store counts them. */
  changedAfter?: number | undefined;
  /** At most so many. */
  limit: number;
  /** Goes on behind the last trace of the page before. */
  after?: TraceCursor | undefined;
}

/** Where a page ends. */
export interface TraceCursor {
  /** What the list is ordered by. */
  value: number;
  traceId: string;
}

/** SQL that is larger for what comes first. A cost or score that is unknown comes last. */
export function orderOf({ order = 'newest' }: Pick<TraceQuery, 'order'>): string {
  switch (order) {
    case 'newest':
      return 'start_ms';
    case 'slowest':
      return 'end_ms - start_ms';
    case 'costliest':
      return 'coalesce(cost_usd, -1)';
    case 'tokens':
      return 'coalesce(tokens, -1)';
    case 'errors':
      return 'errors';
    case 'lowest-score':
      return '-coalesce(score, 1e300)';
  }
}

export interface Conditions {
  where: string;
  values: (string | number)[];
}

/** SQL conditions with their values. */
export function conditionsOf(query: TraceQuery): Conditions {
  const { conditions, values } = filterOf(query);
  const add = adder(conditions, values);
  if (query.group?.key === null) add(`${query.group.by} IS NULL`);
  else if (query.group) add(`${query.group.by} = ?`, query.group.key);
  if (query.changedAfter !== undefined) add('changed > ?', query.changedAfter);
  if (query.after) {
    const { value, traceId } = query.after;
    const by = orderOf(query);
    add(`(${by} < ? OR (${by} = ? AND trace_id > ?))`, value, value, traceId);
  }
  return joined(conditions, values);
}

/** The conditions of a filter alone. */
export function filterConditions(filter: TraceFilter): Conditions {
  const { conditions, values } = filterOf(filter);
  return joined(conditions, values);
}

function filterOf(filter: TraceFilter): { conditions: string[]; values: (string | number)[] } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = adder(conditions, values);

  if (filter.since !== undefined) add('start_ms >= ?', filter.since);
  if (filter.until !== undefined) add('start_ms <= ?', filter.until);
  if (filter.endedSince !== undefined) add('end_ms >= ?', filter.endedSince);
  if (filter.service !== undefined) add('service = ?', filter.service);
  if (filter.anyService !== undefined)
    add(`EXISTS (SELECT 1 FROM json_each(summary, '$.services') WHERE value = ?)`, filter.anyService);
  if (filter.session !== undefined) addSession(filter.session);
  if (filter.release !== undefined) add('release = ?', filter.release);
  if (filter.model !== undefined)
    add(`EXISTS (SELECT 1 FROM json_each(summary, '$.models') WHERE value = ?)`, filter.model);
  if (filter.errors === true) add('errors > 0');
  if (filter.slowerThanMs !== undefined) add('end_ms - start_ms >= ?', filter.slowerThanMs);
  if (filter.scoreBelow !== undefined) add('score < ?', filter.scoreBelow);
  for (const word of (filter.text ?? '').toLowerCase().split(/\s+/))
    if (word !== '') add('instr(words, ?) > 0', word);

  return { conditions, values };

  /** Traces of runs are listed under their run; what they call their session themselves begins with it. */
  function addSession(session: string): void {
    const [run = session] = session.split('/');
    add(`(session = ? OR session = ? AND json_extract(summary, '$.session') = ?)`, session, run, session);
  }
}

function adder(conditions: string[], values: (string | number)[]) {
  return (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };
}

function joined(conditions: readonly string[], values: (string | number)[]): Conditions {
  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), values };
}
