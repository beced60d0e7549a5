import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { resultTableStyles } from '../report/resultTableStyles.ts';
import { rowWindow, scrollToRow } from '../report/rowWindow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { type CaseEntry, type Change, keyOf } from './entries.ts';
import { passedText, scoreText, signed } from './figures.ts';

export const CHANGE_ICON: { [change in Change]: IconName } = {
  improved: 'passed',
  degraded: 'failed',
  neutral: 'skipped',
  unmeasured: 'unknown',
};

export const CHANGE_WORD: { [change in Change]: string } = {
  improved: 'Improved',
  degraded: 'Degraded',
  neutral: 'Neutral',
  unmeasured: 'Not measured',
};

/** Below this a row has two lines; CSS pixels. */
const NARROW = 560;

const TRACKS = 'grid-template-columns:8em minmax(7em,1fr) 4.5em 7.2em 6.4em minmax(9em,2.6fr)';
const NARROW_TRACKS = 'grid-template-columns:1.6em minmax(0,1fr) auto';

/** As the command line tells it: why it was bad before, where it has become better. */
function whyOf({ change, baseline, candidate }: CaseEntry): string {
  return change === 'improved' ? `was: ${baseline.reason}` : candidate.reason;
}

/**
 * The compared cases as a grid of which only the rows in sight exist. The keys move a cursor; emits `open` with
 * the key of the chosen case (and whether the keyboard chose it), and `cursor` when it moves.
 */
export class CaseTable extends LitElement {
  static override properties = {
    cases: { attribute: false },
    intended: { attribute: false },
    several: { type: Boolean },
    openKey: { attribute: false },
  };
  declare cases: readonly CaseEntry[];
  declare intended: ReadonlyMap<string, string>;
  /** Whether targets must be told apart. */
  declare several: boolean;
  declare openKey: string | null;

  static override styles = [baseStyles, resultTableStyles];

