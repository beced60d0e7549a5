import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { counted } from '../../engine/model/figures.ts';
import { icon } from '../shared/icons.ts';
import { type GridLayout, NARROW_TRACKS, RowGrid } from '../shared/rowGrid.ts';
import type { RowWindow } from '../shared/rowWindow.ts';
import type { RunHead } from './entries.ts';
import { narrowCells, statusCell, textCell } from './resultCells.ts';
import { type ResultColumn, resultColumns } from './resultColumns.ts';
import type { StoredRow } from './rowStore.ts';
import type { RowSort, SortColumn } from './viewState.ts';

/** Most rows printed: a report of thousands of pages helps nobody. */
const PRINTED_ROWS = 1000;

/**
 * The results. Rows that come in while a run goes on do not move what is being read. Emits `sort` with a new order
 * and `scrolled` with the position as well.
 */
export class ResultTable extends RowGrid<StoredRow> {
  static override properties = {
    head: { attribute: false },
    flaky: { attribute: false },
    sort: { attribute: false },
  };
  declare head: RunHead;
  declare flaky: (stored: StoredRow) => boolean;
  declare sort: RowSort;

  protected override readonly label = 'Results';
  #printing = false;
  /** Where to scroll once the new rows have their height. */
  #scrollTo: number | null = null;
  readonly #print = matchMedia('print');
  readonly #onPrint = () => {
    this.#printing = this.#print.matches;
    this.requestUpdate();
  };

  /** The next rows are another selection: it is read from its first row, or from `position`. */
  restart(position = 0): void {
    this.#scrollTo = position;
    this.dropCursor();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#print.addEventListener('change', this.#onPrint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#print.removeEventListener('change', this.#onPrint);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows')) this.#holdPosition(changed.get('rows') ?? []);
  }

  override updated(): void {
    const { grid } = this;
    if (!grid || this.#scrollTo === null) return;
    grid.scrollTop = this.#scrollTo;
    this.#scrollTo = null;
    super.onScroll();
  }

  protected override keyOf({ key }: StoredRow): string {
    return key;
  }

  protected override layout(): GridLayout<StoredRow> {
    const { narrow } = this;
    const columns = narrow ? [] : resultColumns(this.head, this.width);
    const tracks = narrow
      ? NARROW_TRACKS
      : `grid-template-columns:6.8em ${columns.map(({ width }) => width).join(' ')}`;
    return {
      tracks,
      headings: narrow ? nothing : this.#headings(columns, tracks),
      cells: (stored) => html`${statusCell(stored, this.flaky(stored))}
        ${narrow ? narrowCells(stored, this.head) : columns.map((column) => textCell(column, stored))}`,
      after: this.#notPrinted(),
    };
  }

  protected override get narrow(): boolean {
    return super.narrow && !this.#printing;
  }

  protected override visible(): RowWindow {
    if (this.#printing) return { first: 0, last: Math.min(PRINTED_ROWS, this.rows.length) };
    return this.#scrollTo === null ? super.visible() : this.windowAt(this.#scrollTo);
  }

  protected override bodyHeight(): string {
    return this.#printing ? 'auto' : super.bodyHeight();
  }

  protected override onScroll(): void {
    super.onScroll();
    const position = this.grid?.scrollTop ?? 0;
    this.dispatchEvent(new CustomEvent<number>('scrolled', { detail: position }));
  }

  #notPrinted(): TemplateResult | typeof nothing {
    const left = this.#printing ? this.rows.length - this.visible().last : 0;
    return left > 0
      ? html`<p>… and ${counted(left, 'more result', 'more results')}, not printed.</p>`
      : nothing;
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

  /** Keeps the first row in sight where it is, however many rows were put in above it. */
  #holdPosition(before: readonly StoredRow[]): void {
    const top = this.grid?.scrollTop ?? 0;
    if (this.#scrollTo !== null || top === 0) return;
    const anchor = before[Math.floor(top / this.rowHeight)];
    const index = anchor ? this.rows.indexOf(anchor) : -1;
    if (index >= 0) this.#scrollTo = index * this.rowHeight + (top % this.rowHeight);
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
