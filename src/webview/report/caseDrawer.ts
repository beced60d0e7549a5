import { html, nothing, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { ResultRow } from '../../protocol/resultRow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type ActionText, Drawer, section } from '../shared/drawer.ts';
import { drawerStyles } from '../shared/drawerStyles.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import {
  comparedContent,
  expectedContent,
  inputContent,
  outputContent,
  referenceAnswer,
} from './caseContent.ts';
import { evaluatorList, stepList } from './caseEvidence.ts';
import type { ResultDetail } from './entries.ts';
import type { OutputLabel, ReportAction } from './messages.ts';
import type { LoadedCase } from './reportModel.ts';
import { rerunText } from './resultCells.ts';
import { titleOf } from './resultColumns.ts';

const ACTION_LABEL: { [action in ReportAction]: ActionText } = {
  'open-case': { label: 'Open case in dataset', mark: 'goToFile' },
  'open-diff': { label: 'Open in diff editor', mark: 'diff' },
  'rerun-case': { label: 'Run again', mark: 'rerun' },
  'add-to-dataset': { label: 'Add to dataset…', mark: 'add' },
  'open-trace': { label: 'Open trace', mark: 'trace' },
  'compare-steps': { label: 'Compare steps…', mark: 'compare' },
  'accept-output': { label: 'Accept output as expected…', mark: 'check' },
};

const STATUS_WORD = { passed: 'Passed', failed: 'Failed', errored: 'Errored' };

/**
 * One result in full. Emits `compare` (whether the output is shown against the reference) and `label` (what the
 * person says of the output) as well.
 */
export class CaseDrawer extends Drawer {
  static override properties = {
    row: { attribute: false },
    loaded: { attribute: false },
    actions: { attribute: false },
    compare: { attribute: false },
  };
  declare row: ResultRow;
  /** Undefined while it is on its way. */
  declare loaded: LoadedCase | undefined;
  declare actions: readonly ReportAction[];
  declare compare: boolean;

  static override styles = [baseStyles, drawerStyles];

  override render(): TemplateResult {
    const { row } = this;
    return html`<aside aria-labelledby="title">
      ${this.head(row.status, titleOf(row), 'result')}
      <p class="line">
        ${STATUS_WORD[row.status]} · score ${formatScore(row.score)} · ${visibleText(row.target)} · trial
        ${row.trial + 1}
      </p>
      ${row.rerun ? html`<p class="line dim">${rerunText(row.rerun)}</p>` : nothing}
      ${row.source ? html`<p class="line">${icon('fallback')} Source: ${visibleText(row.source.text)}</p>` : nothing}
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
      ${this.actionBar(actionsFor(result, this.actions), ACTION_LABEL)}
      ${section('Input', inputContent(result.input))} ${this.#outputSections(result)}
      ${loaded.label === undefined ? nothing : this.#label(loaded.label)}
      ${section('Evaluators', evaluatorList(result))} ${stepList(result)}
      ${section('Details', facts(result))}
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
          @click=${() => this.emit('compare', !this.compare)}
        >
          ${icon('diff')} ${this.compare ? 'Show separately' : 'Show differences'}
        </button>`
      : nothing;
    if (comparable && this.compare) {
      return section(
        'Output compared with reference',
        comparedContent(reference, result.output.text),
        toggle,
      );
    }
    return html`${section('Expected', expectedContent(result))}
    ${section('Output', outputContent(result), toggle)}`;
  }

  #label(label: OutputLabel | null): TemplateResult {
    return html`<label-editor
      class="no-print"
      .label=${label}
      @label=${(event: CustomEvent<OutputLabel | null>) => this.emit('label', event.detail)}
    ></label-editor>`;
  }
}

/** Only a complete output can be accepted. */
function actionsFor({ output }: ResultDetail, actions: readonly ReportAction[]): readonly ReportAction[] {
  return actions.filter((action) => action !== 'accept-output' || output.status === 'complete');
}

/** What was taken from the spans of an agent. */
const PARTS: { readonly [name: string]: string } = {
  steps: 'steps',
  tool_calls: 'tool calls',
  usage: 'tokens',
  model: 'model',
  cost_usd: 'cost',
};

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
      : [`(${formatCount(usage.cached_input_tokens)} cached)`]),
    `${formatCount(usage.output_tokens)} out`,
    ...(usage.reasoning_tokens === undefined ? [] : [`(${formatCount(usage.reasoning_tokens)} reasoning)`]),
  ];
  const items: [string, string | null][] = [
    ['Latency', formatDuration(output.latency_ms)],
    ['Exited after', output.exit_ms === undefined ? null : formatDuration(output.exit_ms)],
    ['Calls', output.attempts === undefined ? null : formatCount(output.attempts)],
    ['Warnings', output.warnings?.join('\n') ?? null],
    ['Cost', `${formatCost(output.cost_usd)}${output.cost_computed ? ' (computed from usage)' : ''}`],
    ['Tokens', tokens ? tokens.join(' ') : 'unknown'],
    ['Model', output.model],
    ['From its trace', output.from_trace?.map((name) => PARTS[name] ?? name).join(', ') ?? null],
    ['Finish reason', output.finish_reason],
    ['Settled', settledText(settled)],
    ['Tags', tags.length > 0 ? tags.join(', ') : null],
    ['Cluster', cluster],
    ['Location', location],
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
  const check = audited ? `; audited: the judge ${audited.agrees ? 'agrees' : 'disagrees'}` : '';
  return `at the ${stage} stage${check}`;
}