  #cursor: string | null = null;
  #width = 0;
  #height = 0;
  #rowHeight = 24;
  #drawn = { first: 0, last: 0 };
  readonly #resized = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.cases = [];
    this.openKey = null;
  }

  /** Puts the cursor on a case and brings it into sight. */
  moveTo(key: string): void {
    const index = this.cases.findIndex((one) => keyOf(one) === key);
    if (index >= 0) this.#moveCursor(index, false);
  }

  override focus(): void {
    this.#grid()?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  override firstUpdated(): void {
    const grid = this.#grid();
    if (grid) this.#resized.observe(grid);
    this.#measure();
  }

  override render(): TemplateResult {
    const narrow = this.#width < NARROW;
    const cursor = this.#cursorIndex();
    const { first, last } = this.#visible();
    this.#drawn = { first, last };
    return html`<div
      class="grid ${narrow ? 'narrow' : ''}"
      role="grid"
      tabindex="0"
      aria-label="Cases"
      aria-rowcount=${this.cases.length + 1}
      aria-activedescendant=${cursor < 0 ? nothing : 'cursor'}
      @scroll=${this.#follow}
      @keydown=${this.#onKey}
    >
      ${narrow ? nothing : headings()}
      ${
        this.cases.length === 0
          ? html`<div class="none"><slot name="empty"></slot></div>`
          : html`<div role="rowgroup" class="rows" .style=${`height:${this.cases.length * this.#rowHeight}px`}>
              <div class="drawn" role="presentation" .style=${`transform:translateY(${first * this.#rowHeight}px)`}>
                ${this.cases.slice(first, last).map((one, at) => this.#row(one, first + at, cursor, narrow))}
              </div>
            </div>`
      }
    </div>`;
  }

  #row(one: CaseEntry, index: number, cursor: number, narrow: boolean): TemplateResult {
    const key = keyOf(one);
    return html`<div
      role="row"
      class="row ${index === cursor ? 'cursor' : ''} ${index % 2 ? 'odd' : ''}"
      id=${index === cursor ? 'cursor' : nothing}
      aria-rowindex=${index + 2}
      aria-selected=${key === this.openKey}
      .style=${`${narrow ? NARROW_TRACKS : TRACKS};height:${this.#rowHeight}px`}
      @click=${() => this.#choose(index, false)}
    >
      <div role="gridcell" class="status">
        ${icon(CHANGE_ICON[one.change])}<span class="word">${CHANGE_WORD[one.change]}</span>
      </div>
      ${narrow ? this.#narrowCells(one) : this.#wideCells(one)}
    </div>`;
  }

  #wideCells(one: CaseEntry): TemplateResult {
    const { baseline, candidate, score_difference } = one;
    return html`<div role="gridcell"><bdi>${this.#name(one)}</bdi></div>
      <div role="gridcell">${passedText(baseline)} → ${passedText(candidate)}</div>
      <div role="gridcell">${scoreText(baseline.score)} → ${scoreText(candidate.score)}</div>
      <div role="gridcell" class="number">${score_difference === null ? '–' : signed(score_difference, 2)}</div>
      <div role="gridcell"><bdi>${this.#why(one)}</bdi></div>`;
  }

  #narrowCells(one: CaseEntry): TemplateResult {
    return html`<div role="gridcell" class="lines">
        <bdi>${this.#name(one)}</bdi><bdi class="dim">${this.#why(one)}</bdi>
      </div>
      <div role="gridcell" class="number">
        ${scoreText(one.baseline.score)} → ${scoreText(one.candidate.score)}
      </div>`;
  }

  #name({ case_id, candidate }: CaseEntry): string {
    return visibleText(this.several ? `${case_id} · ${candidate.target}` : case_id);
  }

  #why(one: CaseEntry): string {
    const meant = this.intended.get(one.case_id);
    return visibleText(meant === undefined ? whyOf(one) : `intended: ${meant}`).replaceAll('\n', ' ');
  }

  #visible(): { first: number; last: number } {
    return rowWindow(this.#grid()?.scrollTop ?? 0, this.#height, this.#rowHeight, this.cases.length);
  }

  #grid(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>('.grid') ?? null;
  }

  #measure(): void {
    const grid = this.#grid();
    if (!grid) return;
    this.#width = grid.clientWidth;
    this.#height = grid.clientHeight;
    // From the font, so that rows grow with the editor's font size and zoom.
    const font = Number.parseFloat(getComputedStyle(grid).fontSize) || 13;
    this.#rowHeight = Math.round(font * (this.#width < NARROW ? 3.4 : 1.9));
    this.requestUpdate();
  }

  #follow(): void {
    const { first, last } = this.#visible();
    if (first !== this.#drawn.first || last !== this.#drawn.last) this.requestUpdate();
  }

  #cursorIndex(): number {
    return this.#cursor === null ? -1 : this.cases.findIndex((one) => keyOf(one) === this.#cursor);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.altKey || event.metaKey) return;
    const index = this.#cursorIndex();
    const page = Math.max(1, Math.floor(this.#height / this.#rowHeight) - 2);
    const last = this.cases.length - 1;
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
    const one = this.cases[index];
    if (!grid || !one) return;
    this.#cursor = keyOf(one);
    const head = this.renderRoot.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
    grid.scrollTop = scrollToRow(index, grid.scrollTop, this.#height - head, this.#rowHeight);
    this.requestUpdate();
    if (announce) this.dispatchEvent(new CustomEvent<string>('cursor', { detail: this.#cursor }));
  }

  #choose(index: number, keyboard: boolean): void {
    const one = this.cases[index];
    if (!one) return;
    this.#moveCursor(index, false);
    this.dispatchEvent(new CustomEvent('open', { detail: { key: keyOf(one), keyboard } }));
  }
}

function headings(): TemplateResult {
  const titles = ['Change', 'Case', 'Passed', 'Score', 'Difference', 'Why'];
  return html`<div role="rowgroup" class="head">
    <div role="row" aria-rowindex="1" class="row" .style=${TRACKS}>
      ${titles.map((title) => html`<div role="columnheader" class=${title === 'Difference' ? 'number' : ''}>${title}</div>`)}
    </div>
  </div>`;
}
