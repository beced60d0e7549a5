import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { baseStyles } from '../shared/baseStyles.ts';
import { icon } from '../shared/icons.ts';
import type { RunHead } from './entries.ts';
import { narrowCells, statusCell, textCell } from './resultCells.ts';
import { NARROW, type ResultColumn, resultColumns } from './resultColumns.ts';
import { resultTableStyles } from './resultTableStyles.ts';
import type { StoredRow } from './rowStore.ts';
import { rowWindow, scrollToRow } from './rowWindow.ts';
import type { RowSort, SortColumn } from './viewState.ts';

/** Rows that go on paper; a report of thousands of pages helps nobody. */
const PRINTED_ROWS = 1000;

/**
 * The results as a grid of which only the rows in sight exist. Rows that come in while a run goes on do not
 * move what is being read. The keys move a cursor; `open` is emitted with the key of the chosen row (and
 * whether the keyboard chose it), `cursor` when it moves, `sort` with a new order, `scrolled` with the position.
 */
export class ResultTable extends LitElement {
  static override properties = {
    head: { attribute: false },
    rows: { attribute: false },
    flaky: { attribute: false },
    sort: { attribute: false },
    openKey: { attribute: false },
  };
  declare head: RunHead;
  declare rows: readonly StoredRow[];
  declare flaky: (stored: StoredRow) => boolean;
  declare sort: RowSort;
  /** The row in the drawer. */
  declare openKey: string | null;

  static override styles = [baseStyles, resultTableStyles];

