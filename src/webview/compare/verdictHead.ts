import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted, formatCost, formatCount, formatSigned } from '../../engine/model/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { ComparisonModel, Stage } from './comparisonModel.ts';
import type { ChangeCounts, ComparisonEntry, Word } from './entries.ts';
import { consistencyLine, metricLine, resourceLine } from './figures.ts';
import { verdictHeadStyles } from './verdictHeadStyles.ts';

const WORD_ICON: { [word in Word]: IconName } = {
  better: 'passed',
  equivalent: 'passed',
  identical: 'passed',
  worse: 'failed',
  mixed: 'failed',
  undecided: 'unknown',
};

const CLAUSE_ICON = { pass: 'passed', fail: 'failed', undecided: 'unknown', 'not-asked': 'skipped' } as const;
const CLAUSE_WORD = { pass: 'pass', fail: 'fail', undecided: 'undecided', 'not-asked': 'not asked' };

const FILE_WORD = { added: 'new', removed: 'removed', changed: 'changed' };

/** The top of a comparison: the verdict in words, the figures behind it, the gate and what was changed. Emits `open-file`. */
export class VerdictHead extends LitElement {
  static override properties = {
    head: { attribute: false },
    stage: { attribute: false },
    files: { attribute: false },
    canOpen: { type: Boolean },
  };
  declare head: ComparisonModel['head'];
  declare stage: Stage;
  declare files: ComparisonModel['files'];
  /** Whether the host can show the files. */
  declare canOpen: boolean;

  static override styles = [baseStyles, verdictHeadStyles];

  override render(): TemplateResult {
    const { stage } = this;
    switch (stage.stage) {
      case 'waiting':
        return html`<h1>${icon('running')} Preparing both sides…</h1>
          ${this.#sides()}`;
      case 'running':
        if (this.head.live) return this.#live(stage);
        return html`<h1>${icon('running')} Comparing: ${formatCount(stage.done)} of ${counted(stage.trials, 'result')}</h1>
          ${this.#sides()}
          <vscode-progress-bar
            aria-label="Results so far"
            .value=${stage.done}
            .max=${Math.max(1, stage.trials)}
          ></vscode-progress-bar>
          <p>
            So far ${countsText(stage.counts)}. The verdict comes at the end: judging early would report changes that are
            not real.
          </p>
          ${this.head.outlook === '' ? nothing : html`<p class="dim">${visibleText(this.head.outlook)}</p>`}
          <span class="visually-hidden" role="status">Comparison running</span>`;
      case 'stopped':
        return html`<h1>${icon('errored')} No verdict</h1>
          ${this.#sides()}
          <p role="status">${visibleText(stage.message)}</p>`;
      case 'finished':
        return this.#finished(stage.comparison);
    }
  }

  #live({ done, trials, counts }: Stage & { stage: 'running' }): TemplateResult {
    return html`<h1>${icon('running')} Live pairs: ${formatCount(done / 2)} so far, at most ${formatCount(trials / 2)}</h1>
      ${this.#sides()}
      <p>
        So far ${countsText(counts)}. The comparison ends by itself as soon as the verdict is clear; its test may be looked at
        at any time.
      </p>
      <span class="visually-hidden" role="status">Live pairs are being compared</span>`;
  }

  #finished(comparison: ComparisonEntry): TemplateResult {
    const { verdict, gate, notes } = comparison;
    return html`<h1 class=${verdict.word}>
        ${icon(WORD_ICON[verdict.word])} <span class="word">${capital(verdict.word)}</span>
      </h1>
      <p class="reason">${visibleText(verdict.reason)}</p>
      ${this.#sides(comparison)}
      <ul class="evidence" aria-label="Evidence">
        ${verdict.evidence.map((line) => html`<li>${visibleText(line)}</li>`)}
      </ul>
      ${figureTable(comparison)} ${tags(comparison)}
      ${
        gate
          ? html`<ul class="gate" aria-label="Gate">
              <li>${icon(gate.passed ? 'passed' : 'failed')}<span><strong>Gate ${gate.passed ? 'passed' : 'failed'}</strong>${gate.reason === null ? nothing : html`: ${visibleText(gate.reason)}`}</span></li>
              ${gate.clauses.map(
                ({ name, status, reason }) =>
                  html`<li>
                    ${icon(CLAUSE_ICON[status])}
                    <span><strong>${CLAUSE_WORD[status]}</strong> ${visibleText(name)}: ${visibleText(reason)}</span>
                  </li>`,
              )}
            </ul>`
          : nothing
      }
      ${this.#files()}
      ${[...notes, ...effort(comparison)].map((note) => html`<p class="dim">${visibleText(note)}</p>`)}
      <span class="visually-hidden" role="status">${capital(verdict.word)}. ${visibleText(verdict.reason)}</span>`;
  }

  #sides(comparison?: ComparisonEntry): TemplateResult {
    const { suite, baseline, candidate } = this.head;
    const dataset = comparison ? ` · ${comparison.dataset.path} ${comparison.dataset.version}` : '';
    return html`<p class="dim sides">
      <bdi>${visibleText(baseline)}</bdi> (baseline) vs. <bdi>${visibleText(candidate)}</bdi> (candidate) ·
      ${visibleText(suite)}${visibleText(dataset)}
    </p>`;
  }

  #files(): TemplateResult | typeof nothing {
    if (this.files.length === 0) return nothing;
    return html`<details class="files" ?open=${this.files.length <= 3}>
      <summary>${counted(this.files.length, 'changed file')}</summary>
      <ul>
        ${this.files.map(
          ({ path, status }) =>
            html`<li>
              ${icon('diff')}
              ${
                this.canOpen
                  ? html`<button class="link" @click=${() => this.#open(path)}>${visibleText(path)}</button>`
                  : visibleText(path)
              }
              <span class="dim">${FILE_WORD[status]}</span>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  #open(path: string): void {
    this.dispatchEvent(new CustomEvent<string>('open-file', { detail: path }));
  }
}

