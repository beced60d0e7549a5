import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { baseStyles } from './baseStyles.ts';
import { rowGridStyles } from './rowGridStyles.ts';
import { type RowWindow, rowWindow, scrollToRow } from './rowWindow.ts';

/** What a table puts into the frame of a grid. */
export interface GridLayout<Row> {
  /** The style of each row: its columns. */
  tracks: string;
  headings: TemplateResult | typeof nothing;
  /** The cells of one row. */
  cells(row: Row): TemplateResult;
  /** Below the rows. */
  after?: TemplateResult | typeof nothing;
}

/** Below this width a row has two lines; CSS pixels. */
export const NARROW = 560;
export const NARROW_TRACKS = 'grid-template-columns:1.6em minmax(0,1fr) auto';

/**
 * A grid of which only the rows in sight exist. The keys move a cursor. Emits `open` with the key of the chosen
 * row (and whether the keyboard chose it), and `cursor` when the keys moved it.
 */
export abstract class RowGrid<Row> extends LitElement {
  static override properties: PropertyDeclarations = {
    rows: { attribute: false },
    openKey: { attribute: false },
  };
  declare rows: readonly Row[];
  /** The row in the drawer. */
  declare openKey: string | null;

  static override styles = [baseStyles, rowGridStyles];

  /** Row height in CSS pixels. */
  protected rowHeight = 24;
  /** Of the grid, in CSS pixels. */
  protected width = 0;
  #height = 0;
  /** The row with the cursor, by key, so that it stays when rows come in above it. */
  #cursor: string | null = null;
  #drawn: RowWindow = { first: 0, last: 0 };
  readonly #resized = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.rows = [];
    this.openKey = null;
  }

  protected abstract readonly label: string;
  /** What the grid is to assistive technology. */
  protected readonly gridRole: 'grid' | 'treegrid' = 'grid';
  protected abstract keyOf(row: Row): string;
  protected abstract layout(): GridLayout<Row>;

  /** Puts the cursor on a row and brings it into sight. Nothing happens when it is not there. */
  moveTo(key: string): void {
    const index = this.rows.findIndex((row) => this.keyOf(row) === key);
    if (index >= 0) this.#moveCursor(index, false);
  }

  override focus(): void {
    this.grid?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  override firstUpdated(): void {
    const { grid } = this;
    if (grid) this.#resized.observe(grid);
    this.#measure();
  }

  override render(): TemplateResult {
    const { tracks, headings, cells, after = nothing } = this.layout();
    const cursor = this.#cursorIndex();
    const { first, last } = this.visible();
    this.#drawn = { first, last };
    return html`<div
      class="grid ${this.narrow ? 'narrow' : ''}"
      role=${this.gridRole}
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${this.rows.length + 1}
      aria-activedescendant=${cursor < 0 ? nothing : 'cursor'}
      @scroll=${this.onScroll}
      @keydown=${this.#onKey}
    >
      ${headings}
      ${
        this.rows.length === 0
          ? html`<div class="none"><slot name="empty"></slot></div>`
          : html`<div role="rowgroup" class="rows" .style=${`height:${this.bodyHeight()}`}>
                <div class="drawn" role="presentation" .style=${`transform:translateY(${first * this.rowHeight}px)`}>
                  ${this.rows.slice(first, last).map((row, at) => this.#row(row, first + at, cursor, tracks, cells))}
                </div>
              </div>
              ${after}`
      }
    </div>`;
  }

  protected get narrow(): boolean {
    return this.width < NARROW;
  }

  protected get grid(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>('.grid') ?? null;
  }

  /** A CSS length. */
  protected bodyHeight(): string {
    return `${this.rows.length * this.rowHeight}px`;
  }

  protected visible(): RowWindow {
    return this.windowAt(this.grid?.scrollTop ?? 0);
  }

  protected windowAt(scrollTop: number): RowWindow {
    return rowWindow(scrollTop, this.#height, this.rowHeight, this.rows.length);
  }

  /** Of a row in a tree, from 1. */
  protected levelOf(_row: Row): number | null {
    return null;
  }

  /** Null for a row with nothing below it. */
  protected expandedOf(_row: Row): boolean | null {
    return null;
  }

  /** The row that the keys have come to. */
  protected get cursorRow(): Row | undefined {
    return this.rows[this.#cursorIndex()];
  }

  /** The next rows are another selection. */
  protected dropCursor(): void {
    this.#cursor = null;
  }

  /** Draws anew when other rows have come into sight. */
  protected onScroll(): void {
    const { first, last } = this.visible();
    if (first !== this.#drawn.first || last !== this.#drawn.last) this.requestUpdate();
  }

  #row(
    row: Row,
    index: number,
    cursor: number,
    tracks: string,
    cells: (row: Row) => TemplateResult,
  ): TemplateResult {
    return html`<div
      role="row"
      class="row ${index === cursor ? 'cursor' : ''} ${index % 2 ? 'odd' : ''}"
      id=${index === cursor ? 'cursor' : nothing}
      aria-rowindex=${index + 2}
      aria-selected=${this.keyOf(row) === this.openKey}
      aria-level=${this.levelOf(row) ?? nothing}
      aria-expanded=${this.expandedOf(row) ?? nothing}
      .style=${`${tracks};height:${this.rowHeight}px`}
      @click=${() => this.#choose(index, false)}
    >
      ${cells(row)}
    </div>`;
  }

  /** Height for rows, in CSS pixels. */
  get #room(): number {
    return this.#height - (this.renderRoot.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0);
  }

  #measure(): void {
    const { grid } = this;
    if (!grid) return;
    this.width = grid.clientWidth;
    this.#height = grid.clientHeight;
    // From the font, so that rows grow with the editor's font size and zoom.
    const font = Number.parseFloat(getComputedStyle(grid).fontSize) || 13;
    this.rowHeight = Math.round(font * (this.narrow ? 3.4 : 1.9));
    this.requestUpdate();
  }

  #cursorIndex(): number {
    if (this.#cursor === null) return -1;
    const isCursor = (row: Row | undefined) => row !== undefined && this.keyOf(row) === this.#cursor;
    const { first, last } = this.visible();
    // Almost always among the drawn rows, so the whole list is rarely searched.
    for (let index = first; index < last; index += 1) if (isCursor(this.rows[index])) return index;
    return this.rows.findIndex(isCursor);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.altKey || event.metaKey) return;
    const index = this.#cursorIndex();
    const page = Math.max(1, Math.floor(this.#room / this.rowHeight) - 1);
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
    const { grid } = this;
    const row = this.rows[index];
    if (!grid || row === undefined) return;
    this.#cursor = this.keyOf(row);
    grid.scrollTop = scrollToRow(index, grid.scrollTop, this.#room, this.rowHeight);
    this.requestUpdate();
    if (announce) this.dispatchEvent(new CustomEvent<string>('cursor', { detail: this.#cursor }));
  }

  #choose(index: number, keyboard: boolean): void {
    const row = this.rows[index];
    if (row === undefined) return;
    this.#moveCursor(index, false);
    this.dispatchEvent(new CustomEvent('open', { detail: { key: this.keyOf(row), keyboard } }));
  }
}
