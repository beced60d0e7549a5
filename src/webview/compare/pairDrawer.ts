import { css, html, nothing, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import { expectedContent, inputContent } from '../report/caseContent.ts';
import { evaluatorList } from '../report/caseEvidence.ts';
import type { ResultDetail } from '../report/entries.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type ActionText, Drawer, section } from '../shared/drawer.ts';
import { drawerStyles } from '../shared/drawerStyles.ts';
import { visibleText } from '../shared/visibleText.ts';
import { CHANGE_ICON, CHANGE_WORD } from './caseTable.ts';
import type { LoadedPair } from './comparisonModel.ts';
import type { CaseEntry, CaseSideEntry, PairEntry } from './entries.ts';
import { passedText } from './figures.ts';
import type { CaseAction } from './messages.ts';
import { outputsBeside } from './sideTexts.ts';

const ACTION_LABEL: { [action in CaseAction]: ActionText } = {
  'open-diff': { label: 'Open in diff editor', mark: 'diff' },
  'open-case': { label: 'Open case in dataset', mark: 'goToFile' },
  'rerun-pair': { label: 'Run both sides again', mark: 'rerun' },
  'mark-intended': { label: 'Mark as intended…', mark: 'check' },
  'accept-candidate': { label: 'Accept candidate output as expected…', mark: 'add' },
  'trace-baseline': { label: 'Open baseline trace', mark: 'trace' },
  'trace-candidate': { label: 'Open candidate trace', mark: 'trace' },
  'compare-steps': { label: 'Compare steps', mark: 'compare' },
};

/** One case under both sides. */
export class PairDrawer extends Drawer {
  static override properties = {
    entry: { attribute: false },
    loaded: { attribute: false },
    actions: { attribute: false },
    intended: { attribute: false },
  };
  declare entry: CaseEntry;
  /** Undefined while it is on its way. */
  declare loaded: LoadedPair | undefined;
  declare actions: readonly CaseAction[];
  /** Why the change was intended. */
  declare intended: string | undefined;

  static override styles = [
    baseStyles,
    drawerStyles,
    css`
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 17em), 1fr));
        gap: 0.6em 0.9em;
      }
      .beside > * {
        min-width: 0;
      }
      h4 {
        margin: 0 0 0.3em;
        font-size: 1em;
        font-weight: normal;
        color: var(--vscode-descriptionForeground);
      }
      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.15em 1.2em 0.15em 0;
        text-align: end;
      }
      th:first-child {
        text-align: start;
        font-weight: normal;
        color: var(--vscode-descriptionForeground);
      }
      thead th {
        font-weight: normal;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  override render(): TemplateResult {
    const { entry } = this;
    return html`<aside aria-labelledby="title">
      ${this.head(CHANGE_ICON[entry.change], entry.case_id, 'case')}
      <p class="line">${CHANGE_WORD[entry.change]}${entry.tags.length > 0 ? ` · ${visibleText(entry.tags.join(', '))}` : ''}</p>
      ${this.intended === undefined ? nothing : html`<p class="verdict">Intended: ${visibleText(this.intended)}</p>`}
      ${this.actionBar(this.actions, ACTION_LABEL)} ${figures(entry)} ${this.#body()}
    </aside>`;
  }

  #body(): TemplateResult {
    const { loaded } = this;
    if (!loaded) return html`<p class="dim" role="status">Loading both results…</p>`;
    if (loaded.state === 'missing')
      return html`<p class="problem" role="status">${visibleText(loaded.message)}</p>`;
    const { pair } = loaded;
    const known = pair.candidate ?? pair.baseline;
    return html`${section('Outputs', outputsBeside(pair))} ${section('Evaluators', evaluatorsBeside(pair))}
    ${known ? section('Input', inputContent(known.input)) : nothing}
    ${known ? section('Expected', expectedContent({ expected_output: known.expected_output, evaluations: [] })) : nothing}`;
  }
}

function evaluatorsBeside({ baseline, candidate }: PairEntry): TemplateResult {
  const list = (result: ResultDetail | null) =>
    result
      ? html`<text-block plain .text=${result.reason}></text-block>${evaluatorList(result)}`
      : html`<p class="dim">This result is no longer stored.</p>`;
  return html`<div class="beside">
    <div>
      <h4>Baseline</h4>
      ${list(baseline)}
    </div>
    <div>
      <h4>Candidate</h4>
      ${list(candidate)}
    </div>
  </div>`;
}

function figures({ baseline, candidate }: CaseEntry): TemplateResult {
  const lines: [string, (side: CaseSideEntry) => string][] = [
    ['Passed', passedText],
    ['Score', ({ score }) => formatScore(score)],
    ['Cost', ({ cost_usd }) => formatCost(cost_usd)],
    ['Tokens', ({ tokens }) => (tokens === null ? 'unknown' : formatCount(Math.round(tokens)))],
    ['Latency', ({ latency_ms }) => (latency_ms === null ? '–' : formatDuration(latency_ms))],
  ];
  return html`<table aria-label="Figures">
    <thead>
      <tr>
        <th></th>
        <th scope="col">Baseline</th>
        <th scope="col">Candidate</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        ([name, show]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${show(baseline)}</td>
            <td>${show(candidate)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
