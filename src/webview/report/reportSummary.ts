import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
} from '../../engine/model/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { GateEntry, GroupEntry, RunHead } from './entries.ts';
import { costText, intervalText, scoreText, tokenText } from './figures.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const VERDICT_ICON: { [kind in Verdict['kind']]: IconName } = {
  running: 'running',
  interrupted: 'errored',
  empty: 'unknown',
  compared: 'diff',
  passed: 'passed',
  failed: 'failed',
};

const CLAUSE_ICON: { [status in GateEntry['clauses'][number]['status']]: IconName } = {
  pass: 'passed',
  fail: 'failed',
  undecided: 'unknown',
  'not-asked': 'skipped',
};

const CLAUSE_WORD = { pass: 'pass', fail: 'fail', undecided: 'undecided', 'not-asked': 'not asked' };

/** The top of a report: the verdict in words, the figures behind it, and the gate clause by clause. */
export class ReportSummary extends LitElement {
  static override properties = { head: { attribute: false } };
  declare head: RunHead;

  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      h1 {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0.2em 0.4em;
        margin: 0;
        font-size: 1.4em;
        font-weight: 600;
      }
      h1 .counts {
        font-size: 0.72em;
        font-weight: normal;
      }
      p {
        margin: 0.3em 0 0;
        overflow-wrap: anywhere;
      }
      vscode-progress-bar {
        margin-top: 0.6em;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(11.5em, 45%), 1fr));
        gap: 0.6em 1.2em;
        margin: 0.9em 0 0;
      }
      dt {
        color: var(--vscode-descriptionForeground);
      }
      dd {
        margin: 0;
        font-variant-numeric: tabular-nums;
      }
      .note {
        display: block;
      }
      .value {
        font-size: 1.15em;
        font-weight: 600;
      }
      .bar {
        position: relative;
        height: 6px;
        margin-top: 4px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-editorWidget-border));
        max-width: 12em;
        forced-color-adjust: none;
      }
      .bar span {
        position: absolute;
        inset-block: 0;
      }
      .bar .interval {
        background: var(--vscode-charts-blue);
      }
      .bar .rate {
        inset-block: -3px;
        width: 2px;
        margin-left: -1px;
        background: var(--vscode-foreground);
      }
      ul {
        list-style: none;
        margin: 0.9em 0 0;
        padding: 0;
      }
      li {
        display: flex;
        gap: 0.4em;
        padding: 0.15em 0;
        overflow-wrap: anywhere;
      }
      li .icon {
        margin-top: 0.1em;
      }
      @media (prefers-reduced-motion: no-preference) {
        .icon-running {
          animation: turn 1.5s linear infinite;
        }
      }
      @keyframes turn {
        to {
          transform: rotate(360deg);
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const { head } = this;
    const verdict = verdictOf(head);
    const reason = head.gate?.reason ?? null;
    return html`
      <h1>
        ${icon(VERDICT_ICON[verdict.kind])}<span>${verdict.words}</span>
        <span class="counts dim">${verdict.counts}</span>
      </h1>
      ${reason === null || verdict.kind !== 'failed' ? nothing : html`<p class="why">${visibleText(reason)}</p>`}
      ${identity(head)}
      ${head.run.state === 'running' ? progress(head) : nothing}
      ${rerun(head)} ${sources(head)}
      ${leftOut(head)}
      ${figures(head)}
      ${head.gate ? clauses(head.gate) : nothing}
      <span class="visually-hidden" role="status">${announcement(head, verdict)}</span>
    `;
  }
}

function identity({ run }: RunHead): TemplateResult {
  const started = new Date(run.created_at);
  const parts = [
    visibleText(run.suite),
    `${visibleText(run.dataset.path)} ${visibleText(run.dataset.version)}`,
    `run ${run.id}`,
  ];
  return html`<p class="dim">
    ${parts.join(' · ')} · started <time datetime=${run.created_at}>${started.toLocaleString()}</time>
  </p>`;
}

function progress({ run, summary }: RunHead): TemplateResult {
  return html`<vscode-progress-bar
    aria-label="Results so far"
    .value=${summary.total.trials}
    .max=${Math.max(1, run.trials)}
  ></vscode-progress-bar>`;
}

