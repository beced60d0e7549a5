import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { SpanRow } from '../../protocol/traceRow.ts';
import { icon } from '../shared/icons.ts';
import { type GridLayout, RowGrid } from '../shared/rowGrid.ts';
import { visibleText } from '../shared/visibleText.ts';
import { barOf, moved, type TimeRange, ticks, tickText, zoomed } from './timeScale.ts';
import { roleColors, waterfallStyles } from './waterfallStyles.ts';

/** Indentation stops here: deeper lines would have no room for their names. */
const DEEPEST = 24;
/** From this width on there is room for tokens and cost, in CSS pixels. */
const WIDE = 820;
/** What one step of the keys and buttons leaves of the range. */
const STEP = 0.5;
/** A mark of the scale needs this much room, in CSS pixels. */
const TICK_WIDTH = 90;

const TRACKS = 'grid-template-columns:minmax(12em,4fr) 5em minmax(0,5fr)';
const WIDE_TRACKS = 'grid-template-columns:minmax(14em,4fr) 5em 8.5em 6.5em minmax(0,5fr)';

/**
 * The lines of a trace with their bars. Emits `toggle` with the id of a line that is to be opened or closed (`all`: with all that
 * is below it), and `zoom` with the range that is to be looked at.
 */
export class WaterfallGrid extends RowGrid<SpanRow> {
  static override properties: PropertyDeclarations = {
    closed: { attribute: false },
    range: { attribute: false },
    whole: { attribute: false },
  };
  declare closed: ReadonlySet<string>;
  declare range: TimeRange;
  declare whole: TimeRange;

  static override styles = [...RowGrid.styles, roleColors, waterfallStyles];

  protected override readonly label = 'Spans';
  protected override readonly gridRole = 'treegrid' as const;

  constructor() {
    super();
    this.closed = new Set();
    this.whole = { from: 0, to: 1 };
    this.range = this.whole;
    this.addEventListener('keydown', (event) => this.#onTreeKey(event));
    this.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
  }

  /** Looks at a part of the time, about the span with the cursor, or at more of it. */
  zoom(factor: number): void {
    const row = this.cursorRow;
    const middle = (this.range.from + this.range.to) / 2;
    const about = row ? (row.startMs + row.endMs) / 2 : middle;
    const inside = about >= this.range.from && about <= this.range.to ? about : middle;
    this.#look(zoomed(this.range, factor, inside, this.whole));
  }

  protected override keyOf({ id }: SpanRow): string {
    return id;
  }

  protected override levelOf({ depth }: SpanRow): number {
    return depth + 1;
  }

  protected override expandedOf({ id, children }: SpanRow): boolean | null {
    return children > 0 ? !this.closed.has(id) : null;
  }

  protected override layout(): GridLayout<SpanRow> {
    if (this.narrow) {
      return {
        tracks: 'grid-template-columns:minmax(0,1fr)',
        headings: nothing,
        cells: (row) => html`<div role="gridcell" class="bars">
          ${this.#name(row, html`<span class="note">${formatDuration(length(row))}</span>`)}${this.#time(row)}
        </div>`,
      };
    }

    const wide = this.width >= WIDE;
    const tracks = wide ? WIDE_TRACKS : TRACKS;
    return {
      tracks,
      headings: this.#headings(tracks, wide),
      cells: (row) => html`<div role="gridcell">${this.#name(row)}</div>
        <div role="gridcell" class="number">${formatDuration(length(row))}</div>
        ${
          wide
            ? html`<div role="gridcell" class="number">${tokensText(row)}</div>
                <div role="gridcell" class="number ${row.unpriced ? 'dim' : ''}">${costText(row)}</div>`
            : nothing
        }
        ${this.#time(row, 'gridcell')}`,
    };
  }

  #headings(tracks: string, wide: boolean): TemplateResult {
    const most = Math.max(1, Math.floor((this.width * 0.45) / TICK_WIDTH));
    const marks = ticks(this.range, this.whole.from, most);
    return html`<div role="rowgroup" class="head">
      <div role="row" aria-rowindex="1" class="row" .style=${tracks}>
        <div role="columnheader">Span</div>
        <div role="columnheader" class="number">Duration</div>
        ${
          wide
            ? html`<div role="columnheader" class="number">Tokens</div>
                <div role="columnheader" class="number">Cost</div>`
            : nothing
        }
        <div role="columnheader" class="scale" aria-label="Time since the start of the trace">
          ${marks.map(({ ms, left }) => html`<span .style=${`left:${left}%`}>${tickText(ms)}</span>`)}
        </div>
      </div>
    </div>`;
  }

