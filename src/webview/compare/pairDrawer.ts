import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration } from '../../engine/reports/figures.ts';
import { expectedContent, inputContent } from '../report/caseContent.ts';
import { caseDrawerStyles } from '../report/caseDrawerStyles.ts';
import { evaluatorList } from '../report/caseEvidence.ts';
import type { ResultDetail } from '../report/entries.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { CHANGE_ICON, CHANGE_WORD } from './caseTable.ts';
import type { LoadedPair } from './comparisonModel.ts';
import type { CaseEntry, CaseSideEntry, PairEntry } from './entries.ts';
import { passedText, scoreText } from './figures.ts';
import type { CaseAction } from './messages.ts';
import { outputsBeside } from './sideTexts.ts';

const ACTION_LABEL: { [action in CaseAction]: { label: string; mark: IconName } } = {
  'open-diff': { label: 'Open in diff editor', mark: 'diff' },
  'open-case': { label: 'Open case in dataset', mark: 'goToFile' },
  'rerun-pair': { label: 'Run both again', mark: 'rerun' },
  'mark-intended': { label: 'Mark as intended…', mark: 'check' },
  'accept-candidate': { label: 'Accept candidate’s output…', mark: 'add' },
  'trace-baseline': { label: 'Baseline’s trace', mark: 'trace' },
  'trace-candidate': { label: 'Candidate’s trace', mark: 'trace' },
};

/** One case under both sides. Emits `close`, `step` (−1 or 1: the previous or next case) and `action`. */
export class PairDrawer extends LitElement {
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
  /** Why the change was meant. */
  declare intended: string | undefined;

  static override styles = [
    baseStyles,
    caseDrawerStyles,
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

  override focus(): void {
    this.renderRoot?.querySelector<HTMLElement>('h2')?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#emit('close', null);
    });
  }

  override render(): TemplateResult {
    const { entry } = this;
    return html`<aside aria-labelledby="title">
      <header>
        <h2 id="title" tabindex="-1">${icon(CHANGE_ICON[entry.change])}<bdi>${visibleText(entry.case_id)}</bdi></h2>
        <div class="tools no-print">
          ${this.#tool('up', 'Previous case', () => this.#emit('step', -1))}
          ${this.#tool('down', 'Next case', () => this.#emit('step', 1))}
          ${this.#tool('close', 'Close (Escape)', () => this.#emit('close', null))}
        </div>
      </header>
      <p class="line">${CHANGE_WORD[entry.change]}${entry.tags.length > 0 ? ` · ${visibleText(entry.tags.join(', '))}` : ''}</p>
      ${this.intended === undefined ? nothing : html`<p class="verdict">Intended: ${visibleText(this.intended)}</p>`}
      ${this.#actionBar()} ${figures(entry)} ${this.#body()}
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
    ${known ? section('Expected', expectedContent(known.expected_output)) : nothing}`;
  }

  #actionBar(): TemplateResult | typeof nothing {
    if (this.actions.length === 0) return nothing;
    return html`<div class="actions no-print" role="group" aria-label="Actions">
      ${this.actions.map((action) => {
        const { label, mark } = ACTION_LABEL[action];
        return html`<vscode-button secondary @click=${() => this.#emit('action', action)}>
          <span slot="content-before">${icon(mark)}</span>${label}
        </vscode-button>`;
      })}
    </div>`;
  }

  #tool(mark: IconName, label: string, act: () => void): TemplateResult {
    return html`<button class="tool" aria-label=${label} title=${label} @click=${act}>${icon(mark)}</button>`;
  }

  #emit(type: 'close' | 'step' | 'action', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function section(title: string, content: unknown): TemplateResult {
  return html`<section>
    <h3>${title}</h3>
    ${content}
  </section>`;
}

function evaluatorsBeside({ baseline, candidate }: PairEntry): TemplateResult {
  const list = (result: ResultDetail | null) =>
    result
      ? html`<text-block plain .text=${result.reason}></text-block>${evaluatorList(result)}`
      : html`<p class="dim">The result is not stored any more.</p>`;
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
    ['Score', ({ score }) => scoreText(score)],
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
