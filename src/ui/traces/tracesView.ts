import * as vscode from 'vscode';
import { formatCount } from '../../engine/model/figures.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { TraceChanges } from '../../protocol/traceCalls.ts';
import type { SpanRow } from '../../protocol/traceRow.ts';
import { setContext } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { groupItem, moreItem, pinnedItem, spanItem, traceItem } from './traceItems.ts';
import { TraceLists } from './traceLists.ts';
import type { TraceLooks } from './traceLook.ts';

/** Pinned traces stand in the tree a second time, under ids of their own. */
type Place = 'pins' | 'list';

export type TraceNode =
  | { kind: 'pins' }
  | { kind: 'group'; key: string | null }
  | { kind: 'trace'; place: Place; traceId: string }
  | { kind: 'span'; place: Place; traceId: string; spanId: string; row: SpanRow }
  /** Loads the next page of what stands below its parent; null: at the top. `spanId`: whose spans these are, in a trace. */
  | { kind: 'more'; of: TraceNode | null; spanId: string | null; left: number | null };

/** A busy agent would draw the tree with every span; in milliseconds. */
const REDRAW_MS = 400;

/** Sessions with their traces, and these with their spans, read page by page and kept up to date while they are looked at. */
export class TracesView implements vscode.TreeDataProvider<TraceNode>, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #looks: TraceLooks;
  readonly #changed = new vscode.EventEmitter<TraceNode[] | undefined>();
  readonly #read = new vscode.EventEmitter<unknown>();
  readonly #subscriptions: vscode.Disposable[];
  /** One object for each node, as the editor asks for. */
  readonly #nodes = new Map<string, TraceNode>();
  readonly #parents = new Map<string, TraceNode>();
  #lists: TraceLists;
  #paused = false;
  /** What changed since the tree was drawn last. */
  #touched = new Set<string>();
  #stale = false;
  #timer: NodeJS.Timeout | undefined;
  #drawing: Promise<void> | undefined;
  readonly onDidChangeTreeData = this.#changed.event;
  /** Why the list could not be read; undefined when it was. */
  readonly onDidRead = this.#read.event;

  constructor(engine: EngineClient, looks: TraceLooks) {
    this.#engine = engine;
    this.#looks = looks;
    this.#lists = new TraceLists(engine, looks.look);
    this.#subscriptions = [looks.onDidChange(() => this.reload())];
  }

  /** While it is paused, the tree stays as it is. */
  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    if (!paused) this.#drawSoon();
  }

  /** Forgets what was read, and reads it anew. */
  reload(): void {
    this.#lists = new TraceLists(this.#engine, this.#looks.look);
    this.#nodes.clear();
    this.#parents.clear();
    this.#touched.clear();
    this.#stale = false;
    this.#changed.fire(undefined);
  }

  /** What others have stored meanwhile: drawn soon, unless the tree is paused. */
  hear({ traces, more }: TraceChanges): void {
    if (more) {
      this.#stale = true;
      // Which traces changed is not known: all that were opened are read anew.
      for (const node of this.#nodes.values()) if (node.kind === 'trace') this.#touched.add(node.traceId);
    }
    for (const trace of traces) {
      // A trace that is new, or that may stand elsewhere now.
      if (!this.#lists.put(trace) || this.#looks.look.order !== 'newest' || this.#looks.filtered)
        this.#stale = true;
      this.#touched.add(trace.traceId);
    }
    // Groups say how many traces they have, and what these cost.
    if (traces.length > 0 && this.#looks.look.group !== 'none') this.#stale = true;
    if (this.#stale || this.#touched.size > 0) this.#drawSoon();
  }

  async more({ of, spanId }: TraceNode & { kind: 'more' }): Promise<void> {
    if (of === null) await this.#lists.more({ kind: 'top' });
    else if (of.kind === 'group') await this.#lists.more({ kind: 'group', key: of.key });
    else if (of.kind === 'trace' || of.kind === 'span')
      await this.#lists.more({ kind: 'below', traceId: of.traceId, spanId });
    this.#changed.fire(of ? [of] : undefined);
  }

  async getChildren(parent?: TraceNode): Promise<TraceNode[]> {
    switch (parent?.kind) {
      case undefined:
        return this.#readTop();
      case 'pins':
        return this.#pinned(parent);
      case 'group': {
        const { traces, more } = await this.#lists.inGroup(parent.key);
        const nodes = traces.map(({ traceId }) =>
          this.#node({ kind: 'trace', place: 'list', traceId }, parent),
        );
        return more
          ? [...nodes, this.#node({ kind: 'more', of: parent, spanId: null, left: null }, parent)]
          : nodes;
      }
      case 'trace':
        return this.#inTrace(parent);
      case 'span':
        return this.#below(parent, parent.spanId);
      case 'more':
        return [];
    }
  }

  /** Reads what stands below a node, within a span, until the span at a position is among it. Returns whether it is. */
  async reach(node: TraceNode & { traceId: string }, within: string | null, index: number): Promise<boolean> {
    const reached = await this.#lists.reach(node.traceId, within, index);
    if (reached) this.#changed.fire([node]);
    return reached;
  }

  getTreeItem(node: TraceNode): vscode.TreeItem {
    const item = this.#itemOf(node);
    item.id = idOf(node);
    return item;
  }

  getParent(node: TraceNode): TraceNode | undefined {
    return this.#parents.get(idOf(node));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#read.dispose();
  }

  #itemOf(node: TraceNode): vscode.TreeItem {
    const { group: by } = this.#looks.look;
    switch (node.kind) {
      case 'pins':
        return pinnedItem(this.#looks.pins.length);
      case 'group': {
        const group = this.#lists.group(node.key);
        return group && by !== 'none' ? groupItem(group, by) : new vscode.TreeItem(node.key ?? '');
      }
      case 'trace': {
        const trace = this.#lists.trace(node.traceId);
        return trace
          ? traceItem(trace, this.#looks.pins.includes(node.traceId))
          : new vscode.TreeItem(node.traceId);
      }
      case 'span':
        return spanItem(node.row, node.traceId);
      case 'more':
        return moreItem(
          node.left === null
            ? vscode.l10n.t('Load more…')
            : vscode.l10n.t('{0} more…', formatCount(node.left)),
        );
    }
  }

  async #readTop(): Promise<TraceNode[]> {
    try {
      const nodes = await this.#top();
      this.#read.fire(undefined);
      return nodes;
    } catch (error) {
      this.#read.fire(error);
      throw error;
    }
  }

  async #top(): Promise<TraceNode[]> {
    const { entries, more } = await this.#lists.top();
    void setContext('touchstone.tracesListed', true);
    const nodes = entries.map((entry) =>
      entry.kind === 'group'
        ? this.#node({ kind: 'group', key: entry.group.key })
        : this.#node({ kind: 'trace', place: 'list', traceId: entry.trace.traceId }),
    );
    const pins: TraceNode[] = this.#looks.pins.length > 0 ? [this.#node({ kind: 'pins' })] : [];
    return [
      ...pins,
      ...nodes,
      ...(more ? [this.#node({ kind: 'more', of: null, spanId: null, left: null })] : []),
    ];
  }

  /** A pinned trace that was forgotten meanwhile is left out. */
  async #pinned(parent: TraceNode): Promise<TraceNode[]> {
    const traces = await this.#lists.summaries(this.#looks.pins);
    return traces.map(({ traceId }) => this.#node({ kind: 'trace', place: 'pins', traceId }, parent));
  }

  /** A trace stands for its root where it has just one: what is below that stands below the trace. */
  async #inTrace(trace: TraceNode & { kind: 'trace' }): Promise<TraceNode[]> {
    const { rows } = await this.#lists.below(trace.traceId, null);
    const [root, ...others] = rows;
    const whole = root && others.length === 0 && root.place === 'here' && root.children > 0;
    return this.#below(trace, whole ? root.id : null);
  }

  async #below(parent: TraceNode & { kind: 'trace' | 'span' }, spanId: string | null): Promise<TraceNode[]> {
    const { traceId, place } = parent;
    const { rows, more: left } = await this.#lists.below(traceId, spanId);
    const nodes = rows.map((row) =>
      this.#node({ kind: 'span', place, traceId, spanId: row.id, row }, parent),
    );
    return left > 0 ? [...nodes, this.#node({ kind: 'more', of: parent, spanId, left }, parent)] : nodes;
  }

  /** The same object for what is the same, with what is known of it now. */
  #node(node: TraceNode, parent?: TraceNode): TraceNode {
    const id = idOf(node);
    const known = this.#nodes.get(id);
    if (parent) this.#parents.set(id, parent);
    else this.#parents.delete(id);
    if (known) return Object.assign(known, node);
    this.#nodes.set(id, node);
    return node;
  }

  #drawSoon(): void {
    if (this.#paused) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // What comes while the last one is read waits for it.
      this.#drawing ??= this.#draw().finally(() => {
        this.#drawing = undefined;
        if (this.#stale || this.#touched.size > 0) this.#drawSoon();
      });
    }, REDRAW_MS);
  }

  async #draw(): Promise<void> {
    const lists = this.#lists;
    const [touched, stale] = [this.#touched, this.#stale];
    this.#touched = new Set();
    this.#stale = false;
    try {
      if (stale) await lists.refresh();
      const opened = await lists.refreshSpans(touched);
      if (lists !== this.#lists) return;
      if (stale) this.#changed.fire(undefined);
      else this.#redraw([...new Set([...touched, ...opened])]);
    } catch (error) {
      // With an engine that ended meanwhile, the next start asks for everything anew.
      if (error instanceof CallFailure) this.#read.fire(error);
    }
  }

  /** Only what is shown otherwise: a row that is drawn anew under the pointer cannot be clicked. */
  #redraw(traceIds: readonly string[]): void {
    const nodes = traceIds.flatMap((traceId) =>
      (['list', 'pins'] as const).flatMap(
        (place) => this.#nodes.get(idOf({ kind: 'trace', place, traceId })) ?? [],
      ),
    );
    if (nodes.length > 0) this.#changed.fire(nodes);
  }
}

/** The same for the same thing, whatever comes meanwhile: selection and what was opened hang by it. */
function idOf(node: TraceNode): string {
  switch (node.kind) {
    case 'pins':
      return 'pins';
    case 'group':
      return node.key === null ? 'group' : `group ${node.key}`;
    case 'trace':
      return `${node.place} ${node.traceId}`;
    case 'span':
      return `${node.place} ${node.traceId} ${node.spanId}`;
    case 'more':
      return `more ${node.of ? idOf(node.of) : ''}`;
  }
}