  /** The row with the cursor, by key, so that it stays when rows come in above it. */
  #cursor: string | null = null;
  #width = 0;
  #height = 0;
  #rowHeight = 24;
  #drawn = { first: 0, last: 0 };
  #printing = false;
  /** Where to scroll once the new rows have their height. */
  #scrollTo: number | null = null;
  readonly #resized = new ResizeObserver(() => this.#measure());
  readonly #print = matchMedia('print');
  readonly #onPrint = () => {
    this.#printing = this.#print.matches;
    this.requestUpdate();
  };

  constructor() {
    super();
    this.rows = [];
    this.openKey = null;
  }

  /** The next rows are another selection: it is read from its first row, or from `position`. */
  restart(position = 0): void {
    this.#scrollTo = position;
    this.#cursor = null;
  }

  /** Puts the cursor on a row and brings it into sight. Nothing happens when the selection does not hold it. */
  moveTo(key: string): void {
    const index = this.rows.findIndex((stored) => stored.key === key);
    if (index >= 0) this.#moveCursor(index, false);
  }

  override focus(): void {
    this.#grid()?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#print.addEventListener('change', this.#onPrint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#print.removeEventListener('change', this.#onPrint);
    this.#resized.disconnect();
  }

  override firstUpdated(): void {
    const grid = this.#grid();
    if (grid) this.#resized.observe(grid);
    this.#measure();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows')) this.#holdPosition(changed.get('rows') ?? []);
  }

  override updated(): void {
    const grid = this.#grid();
    if (!grid || this.#scrollTo === null) return;
    grid.scrollTop = this.#scrollTo;
    this.#scrollTo = null;
    this.#follow();
  }

  override render(): TemplateResult {
    const columns = this.#narrow ? [] : resultColumns(this.head, this.#width);
    const tracks = this.#narrow
      ? 'grid-template-columns:1.6em minmax(0,1fr) auto'
      : `grid-template-columns:6.2em ${columns.map(({ width }) => width).join(' ')}`;
    return html`<div
      class="grid ${this.#narrow ? 'narrow' : ''}"
      role="grid"
      tabindex="0"
      aria-label="Results"
      aria-rowcount=${this.rows.length + 1}
      aria-activedescendant=${this.#cursorIndex() < 0 ? nothing : 'cursor'}
      @scroll=${this.#onScroll}
      @keydown=${this.#onKey}
    >
      ${this.#narrow ? nothing : this.#headings(columns, tracks)}
      ${this.rows.length === 0 ? html`<div class="none"><slot name="empty"></slot></div>` : this.#body(columns, tracks)}
    </div>`;
  }

  #headings(columns: readonly ResultColumn[], tracks: string): TemplateResult {
    return html`<div role="rowgroup" class="head">
      <div role="row" aria-rowindex="1" class="row" .style=${tracks}>
        ${this.#heading('Status', 'status', false)}
        ${columns.map(({ title, sort, number }) => this.#heading(title, sort, number === true))}
      </div>
    </div>`;
  }

  #heading(title: string, column: SortColumn | undefined, number: boolean): TemplateResult {
    const css = number ? 'number' : '';
    if (!column) return html`<div role="columnheader" class=${css}>${title}</div>`;
    const sorted = this.sort.column === column;
    const direction = this.sort.descending ? 'descending' : 'ascending';
    return html`<div role="columnheader" class=${css} aria-sort=${sorted ? direction : 'none'}>
      <button title="Sort by ${title.toLowerCase()}" @click=${() => this.#sortBy(column)}>
        ${title}${sorted ? icon(direction) : nothing}
      </button>
    </div>`;
  }

  #body(columns: readonly ResultColumn[], tracks: string): TemplateResult {
    const { first, last } = this.#visible();
    this.#drawn = { first, last };
    const cursor = this.#cursorIndex();
    const height = this.#printing ? 'auto' : `${this.rows.length * this.#rowHeight}px`;
    const left = this.#printing ? this.rows.length - last : 0;
    return html`<div role="rowgroup" class="rows" .style=${`height:${height}`}>
        <div class="drawn" role="presentation" .style=${`transform:translateY(${first * this.#rowHeight}px)`}>
          ${this.rows.slice(first, last).map((stored, offset) => {
            const index = first + offset;
            return this.#row(stored, index, index === cursor, columns, tracks);
          })}
        </div>
      </div>
      ${left > 0 ? html`<p>… and ${left} more results, which are not printed.</p>` : nothing}`;
  }

  #row(
    stored: StoredRow,
    index: number,
    cursor: boolean,
    columns: readonly ResultColumn[],
    tracks: string,
  ): TemplateResult {
    const { key } = stored;
    return html`<div
      role="row"
      class="row ${cursor ? 'cursor' : ''} ${index % 2 ? 'odd' : ''}"
      id=${cursor ? 'cursor' : nothing}
      aria-rowindex=${index + 2}
      aria-selected=${key === this.openKey}
      .style=${`${tracks};height:${this.#rowHeight}px`}
      @click=${() => this.#choose(index, false)}
    >
      ${statusCell(stored, this.flaky(stored))}
      ${this.#narrow ? narrowCells(stored, this.head) : columns.map((column) => textCell(column, stored))}
    </div>`;
  }

  get #narrow(): boolean {
    return this.#width < NARROW && !this.#printing;
  }

  #visible(): { first: number; last: number } {
    if (this.#printing) return { first: 0, last: Math.min(PRINTED_ROWS, this.rows.length) };
    const top = this.#scrollTo ?? this.#grid()?.scrollTop ?? 0;
    return rowWindow(top, this.#height, this.#rowHeight, this.rows.length);
  }

  #grid(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>('.grid') ?? null;
  }

  #headHeight(): number {
    return this.renderRoot.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
  }

  #measure(): void {
    const grid = this.#grid();
    if (!grid) return;
    this.#width = grid.clientWidth;
    this.#height = grid.clientHeight;
    // From the font, so that rows grow with the editor's font size and zoom.
    const font = Number.parseFloat(getComputedStyle(grid).fontSize) || 13;
    this.#rowHeight = Math.round(font * (this.#narrow ? 3.4 : 1.9));
    this.requestUpdate();
  }

  /** Keeps the first row in sight where it is, however many rows were put in above it. */
  #holdPosition(before: readonly StoredRow[]): void {
    const top = this.#grid()?.scrollTop ?? 0;
    if (this.#scrollTo !== null || top === 0) return;
    const anchor = before[Math.floor(top / this.#rowHeight)];
    const index = anchor ? this.rows.indexOf(anchor) : -1;
    if (index >= 0) this.#scrollTo = index * this.#rowHeight + (top % this.#rowHeight);
  }

  #follow(): void {
    const { first, last } = this.#visible();
    if (first !== this.#drawn.first || last !== this.#drawn.last) this.requestUpdate();
  }

  #onScroll(): void {
    this.#follow();
    const position = this.#grid()?.scrollTop ?? 0;
    this.dispatchEvent(new CustomEvent<number>('scrolled', { detail: position }));
  }

  #cursorIndex(): number {
    if (this.#cursor === null) return -1;
    const { first, last } = this.#visible();
    // Almost always among the drawn rows, so the whole list is rarely searched.
    for (let index = first; index < last; index += 1)
      if (this.rows[index]?.key === this.#cursor) return index;
    return this.rows.findIndex(({ key }) => key === this.#cursor);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.altKey || event.metaKey) return;
    const index = this.#cursorIndex();
    const page = Math.max(1, Math.floor((this.#height - this.#headHeight()) / this.#rowHeight) - 1);
    const last = this.rows.length - 1;
    const targets: { [key: string]: number } = {
      ArrowDown: index + 1,
      ArrowUp: index < 0 ? last : index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined) this.#moveCursor(Math.max(0, Math.min(last, target)), true);
    else if ((event.key === 'Enter' || event.key === ' ') && index >= 0) this.#choose(index, true);
    else return;
    event.preventDefault();
  }

  #moveCursor(index: number, announce: boolean): void {
    const grid = this.#grid();
    const stored = this.rows[index];
    if (!grid || !stored) return;
    this.#cursor = stored.key;
    const room = this.#height - this.#headHeight();
    grid.scrollTop = scrollToRow(index, grid.scrollTop, room, this.#rowHeight);
    this.requestUpdate();
    if (announce) this.dispatchEvent(new CustomEvent<string>('cursor', { detail: stored.key }));
  }

  #choose(index: number, keyboard: boolean): void {
    const stored = this.rows[index];
    if (!stored) return;
    this.#moveCursor(index, false);
    this.dispatchEvent(new CustomEvent('open', { detail: { key: stored.key, keyboard } }));
  }

  /** Ascending, descending, and back to the order of the dataset. */
  #sortBy(column: SortColumn): void {
    const { sort } = this;
    let detail: RowSort = { column, descending: false };
    if (sort.column === column) {
      detail = sort.descending ? { column: 'dataset', descending: false } : { column, descending: true };
    }
    this.dispatchEvent(new CustomEvent<RowSort>('sort', { detail }));
  }
}
