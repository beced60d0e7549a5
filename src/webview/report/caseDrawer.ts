import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration } from '../../engine/reports/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import {
  comparedContent,
  expectedContent,
  inputContent,
  outputContent,
  referenceAnswer,
} from './caseContent.ts';
import { caseDrawerStyles } from './caseDrawerStyles.ts';
import { evaluatorList, stepList } from './caseEvidence.ts';
import type { ResultDetail, Row } from './entries.ts';
import type { OutputLabel, ReportAction } from './messages.ts';
import type { LoadedCase } from './reportModel.ts';

const ACTION_LABEL: { [action in ReportAction]: { label: string; mark: IconName } } = {
  'open-case': { label: 'Open case in dataset', mark: 'goToFile' },
  'open-diff': { label: 'Open in diff editor', mark: 'diff' },
  'rerun-case': { label: 'Run again', mark: 'rerun' },
  'add-to-dataset': { label: 'Add to dataset…', mark: 'add' },
  'open-trace': { label: 'Open trace', mark: 'trace' },
  'accept-output': { label: 'Accept output as expected…', mark: 'check' },
};

const STATUS_WORD = { passed: 'Passed', failed: 'Failed', errored: 'Errored' };

/**
 * One result in full. Emits `close`, `step` (−1 or 1: the previous or next row), `compare` (whether the output
 * is shown against the reference), `label` (what the person says of the output) and `action`.
 */
export class CaseDrawer extends LitElement {
  static override properties = {
    row: { attribute: false },
    loaded: { attribute: false },
    actions: { attribute: false },
    compare: { attribute: false },
  };
  declare row: Row;
  /** Undefined while it is on its way. */
  declare loaded: LoadedCase | undefined;
  declare actions: readonly ReportAction[];
  declare compare: boolean;

  static override styles = [baseStyles, caseDrawerStyles];

  override focus(): void {
    this.renderRoot?.querySelector<HTMLElement>('h2')?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', (event) => this.#onKey(event));
  }

  override render(): TemplateResult {
    const { row } = this;
    return html`<aside aria-labelledby="title">
      <header>
        <h2 id="title" tabindex="-1">${icon(row.status)}<bdi>${visibleText(row.case_id)}</bdi></h2>
        <div class="tools no-print">
          ${this.#tool('up', 'Previous result', () => this.#emit('step', -1))}
          ${this.#tool('down', 'Next result', () => this.#emit('step', 1))}
          ${this.#tool('close', 'Close (Escape)', () => this.#emit('close', null))}
        </div>
      </header>
      <p class="line">
        ${STATUS_WORD[row.status]} · score ${row.score?.toFixed(2) ?? '–'} · ${visibleText(row.target)} · trial
        ${row.trial + 1}
      </p>
      ${this.#body()}
    </aside>`;
  }

  #body(): TemplateResult {
    const { loaded } = this;
    if (!loaded) return html`<p class="dim" role="status">Loading the result…</p>`;
    if (loaded.state === 'missing')
      return html`<p class="problem" role="status">${visibleText(loaded.message)}</p>`;
    const { result } = loaded;
    return html`
      <div class="verdict"><text-block plain .text=${result.reason}></text-block></div>
      ${this.#actionBar()}
      ${this.#section('Input', inputContent(result.input))} ${this.#outputSections(result)}
      ${loaded.label === undefined ? nothing : this.#label(loaded.label)}
      ${this.#section('Evaluators', evaluatorList(result))} ${stepList(result)}
      ${this.#section('Facts', facts(result))}
    `;
  }

  #outputSections(result: ResultDetail): TemplateResult {
    const reference = referenceAnswer(result);
    const comparable =
      reference !== undefined && result.output.status !== 'error' && result.output.text !== '';
    const toggle = comparable
      ? html`<button
          class="link no-print"
          aria-pressed=${this.compare}
          @click=${() => this.#emit('compare', !this.compare)}
        >
          ${icon('diff')} ${this.compare ? 'Show apart' : 'Show differences'}
        </button>`
      : nothing;
    if (comparable && this.compare) {
      return this.#section(
        'Output against reference',
        comparedContent(reference, result.output.text),
        toggle,
      );
    }
    return html`${this.#section('Expected', expectedContent(result.expected_output))}
    ${this.#section('Output', outputContent(result), toggle)}`;
  }

  #section(title: string, content: unknown, aside: unknown = nothing): TemplateResult {
    return html`<section>
      <h3>${title}${aside}</h3>
      ${content}
    </section>`;
  }

  #label(label: OutputLabel | null): TemplateResult {
    return html`<label-editor
      class="no-print"
      .label=${label}
      @label=${(event: CustomEvent<OutputLabel | null>) => this.#emit('label', event.detail)}
    ></label-editor>`;
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

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#emit('close', null);
  }

  #emit(type: 'close' | 'step' | 'compare' | 'action' | 'label', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function facts({
  output,
  settled,
  location,
  tags,
  cluster,
  trace_id,
  started_at,
}: ResultDetail): TemplateResult {
  const { usage } = output;
  const tokens = usage && [
    `${formatCount(usage.input_tokens)} in`,
    ...(usage.cached_input_tokens === undefined
      ? []
      : [`(${formatCount(usage.cached_input_tokens)} from cache)`]),
    `${formatCount(usage.output_tokens)} out`,
    ...(usage.reasoning_tokens === undefined
      ? []
      : [`(${formatCount(usage.reasoning_tokens)} for reasoning)`]),
  ];
  const items: [string, string | null][] = [
    ['Latency', formatDuration(output.latency_ms)],
    ['Cost', formatCost(output.cost_usd)],
    ['Tokens', tokens ? tokens.join(' ') : 'unknown'],
    ['Model', output.model],
    ['Finished', output.finish_reason],
    ['Settled', settledText(settled)],
    ['Tags', tags.length > 0 ? tags.join(', ') : null],
    ['Cluster', cluster],
    ['Place', location],
    ['Trace', trace_id],
    ['Started', new Date(started_at).toLocaleString()],
  ];
  const known = items.filter((item): item is [string, string] => item[1] !== null);
  return html`<dl>
    ${known.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd><bdi>${visibleText(value)}</bdi></dd>`,
    )}
  </dl>`;
}

function settledText({ stage, audited }: ResultDetail['settled']): string {
  if (stage === 'none') return 'not scored';
  const check = audited
    ? `; the judge was asked all the same and ${audited.agrees ? 'agrees' : 'disagrees'}`
    : '';
  return `at the ${stage} stage${check}`;
}
