import type { EngineCalls } from '../../protocol/calls.ts';
import type { TraceGroup, TraceGrouping } from '../../protocol/traceCalls.ts';
import type { SpanRow, TraceSummary } from '../../protocol/traceRow.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { TraceLook } from './traceLook.ts';

type Next<M extends 'traces/list' | 'traces/groups'> = EngineCalls[M]['result']['next'];

/** Lines that are asked for at once. */
export const PAGE = 100;
/** A list that was opened further than this is read anew from its head only. */
const MOST_ANEW = 500;
/** Spans beside each other that are read to get to one of them. */
const MOST_REACHED = 2_000;

/** What is known of a list: its head, and where the rest begins. */
interface Paged<T, N> {
  items: T[];
  next: N;
}

/** At the top: groups, or traces. */
export type TopEntry = { kind: 'group'; group: TraceGroup } | { kind: 'trace'; trace: TraceSummary };

/** The lists of the view as far as somebody has looked at them, in one look. Rejects with what the engine says. */
export class TraceLists {
  readonly #engine: EngineClient;
  readonly #look: TraceLook;
  /** As they were told last, whichever list they stand in. */
  readonly #traces = new Map<string, TraceSummary>();
  readonly #inGroups = new Map<string | null, Paged<TraceSummary, Next<'traces/list'>>>();
  readonly #below = new Map<string, { rows: SpanRow[]; total: number }>();
  #groups: Paged<TraceGroup, Next<'traces/groups'>> | undefined;
  #all: Paged<TraceSummary, Next<'traces/list'>> | undefined;

  constructor(engine: EngineClient, look: TraceLook) {
    this.#engine = engine;
    this.#look = look;
  }

  trace(traceId: string): TraceSummary | undefined {
    return this.#traces.get(traceId);
  }

  group(key: string | null): TraceGroup | undefined {
    return this.#groups?.items.find((group) => group.key === key && group.trace === null);
  }

  /** What stands at the top, and whether there is more. */
  async top(): Promise<{ entries: TopEntry[]; more: boolean }> {
    const { group } = this.#look;
    if (group === 'none') {
      this.#all ??= await this.#list(null, PAGE);
      const { items, next } = this.#all;
      return { entries: items.map((trace) => ({ kind: 'trace', trace })), more: next !== null };
    }

    this.#groups ??= await this.#groupPage(group, null, PAGE);
    const { items, next } = this.#groups;
    return { entries: items.map(toEntry), more: next !== null };
  }

  async inGroup(key: string | null): Promise<{ traces: TraceSummary[]; more: boolean }> {
    const known = this.#inGroups.get(key) ?? (await this.#list({ key }, PAGE));
    this.#inGroups.set(key, known);
    return { traces: known.items, more: known.next !== null };
  }