function rerun({ rerun = 0 }: RunHead): TemplateResult | typeof nothing {
  if (rerun === 0) return nothing;
  return html`<p>${icon('rerun')} Includes ${counted(rerun, 'result')} of cases run again after this run.</p>`;
}

/** Answers of fallbacks, caches and several calls. */
function sources({ summary }: RunHead): TemplateResult | typeof nothing {
  const notes = summary.sources?.notes ?? [];
  return notes.length === 0
    ? nothing
    : html`${notes.map((note) => html`<p class="source">${icon('fallback')} ${visibleText(`${note}.`)}</p>`)}`;
}

function leftOut({ left_out = 0 }: RunHead): TemplateResult | typeof nothing {
  if (left_out === 0) return nothing;
  return html`<p>
    ${icon('errored')} ${counted(left_out, 'result is', 'results are')} not in this file because it would be too large. The
    figures include all results; those that did not pass were kept first.
  </p>`;
}

function figures({ run, summary }: RunHead): TemplateResult {
  const { total, cascade } = summary;
  return html`<dl>
    ${figure('Pass rate', formatPercent(total.pass_rate), intervalNote(total), rateBar(total))}
    ${figure('Score', scoreText(total))}
    ${
      run.repeat > 1
        ? html`${figure(`All ${run.repeat} trials pass`, formatPercent(total.pass_hat_k.at(-1) ?? null))}
          ${figure('Flaky cases', formatCount(total.flaky_cases))}`
        : nothing
    }
    ${figure('Cost', costText(total), unknownCosts(total))}
    ${cascade.judge_calls > 0 ? figure('Judge cost', formatCost(cascade.judge_cost_usd), counted(cascade.judge_calls, 'call')) : nothing}
    ${figure('Tokens in / out', tokenText(total))}
    ${figure('Median latency', latency(total.latency_ms?.p50), tail(total))}
    ${figure('Duration', formatDuration(run.elapsed_ms))}
  </dl>`;
}

function figure(label: string, value: string, note = '', more: TemplateResult | typeof nothing = nothing) {
  return html`<div>
    <dt>${label}</dt>
    <dd><span class="value">${value}</span> ${note === '' ? nothing : html`<span class="note dim">${note}</span>`}${more}</dd>
  </div>`;
}

function intervalNote(group: GroupEntry): string {
  const interval = intervalText(group);
  return interval === '' ? '' : `${interval} (95 % interval)`;
}

/** The interval as a band with the rate as a line in it; the text beside it says the same. */
function rateBar({ pass_rate, pass_rate_interval: range }: GroupEntry): TemplateResult | typeof nothing {
  if (pass_rate === null || !range) return nothing;
  const percent = (share: number) => `${(share * 100).toFixed(2)}%`;
  return html`<div class="bar" aria-hidden="true">
    <span class="interval" .style=${`left:${percent(range.low)};width:${percent(range.high - range.low)}`}></span>
    <span class="rate" .style=${`left:${percent(pass_rate)}`}></span>
  </div>`;
}

function unknownCosts({ unknown_costs, trials }: GroupEntry): string {
  if (unknown_costs === 0 || unknown_costs === trials) return '';
  return `${formatCount(unknown_costs)} unknown`;
}

function latency(ms: number | undefined): string {
  return ms === undefined ? '–' : formatDuration(ms);
}

function tail({ latency_ms }: GroupEntry): string {
  if (!latency_ms) return '';
  return `p95 ${formatDuration(latency_ms.p95)}, p99 ${formatDuration(latency_ms.p99)}`;
}

function clauses(gate: GateEntry): TemplateResult {
  return html`<ul aria-label="Gate">
    ${gate.clauses.map(
      ({ name, status, reason }) => html`<li>
        ${icon(CLAUSE_ICON[status])}
        <span><strong>${CLAUSE_WORD[status]}</strong> ${visibleText(name)}: ${visibleText(reason)}</span>
      </li>`,
    )}
  </ul>`;
}

/** Announced once when a run ends, not with every batch of results. */
function announcement({ run }: RunHead, { words, counts }: Verdict): string {
  return run.state === 'running' ? 'Evaluation running' : `${words}. ${counts}.`;
}