  #name(row: SpanRow, after: unknown = nothing): TemplateResult {
    const { id, depth, children, place, role, title, error } = row;
    const missing = place === 'missing';
    const note = NOTES[place];
    return html`<div
      class="name ${missing ? 'missing' : ''} ${error === null ? '' : 'error'} role-${role}"
      .style=${`padding-inline-start:${Math.min(depth, DEEPEST) * 0.95}em`}
      title=${error ?? ''}
    >
      ${
        children > 0
          ? html`<button
              class="twistie"
              tabindex="-1"
              aria-label=${this.closed.has(id) ? 'Expand' : 'Collapse'}
              @click=${(event: MouseEvent) => this.#toggle(event, id)}
            >
              ${icon(this.closed.has(id) ? 'right' : 'down')}
            </button>`
          : html`<span class="twistie"></span>`
      }
      <span class="role-icon">${icon(missing ? 'unknown' : role)}</span>
      ${error === null ? nothing : icon('failed')}
      <span class="visually-hidden">${missing ? '' : role}${error === null ? '' : ', error'}</span>
      <bdi class="title">${missing ? 'Missing span' : visibleText(title)}</bdi>
      ${note === '' ? nothing : html`<span class="note">${note}</span>`}
      ${row.score === null ? nothing : html`<span class="note">score ${row.score.toFixed(2)}</span>`}${after}
    </div>`;
  }

  #time({ place, role, startMs, endMs, error }: SpanRow, cellRole?: 'gridcell'): TemplateResult {
    const bar = barOf(this.range, startMs, endMs);
    const css = `bar ${place === 'missing' ? 'missing' : ''} ${error === null ? '' : 'error'}`;
    return html`<div role=${cellRole ?? nothing} class="time role-${role}">
      ${bar ? html`<div class=${css} .style=${`left:min(${bar.left}%,100% - 3px);width:${bar.width}%`}></div>` : nothing}
    </div>`;
  }

  #toggle(event: Event, id: string): void {
    event.stopPropagation();
    const all = event instanceof MouseEvent && event.altKey;
    this.dispatchEvent(new CustomEvent('toggle', { detail: { id, all } }));
  }

  #onTreeKey(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.key === '+' || event.key === '=') this.zoom(STEP);
    else if (event.key === '-') this.zoom(1 / STEP);
    else if (event.key === '0') this.#look(this.whole);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') this.#sideways(event);
    else return;
    event.preventDefault();
  }

  /** As in every tree: right opens, then goes down; left closes, then goes up. With Shift, the time moves. */
  #sideways({ key, shiftKey }: KeyboardEvent): void {
    const right = key === 'ArrowRight';
    if (shiftKey) {
      const step = (this.range.to - this.range.from) / 4;
      this.#look(moved(this.range, right ? step : -step, this.whole));
      return;
    }
    const row = this.cursorRow;
    if (!row) return;
    const open = this.expandedOf(row);
    if (open !== null && open !== right)
      this.dispatchEvent(new CustomEvent('toggle', { detail: { id: row.id, all: false } }));
    else if (right && open) this.#moveTo(this.rows[this.rows.indexOf(row) + 1]?.id);
    else if (!right) this.#moveTo(row.parent ?? undefined);
  }

  #moveTo(id: string | undefined): void {
    if (id === undefined) return;
    this.moveTo(id);
    this.dispatchEvent(new CustomEvent<string>('cursor', { detail: id }));
  }

  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    const by = event.deltaY || event.deltaX;
    if (event.shiftKey) {
      this.#look(moved(this.range, ((this.range.to - this.range.from) * by) / 1000, this.whole));
      return;
    }
    const scale = this.renderRoot.querySelector('.scale, .time')?.getBoundingClientRect();
    const share = scale ? Math.max(0, Math.min(1, (event.clientX - scale.left) / scale.width)) : 0.5;
    const about = this.range.from + share * (this.range.to - this.range.from);
    this.#look(zoomed(this.range, Math.exp(by / 400), about, this.whole));
  }

  #look(range: TimeRange): void {
    this.dispatchEvent(new CustomEvent<TimeRange>('zoom', { detail: range }));
  }
}

const NOTES: { readonly [place in SpanRow['place']]: string } = {
  here: '',
  missing: 'not received',
  orphan: 'parent not received',
  cycle: 'parent cycle',
};

function length({ startMs, endMs }: SpanRow): number {
  return Math.max(0, endMs - startMs);
}

function tokensText({ inputTokens, outputTokens, repeated }: SpanRow): string {
  if (repeated || (inputTokens === null && outputTokens === null)) return '';
  const text = (count: number | null) => (count === null ? '?' : formatCount(count));
  return `${text(inputTokens)} → ${text(outputTokens)}`;
}

function costText({ costUsd, unpriced, repeated }: SpanRow): string {
  if (repeated) return '';
  if (costUsd !== null) return formatCost(costUsd);
  return unpriced ? 'unpriced' : '';
}
