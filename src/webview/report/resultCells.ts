import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatScore } from '../../engine/model/figures.ts';
import type { RerunEntry } from '../../protocol/resultRow.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { RunHead } from './entries.ts';
import { type ResultColumn, titleOf } from './resultColumns.ts';
import type { StoredRow } from './rowStore.ts';

const STATUS_WORD = { passed: 'Passed', failed: 'Failed', errored: 'Errored' };

/** The status as a sign and a word. */
export function statusCell({ row }: StoredRow, flaky: boolean): TemplateResult {
  const notes = [
    ...(flaky ? ['Flaky: some trials of this case passed, some did not'] : []),
    ...(row.rerun ? [rerunText(row.rerun)] : []),
    ...(row.source ? [visibleText(row.source.text)] : []),
    ...(row.attempts === undefined ? [] : [attemptsText(row.attempts)]),
  ];
  return html`<div role="gridcell" class="status" title=${notes.length > 0 ? notes.join('\n') : nothing}>
    ${icon(row.status)}<span class="word">${STATUS_WORD[row.status]}</span>
    ${row.rerun ? html`${icon('rerun')}<span class="visually-hidden">${rerunText(row.rerun)}</span>` : nothing}
    ${row.source ? html`${icon('fallback')}<span class="visually-hidden">${visibleText(row.source.text)}</span>` : nothing}
    ${flaky ? html`${icon('flaky')}<span class="visually-hidden">flaky</span>` : nothing}
  </div>`;
}

/** Of an answer that took several calls. */
export function attemptsText(attempts: number): string {
  return `Answered after ${formatCount(attempts)} calls`;
}

/** When a case was run again, and its previous status. */
export function rerunText({ at, before }: RerunEntry): string {
  return `Run again on ${new Date(at).toLocaleString()}; previously ${before}`;
}

export function textCell({ number, text }: ResultColumn, stored: StoredRow): TemplateResult {
  return html`<div role="gridcell" class=${number ? 'number' : ''}><bdi>${text(stored)}</bdi></div>`;
}

/** For a narrow table: which result and why, on two lines, and the score. */
export function narrowCells({ row }: StoredRow, { run }: RunHead): TemplateResult {
  const which = [
    visibleText(titleOf(row)),
    ...(run.targets.length > 1 ? [visibleText(row.target)] : []),
    ...(run.repeat > 1 ? [`trial ${row.trial + 1}`] : []),
  ];
  return html`<div role="gridcell" class="lines">
      <bdi>${which.join(' · ')}</bdi><bdi class="dim">${visibleText(row.reason)}</bdi>
    </div>
    <div role="gridcell" class="number">${formatScore(row.score)}</div>`;
}