/** `3 improved, 1 degraded, 20 neutral` */
export function countsText({ improved, degraded, neutral, unmeasured }: ChangeCounts): string {
  const parts = [
    `${formatCount(improved)} improved`,
    `${formatCount(degraded)} degraded`,
    `${formatCount(neutral)} neutral`,
    ...(unmeasured > 0 ? [`${formatCount(unmeasured)} not measured`] : []),
  ];
  return parts.join(', ');
}

function figureTable({ metrics, consistency, resources }: ComparisonEntry): TemplateResult {
  const lines = [
    ...metrics.map(metricLine),
    ...(consistency ? [consistencyLine(consistency)] : []),
    ...resources.map(resourceLine),
  ];
  return html`<div class="scroll">
    <table aria-label="Mean per case">
      <thead>
        <tr>
          <th scope="col">Mean per case</th>
          <th scope="col">Baseline</th>
          <th scope="col">Candidate</th>
          <th scope="col">Difference</th>
          <th scope="col">95 % interval</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map(
          (line) =>
            html`<tr>
              <th scope="row">${line.name}</th>
              <td>${line.baseline}</td>
              <td>${line.candidate}</td>
              <td>${line.difference}</td>
              <td>${line.interval}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function tags(comparison: ComparisonEntry): TemplateResult | typeof nothing {
  if (comparison.tags.length === 0) return nothing;
  const decided = comparison.tags.filter(({ word }) => word !== 'undecided');
  return html`<details>
    <summary>
      By tag${decided.map(({ tag, word }) => `, ${word} on ${visibleText(tag)}`)}
      ${decided.length === 0 ? html`<span class="dim">(no tag stands out)</span>` : nothing}
    </summary>
    <div class="scroll">
      <table aria-label="By tag">
        <thead>
          <tr>
            <th scope="col">Tag</th>
            <th scope="col">Cases</th>
            <th scope="col">Improved</th>
            <th scope="col">Degraded</th>
            <th scope="col">Pass rate change</th>
            <th scope="col">Adjusted p</th>
          </tr>
        </thead>
        <tbody>
          ${comparison.tags.map(
            (entry) =>
              html`<tr>
                <th scope="row"><bdi>${visibleText(entry.tag)}</bdi></th>
                <td>${formatCount(entry.pairs)}</td>
                <td>${formatCount(entry.improved)}</td>
                <td>${formatCount(entry.degraded)}</td>
                <td>${formatSigned(entry.pass_difference * 100, 1)} points</td>
                <td>${entry.adjusted_p === null ? '–' : entry.adjusted_p.toPrecision(2)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** What was saved: results of earlier runs, and cases that a sequential comparison did not need. */
function effort({ baseline, candidate, sequential }: ComparisonEntry): string[] {
  const reused = baseline.reused_trials + candidate.reused_trials;
  const lines =
    reused === 0
      ? []
      : [
          `Reused ${counted(reused, 'result')} from earlier runs (${formatCount(baseline.reused_trials)} baseline, ${formatCount(candidate.reused_trials)} candidate).`,
        ];
  if (!sequential?.stopped) return lines;
  const { pairs, planned, saved_cost_usd: saved } = sequential;
  const cost = saved === null ? 'an unknown amount' : `about ${formatCost(saved)}`;
  return [
    ...lines,
    `Stopped after ${formatCount(pairs)} of ${counted(planned, 'case')}: the verdict was clear; the rest would have cost ${cost}.`,
  ];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
