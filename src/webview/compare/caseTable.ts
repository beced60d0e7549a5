import { html, nothing, type TemplateResult } from 'lit';
import { formatScore, formatSigned } from '../../engine/model/figures.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { type GridLayout, NARROW_TRACKS, RowGrid } from '../shared/rowGrid.ts';
import { visibleText } from '../shared/visibleText.ts';
import { type CaseEntry, type Change, keyOf } from './entries.ts';
import { passedText } from './figures.ts';

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

const TRACKS = 'grid-template-columns:8em minmax(7em,1fr) 4.5em 7.2em 6.4em minmax(9em,2.6fr)';

/** The candidate's reason; for an improved case, the reason why the baseline was worse, as in the terminal. */
function whyOf({ change, baseline, candidate }: CaseEntry): string {
  return change === 'improved' ? `was: ${baseline.reason}` : candidate.reason;
}

/** The compared cases. */
export class CaseTable extends RowGrid<CaseEntry> {
  static override properties = {
    intended: { attribute: false },
    several: { type: Boolean },
  };
  declare intended: ReadonlyMap<string, string>;
  /** Whether there are several targets to distinguish. */
  declare several: boolean;

  protected override readonly label = 'Cases';

  protected override keyOf(one: CaseEntry): string {
    return keyOf(one);
  }

  protected override layout(): GridLayout<CaseEntry> {
    const { narrow } = this;
    return {
      tracks: narrow ? NARROW_TRACKS : TRACKS,
      headings: narrow ? nothing : headings(),
      cells: (one) => html`<div role="gridcell" class="status">
          ${icon(CHANGE_ICON[one.change])}<span class="word">${CHANGE_WORD[one.change]}</span>
        </div>
        ${narrow ? this.#narrowCells(one) : this.#wideCells(one)}`,
    };
  }

  #wideCells(one: CaseEntry): TemplateResult {
    const { baseline, candidate, score_difference } = one;
    return html`<div role="gridcell"><bdi>${this.#name(one)}</bdi></div>
      <div role="gridcell">${passedText(baseline)} → ${passedText(candidate)}</div>
      <div role="gridcell">${formatScore(baseline.score)} → ${formatScore(candidate.score)}</div>
      <div role="gridcell" class="number">${score_difference === null ? '–' : formatSigned(score_difference, 2)}</div>
      <div role="gridcell"><bdi>${this.#why(one)}</bdi></div>`;
  }

  #narrowCells(one: CaseEntry): TemplateResult {
    return html`<div role="gridcell" class="lines">
        <bdi>${this.#name(one)}</bdi><bdi class="dim">${this.#why(one)}</bdi>
      </div>
      <div role="gridcell" class="number">
        ${formatScore(one.baseline.score)} → ${formatScore(one.candidate.score)}
      </div>`;
  }

  #name({ case_id, candidate }: CaseEntry): string {
    return visibleText(this.several ? `${case_id} · ${candidate.target}` : case_id);
  }

  #why(one: CaseEntry): string {
    const intent = this.intended.get(one.case_id);
    return visibleText(intent === undefined ? whyOf(one) : `intended: ${intent}`).replaceAll('\n', ' ');
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
