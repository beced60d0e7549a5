import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted } from '../../engine/model/figures.ts';
import type { SpanRow } from '../../protocol/traceRow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { besideStyles } from '../shared/besideStyles.ts';
import { searchField } from '../shared/filterBar.ts';
import { type IconName, icon } from '../shared/icons.ts';
import type { PageHost } from '../shared/pageHost.ts';
import type { SpanDrawer } from './spanDrawer.ts';
import type { TimeRange } from './timeScale.ts';
import { traceAppStyles } from './traceAppStyles.ts';
import type { FromTracePage, TraceAction } from './traceMessages.ts';
import { type ShownTrace, TraceModel } from './traceModel.ts';
import { FIRST_TRACE_VIEW, readTraceViewState, type TraceViewState } from './traceViewState.ts';
import { closable, idsAbove, visibleRows } from './visibleRows.ts';
import type { WaterfallGrid } from './waterfallGrid.ts';

type TraceHost = PageHost<FromTracePage, TraceViewState>;

/** The trace page: its figures, its lines with their bars, and one span in full beside them. */
export class TraceApp extends LitElement {
  declare host: TraceHost;
  static override styles = [baseStyles, besideStyles, traceAppStyles];

  readonly #model = new TraceModel();
  readonly #oneColumn = matchMedia('(max-width: 760px)');
  #view: TraceViewState = FIRST_TRACE_VIEW;
  #closed: ReadonlySet<string> = new Set();
  /** What is looked at of the time; null: all of it. */
  #range: TimeRange | null = null;
  /** The lines in sight, made again only when what they depend on has changed. */
  #shown: { rows: readonly SpanRow[]; key: unknown[] } = { rows: [], key: [] };
  /** The version of the span that was asked for last. */
  #asked = '';
  /** A span to show as soon as its line is there. */
  #wanted: string | null = null;