  /** Spans directly below one, or at the top of a trace. */
  async below(traceId: string, spanId: string | null): Promise<{ rows: SpanRow[]; more: number }> {
    const id = `${traceId} ${spanId ?? ''}`;
    const known =
      this.#below.get(id) ??
      (await this.#engine.call('traces/children', { traceId, spanId, offset: 0, limit: PAGE }));
    this.#below.set(id, known);
    return { rows: known.rows, more: known.total - known.rows.length };
  }

  /** One page more of a list. */
  async more(
    of:
      | { kind: 'top' }
      | { kind: 'group'; key: string | null }
      | { kind: 'below'; traceId: string; spanId: string | null },
  ): Promise<void> {
    switch (of.kind) {
      case 'top':
        if (this.#look.group === 'none') this.#all = await this.#longer(this.#all, null);
        else this.#groups = await this.#moreGroups(this.#look.group);
        return;
      case 'group':
        this.#inGroups.set(of.key, await this.#longer(this.#inGroups.get(of.key), of));
        return;
      case 'below': {
        const { traceId, spanId } = of;
        const id = `${traceId} ${spanId ?? ''}`;
        const rows = this.#below.get(id)?.rows ?? [];
        const page = { traceId, spanId, offset: rows.length, limit: PAGE };
        const added = await this.#engine.call('traces/children', page);
        this.#below.set(id, { rows: [...rows, ...added.rows], total: added.total });
        return;
      }
    }
  }

  /** Reads spans below one until that at a position is among them. Returns whether it is: a list of too many stays as it is. */
  async reach(traceId: string, spanId: string | null, index: number): Promise<boolean> {
    if (index >= MOST_REACHED) return false;
    const { rows } = await this.below(traceId, spanId);
    if (index < rows.length) return true;

    const page = { traceId, spanId, offset: 0, limit: Math.min(MOST_REACHED, index + PAGE) };
    const known = await this.#engine.call('traces/children', page);
    this.#below.set(`${traceId} ${spanId ?? ''}`, known);
    return index < known.rows.length;
  }

  /** Reads the heads of all lists anew that somebody has looked at. What was read before stays until then. */
  async refresh(): Promise<void> {
    const { group } = this.#look;
    const [all, groups] = await Promise.all([
      this.#all && this.#list(null, sizeOf(this.#all)),
      this.#groups && group !== 'none' ? this.#groupPage(group, null, sizeOf(this.#groups)) : undefined,
    ]);
    this.#all = all;
    this.#groups = groups;
    const opened = [...this.#inGroups].map(async ([key, known]) => {
      this.#inGroups.set(key, await this.#list({ key }, sizeOf(known)));
    });
    await Promise.all(opened);
  }

  /** More of a trace has come. Returns whether it stands in one of the lists. */
  put(trace: TraceSummary): boolean {
    const known = this.#traces.has(trace.traceId);
    if (known) this.#traces.set(trace.traceId, trace);
    return known;
  }

  /** Reads the opened spans of these traces anew; returns those of which any were opened. */
  async refreshSpans(traceIds: ReadonlySet<string>): Promise<string[]> {
    const opened = [...this.#below].filter(([id]) => traceIds.has(traceOf(id)));
    await Promise.all(
      opened.map(async ([id, { rows }]) => {
        const [traceId = '', spanId = ''] = id.split(' ');
        const limit = Math.min(MOST_ANEW, Math.max(PAGE, rows.length));
        const page = { traceId, spanId: spanId || null, offset: 0, limit };
        this.#below.set(id, await this.#engine.call('traces/children', page));
      }),
    );
    return [...new Set(opened.map(([id]) => traceOf(id)))];
  }

  /** The traces of these ids that are stored. */
  async summaries(traceIds: readonly string[]): Promise<TraceSummary[]> {
    if (traceIds.length === 0) return [];
    const { traces } = await this.#engine.call('traces/summaries', { traceIds: [...traceIds] });
    for (const trace of traces) this.#traces.set(trace.traceId, trace);
    return traces;
  }

  async #list(
    group: { key: string | null } | null,
    limit: number,
    after: Next<'traces/list'> = null,
  ): Promise<Paged<TraceSummary, Next<'traces/list'>>> {
    const { filter, order, group: by } = this.#look;
    const { traces, next } = await this.#engine.call('traces/list', {
      ...{ filter, order, limit, after },
      ...(group && by !== 'none' ? { group: { by, key: group.key } } : {}),
    });
    for (const trace of traces) this.#traces.set(trace.traceId, trace);
    return { items: traces, next };
  }

  async #longer(
    known: Paged<TraceSummary, Next<'traces/list'>> | undefined,
    group: { key: string | null } | null,
  ): Promise<Paged<TraceSummary, Next<'traces/list'>>> {
    const page = await this.#list(group, PAGE, known?.next ?? null);
    return {
      items: distinct([...(known?.items ?? []), ...page.items], ({ traceId }) => traceId),
      next: page.next,
    };
  }

  async #groupPage(
    by: TraceGrouping,
    after: Next<'traces/groups'>,
    limit: number,
  ): Promise<Paged<TraceGroup, Next<'traces/groups'>>> {
    const { filter } = this.#look;
    const { groups, next } = await this.#engine.call('traces/groups', { filter, by, limit, after });
    for (const { trace } of groups) if (trace) this.#traces.set(trace.traceId, trace);
    return { items: groups, next };
  }

  async #moreGroups(by: TraceGrouping): Promise<Paged<TraceGroup, Next<'traces/groups'>>> {
    const page = await this.#groupPage(by, this.#groups?.next ?? null, PAGE);
    const items = [...(this.#groups?.items ?? []), ...page.items];
    // A group that got a trace meanwhile stands further up than before.
    return { items: distinct(items, ({ key, trace }) => trace?.traceId ?? `group ${key}`), next: page.next };
  }
}

function toEntry(group: TraceGroup): TopEntry {
  return group.trace ? { kind: 'trace', trace: group.trace } : { kind: 'group', group };
}

function sizeOf({ items }: { items: readonly unknown[] }): number {
  return Math.min(MOST_ANEW, Math.max(PAGE, items.length));
}

function traceOf(id: string): string {
  return id.slice(0, id.indexOf(' '));
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(keyOf(item)) && seen.add(keyOf(item)));
}