  /** Begins to listen; called once, by whoever puts the element into its page. */
  start(host: TraceHost): void {
    this.host = host;
    this.#view = readTraceViewState(host.readState());
    this.#closed = new Set(this.#view.closed);
    this.#oneColumn.addEventListener('change', () => this.requestUpdate());
    host.listen((message) => this.#receive(message));
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { trace, missing } = this.#model;
    if (!trace) return html`<p class="waiting" role="status">${missing ?? 'Loading the trace…'}</p>`;
    const open = this.#openRow(trace);
    const covered = open !== undefined && this.#oneColumn.matches;
    return html`<main class=${open ? 'open' : ''}>
      <div class="page" ?inert=${covered}>
        <trace-summary .head=${trace.head} @copy=${this.#onCopy}></trace-summary>
        ${this.#toolbar(trace)} ${this.#grid(trace)}
      </div>
      ${open ? this.#drawer(trace, open) : nothing}
    </main>`;
  }

  override updated(): void {
    const { trace } = this.#model;
    if (!trace) return;
    if (this.#wanted !== null && trace.rows.some(({ id }) => id === this.#wanted)) this.#reveal(this.#wanted);
    this.#loadOpenSpan(trace);
  }

  #toolbar(trace: ShownTrace): TemplateResult {
    const { text, errorsOnly } = this.#view;
    const rows = this.#rows(trace);
    const filtered = text !== '' || errorsOnly;
    return html`<div class="toolbar no-print" role="toolbar" aria-label="Spans">
      ${searchField('spans', text, (typed) => this.#change({ text: typed }))}
      <button class="tool" aria-pressed=${errorsOnly} title="Show only errors" aria-label="Show only errors"
        @click=${() => this.#change({ errorsOnly: !errorsOnly })}>${icon('failed')}</button>
      ${tool('expand', 'Expand all', () => this.#close(new Set()))}
      ${tool('collapse', 'Collapse all', () => this.#close(closable(trace.rows)))}
      <span class="separator"></span>
      ${tool('zoomIn', 'Zoom in (+)', () => this.#waterfall()?.zoom(0.5))}
      ${tool('zoomOut', 'Zoom out (−)', () => this.#waterfall()?.zoom(2))}
      ${
        this.#range
          ? html`<button class="link" @click=${() => this.#look(null)}>Whole trace</button>`
          : nothing
      }
      <span class="shown dim" role="status">${filtered ? `${counted(rows.length, 'span')} shown` : ''}</span>
    </div>`;
  }

  #grid(trace: ShownTrace): TemplateResult {
    const whole = { from: trace.head.startMs, to: Math.max(trace.head.endMs, trace.head.startMs + 0.01) };
    const loading = trace.rows.length < trace.head.rows;
    return html`<waterfall-grid
      .rows=${this.#rows(trace)}
      .closed=${this.#closed}
      .range=${this.#range ?? whole}
      .whole=${whole}
      .openKey=${this.#view.spanId ?? null}
      @open=${this.#onOpen}
      @cursor=${this.#onCursor}
      @toggle=${this.#onToggle}
      @zoom=${(event: CustomEvent<TimeRange>) => this.#look(sameRange(event.detail, whole) ? null : event.detail)}
    >
      <span slot="empty">${loading ? 'Loading spans…' : 'No spans match.'}</span>
    </waterfall-grid>`;
  }

  #drawer(trace: ShownTrace, row: SpanRow): TemplateResult {
    return html`<span-drawer
      class="beside"
      .row=${row}
      .loaded=${this.#model.spans.get(row.id)}
      .actions=${this.#model.actions}
      .originMs=${trace.head.startMs}
      .origin=${trace.head.origin !== null}
      @close=${this.#closeDrawer}
      @step=${this.#onStep}
      @copy=${this.#onCopy}
      @action=${(event: CustomEvent<TraceAction>) => this.#act(event.detail, row.id)}
    ></span-drawer>`;
  }

  #rows(trace: ShownTrace): readonly SpanRow[] {
    const { text, errorsOnly } = this.#view;
    const key = [trace.rows, this.#closed, text, errorsOnly];
    if (key.some((part, at) => part !== this.#shown.key[at]))
      this.#shown = { rows: visibleRows(trace.rows, this.#closed, { text, errorsOnly }), key };
    return this.#shown.rows;
  }

  #openRow({ rows }: ShownTrace): SpanRow | undefined {
    const { spanId } = this.#view;
    return spanId === undefined ? undefined : rows.find(({ id }) => id === spanId);
  }

  #receive(data: unknown): void {
    try {
      const message = this.#model.receive(data);
      if (message.type === 'trace' && message.head.traceId !== this.#view.traceId) {
        const { version: _, ...first } = FIRST_TRACE_VIEW;
        this.#range = null;
        this.#closed = new Set();
        this.#change({ ...first, traceId: message.head.traceId, spanId: undefined });
      }
      if (message.type === 'reveal') this.#wanted = message.spanId;
    } catch (error) {
      console.error('Ignored a message that is not part of the trace protocol.', error);
    }
    this.requestUpdate();
  }

  async #reveal(id: string): Promise<void> {
    this.#wanted = null;
    const { trace } = this.#model;
    const above = new Set(trace ? idsAbove(trace.rows, id) : []);
    // A filter or a closed line that hides the span would make the request look ignored.
    this.#closed = new Set([...this.#closed].filter((closed) => !above.has(closed)));
    this.#change({ spanId: id, text: '', errorsOnly: false, closed: [...this.#closed] });
    await this.updateComplete;
    await this.#waterfall()?.updateComplete;
    this.#waterfall()?.moveTo(id);
  }

  #loadOpenSpan(trace: ShownTrace): void {
    const row = this.#openRow(trace);
    const asked = `${trace.version} ${row?.id}`;
    if (!row || row.place === 'missing' || this.#model.spans.has(row.id) || this.#asked === asked) return;
    this.#asked = asked;
    this.host.send({ type: 'load-span', spanId: row.id });
  }

  #act(action: TraceAction, spanId: string): void {
    this.host.send({ type: 'action', action, spanId });
  }

  #onCopy(event: CustomEvent<string>): void {
    this.host.send({ type: 'copy', text: event.detail });
  }

  async #onOpen(event: CustomEvent<{ key: string; keyboard: boolean }>): Promise<void> {
    this.#change({ spanId: event.detail.key });
    await this.updateComplete;
    if (event.detail.keyboard || this.#oneColumn.matches)
      this.renderRoot.querySelector<SpanDrawer>('span-drawer')?.focus();
  }

  /** With the drawer open, it shows what the keys come to. */
  #onCursor(event: CustomEvent<string>): void {
    if (this.#view.spanId !== undefined) this.#change({ spanId: event.detail });
  }

  #onToggle({ detail: { id, all } }: CustomEvent<{ id: string; all: boolean }>): void {
    const rows = this.#model.trace?.rows ?? [];
    const closed = new Set(this.#closed);
    const close = !closed.has(id);
    const index = rows.findIndex((row) => row.id === id);
    const last = all ? index + (rows[index]?.below ?? 0) : index;
    for (const row of rows.slice(index, last + 1)) {
      if (close && row.children > 0) closed.add(row.id);
      else closed.delete(row.id);
    }
    this.#close(closed);
  }

  #onStep(event: CustomEvent<-1 | 1>): void {
    const { trace } = this.#model;
    const rows = trace ? this.#rows(trace) : [];
    const next = rows[rows.findIndex(({ id }) => id === this.#view.spanId) + event.detail];
    if (!next) return;
    this.#change({ spanId: next.id });
    this.#waterfall()?.moveTo(next.id);
  }

  async #closeDrawer(): Promise<void> {
    this.#change({ spanId: undefined });
    await this.updateComplete;
    this.#waterfall()?.focus();
  }

  #close(closed: ReadonlySet<string>): void {
    this.#closed = closed;
    // What a person closed in a large trace is not worth keeping line by line.
    this.#change({ closed: closed.size > 500 ? [] : [...closed] });
  }

  #look(range: TimeRange | null): void {
    this.#range = range;
    this.requestUpdate();
  }

  #change(view: Partial<Omit<TraceViewState, 'spanId'>> & { spanId?: string | undefined }): void {
    const { spanId = this.#view.spanId, ...rest } = view;
    const { spanId: _, ...kept } = this.#view;
    const next = { ...kept, ...rest };
    this.#view =
      'spanId' in view && view.spanId === undefined
        ? next
        : { ...next, ...(spanId === undefined ? {} : { spanId }) };
    this.host.writeState(this.#view);
    this.requestUpdate();
  }

  #waterfall(): WaterfallGrid | null {
    return this.renderRoot?.querySelector<WaterfallGrid>('waterfall-grid') ?? null;
  }
}

function tool(mark: IconName, label: string, act: () => void): TemplateResult {
  return html`<button class="tool" aria-label=${label} title=${label} @click=${act}>${icon(mark)}</button>`;
}

function sameRange(a: TimeRange, b: TimeRange): boolean {
  return a.from <= b.from && a.to >= b.to;
}
