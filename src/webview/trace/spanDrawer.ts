import { html, nothing, type TemplateResult } from 'lit';
import { formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { SpanDetail, SpanRow } from '../../protocol/traceRow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { type ActionText, Drawer, section } from '../shared/drawer.ts';
import { drawerStyles } from '../shared/drawerStyles.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { block, contentOf, toolCall } from './spanContent.ts';
import { spanDrawerStyles } from './spanDrawerStyles.ts';
import { conventionsOf } from './spanFindings.ts';
import type { TraceAction } from './traceMessages.ts';
import type { LoadedSpan } from './traceModel.ts';
import { roleColors } from './waterfallStyles.ts';

const ACTION_LABEL: { readonly [action in TraceAction]: ActionText } = {
  'go-to-code': { label: 'Go to code', mark: 'goToFile' },
  'go-to-prompt': { label: 'Go to prompt', mark: 'prompt' },
  'open-in': { label: 'Open in…', mark: 'linkExternal' },
  'add-to-dataset': { label: 'Add to dataset…', mark: 'add' },
  compare: { label: 'Compare with…', mark: 'diff' },
  'open-case': { label: 'Open case', mark: 'passed' },
  reveal: { label: 'Show in tree', mark: 'reveal' },
};

const ROLE_WORD: { readonly [role in SpanRow['role']]: string } = {
  agent: 'Agent',
  model: 'Model call',
  tool: 'Tool',
  retrieval: 'Retrieval',
  embedding: 'Embedding',
  evaluator: 'Evaluator',
  guardrail: 'Guardrail',
  other: 'Span',
};

/** One span in full. Emits `copy` with a text as well. */
export class SpanDrawer extends Drawer {
  static override properties = {
    row: { attribute: false },
    loaded: { attribute: false },
    actions: { attribute: false },
    originMs: { attribute: false },
    origin: { attribute: false },
    whole: { state: true },
  };
  declare row: SpanRow;
  /** Undefined while it is on its way. */
  declare loaded: LoadedSpan | undefined;
  declare actions: readonly TraceAction[];
  /** Start of the trace. */
  declare originMs: number;
  /** The trace is of a case of a run. */
  declare origin: boolean;
  /** The reader asked for all messages of this span. */
  declare whole: string | null;

  static override styles = [baseStyles, drawerStyles, roleColors, spanDrawerStyles];

  constructor() {
    super();
    this.whole = null;
  }

  override render(): TemplateResult {
    const { row } = this;
    const missing = row.place === 'missing';
    return html`<aside aria-labelledby="title" class="role-${row.role}">
      ${this.head(missing ? 'unknown' : row.role, missing ? 'Missing span' : row.title, 'span')}
      <p class="line">${missing ? 'Other spans name it as their parent. It has not been received.' : lineOf(row)}</p>
      ${row.error === null ? nothing : html`<p class="problem">${visibleText(row.error)}</p>`} ${this.#body()}
    </aside>`;
  }

  #body(): TemplateResult | typeof nothing {
    const { loaded } = this;
    if (this.row.place === 'missing') return nothing;
    if (!loaded) return html`<p class="dim" role="status">Loading the span…</p>`;
    if (loaded.state === 'missing')
      return html`<p class="problem" role="status">${visibleText(loaded.message)}</p>`;
    const { detail } = loaded;
    return html`${this.actionBar(actionsFor(detail, this.actions, this.origin), ACTION_LABEL)} ${this.#content(detail)}
      ${evaluations(detail)} ${this.#logs(detail)} ${section('Details', facts(detail, this.originMs))}
      ${section('Convention', conventionsOf(detail))} ${this.#record(detail)}`;
  }

  #content({ row, span }: SpanDetail): TemplateResult {
    const { tool, input, output } = span ?? {};
    const all = this.whole === row.id;
    const showAll = () => {
      this.whole = row.id;
    };
    if (row.role === 'tool' && tool)
      return section(
        'Call',
        toolCall(tool.name, tool.arguments ?? plainValue(input), tool.result ?? plainValue(output)),
      );
    return html`${input ? section('Input', contentOf(input, all, showAll), this.#copyButton(input)) : nothing}
    ${output ? section('Output', contentOf(output, all, showAll), this.#copyButton(output)) : nothing}`;
  }

  #logs({ logs }: SpanDetail): TemplateResult | typeof nothing {
    if (logs.length === 0) return nothing;
    return section(
      'Log lines',
      html`<ol class="logs">
        ${logs.map(
          ({ timeMs, level, message, event, fields }) => html`<li class="level-${level}">
            <span class="dim">+${formatDuration(Math.max(0, timeMs - this.originMs))}</span>
            <span class="level">${level}</span>
            <bdi>${visibleText(event ?? message).slice(0, 2000)}</bdi>
            ${Object.keys(fields).length > 0 ? html`<details><summary class="dim">Fields</summary>${block(fields)}</details>` : nothing}
          </li>`,
        )}
      </ol>`,
    );
  }

  #record({ span }: SpanDetail): TemplateResult | typeof nothing {
    if (!span) return nothing;
    const { attributes, resource, events, links } = span.record;
    return html`
      ${section('Attributes', table(attributes))}
      ${resource && Object.keys(resource).length > 0 ? section('Resource', table(resource)) : nothing}
      ${
        events.length > 0
          ? section(
              'Events',
              html`<ol class="events">
                ${events.map(
                  ({ name, timeMs, attributes: own }) => html`<li>
                    <details>
                      <summary>${visibleText(name)} <span class="dim">+${formatDuration(Math.max(0, timeMs - this.originMs))}</span></summary>
                      ${table(own)}
                    </details>
                  </li>`,
                )}
              </ol>`,
            )
          : nothing
      }
      ${links.length > 0 ? section('Links', html`<ul>${links.map(({ traceId, spanId }) => html`<li class="mono">${traceId} ${spanId}</li>`)}</ul>`) : nothing}
      ${section('Raw JSON', rawJson(span.record), this.#copyButton(span.record))}
    `;
  }

  #copyButton(value: unknown): TemplateResult {
    const copy = () =>
      this.emit('copy', typeof value === 'string' ? value : JSON.stringify(plain(value), null, 2));
    return html`<button class="link no-print" @click=${copy}>${icon('copy')} Copy</button>`;
  }
}

/** The page lays raw JSON out only when it is wanted. */
function rawJson(record: unknown): TemplateResult {
  return html`<details
    class="raw"
    @toggle=${(event: Event) => {
      const details = event.currentTarget as HTMLDetailsElement;
      const text = details.querySelector('text-block') as (HTMLElement & { text: string }) | null;
      if (text && details.open) text.text = JSON.stringify(record, null, 2);
    }}
  >
    <summary class="dim">As it was received</summary>
    <text-block></text-block>
  </details>`;
}

function actionsFor(
  { row, span }: SpanDetail,
  actions: readonly TraceAction[],
  origin: boolean,
): readonly TraceAction[] {
  return actions.filter((action) => {
    if (action === 'open-case') return origin;
    if (action === 'go-to-code') return span?.code != null;
    if (action === 'go-to-prompt') return row.role === 'model' && span?.input?.kind === 'messages';
    return true;
  });
}

function evaluations({ evaluations: said }: SpanDetail): TemplateResult | typeof nothing {
  if (said.length === 0) return nothing;
  return section(
    'Evaluations',
    html`<ul class="evaluators">
      ${said.map(
        ({ name, score, label, explanation }) => html`<li>
          ${icon(label === 'pass' ? 'passed' : label === 'fail' ? 'failed' : 'evaluator')}
          <div>
            <div><bdi>${visibleText(name)}</bdi> · ${formatScore(score)}${label === null ? '' : ` · ${visibleText(label)}`}</div>
            ${explanation === null ? nothing : html`<text-block plain .text=${explanation}></text-block>`}
          </div>
        </li>`,
      )}
    </ul>`,
  );
}

function facts({ row, span }: SpanDetail, originMs: number): TemplateResult {
  if (!span) return html``;
  const {
    record,
    provider,
    model,
    tokens,
    firstTokenMs,
    finishReasons,
    agent,
    session,
    user,
    code,
    reportedUsd,
  } = span;
  const items: [string, string | null][] = [
    ['Duration', formatDuration(Math.max(0, row.endMs - row.startMs))],
    ['Begins after', formatDuration(Math.max(0, row.startMs - originMs))],
    ['First token', firstTokenMs === null ? null : formatDuration(firstTokenMs)],
    ['Tokens', tokens === null ? null : tokensText(tokens, row.repeated)],
    ['Cost', tokens === null && reportedUsd === null ? null : costText(row, reportedUsd)],
    ['Model', model],
    ['Provider', provider],
    ['Finish reason', finishReasons.length > 0 ? finishReasons.join(', ') : null],
    ['Agent', agent],
    ['Session', session],
    ['User', user],
    [
      'Code',
      code === null ? null : [code.file, code.line, code.column].filter((part) => part !== null).join(':'),
    ],
    ['Function', code?.function ?? null],
    ['Service', row.service],
    ['Scope', record.scope ?? null],
    [
      'Status',
      record.statusMessage === undefined ? record.status : `${record.status}: ${record.statusMessage}`,
    ],
    ['Span id', row.id],
  ];
  return html`<dl>
    ${items
      .filter((item): item is [string, string] => item[1] !== null && item[1] !== '')
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd><bdi>${visibleText(value).slice(0, 2000)}</bdi></dd>`,
      )}
  </dl>`;
}

function tokensText(
  { input, output, cached, cacheWrite, reasoning }: NonNullable<NonNullable<SpanDetail['span']>['tokens']>,
  repeated: boolean,
): string {
  const text = (count: number | null) => (count === null ? 'unknown' : formatCount(count));
  const parts = [
    `${text(input)} in`,
    ...(cached ? [`(${formatCount(cached)} cached)`] : []),
    ...(cacheWrite ? [`(${formatCount(cacheWrite)} written to the cache)`] : []),
    `${text(output)} out`,
    ...(reasoning ? [`(${formatCount(reasoning)} reasoning)`] : []),
  ];
  return `${parts.join(' ')}${repeated ? ', counted below' : ''}`;
}

function costText({ costUsd, unpriced, repeated }: SpanRow, reportedUsd: number | null): string {
  if (costUsd === null) return unpriced ? 'unpriced' : 'unknown';
  if (repeated) return `${formatCost(costUsd)}, counted below`;
  return `${formatCost(costUsd)} (${reportedUsd === null ? 'by the price of its model' : 'as its sender says'})`;
}

function lineOf({ role, model, title, service, startMs, endMs }: SpanRow): string {
  const named = model !== null && model !== title ? [model] : [];
  const parts = [ROLE_WORD[role], ...named, service, formatDuration(Math.max(0, endMs - startMs))];
  return visibleText(parts.join(' · '));
}

function table(values: { readonly [name: string]: unknown }): TemplateResult {
  const entries = Object.entries(values);
  if (entries.length === 0) return html`<p class="dim">None</p>`;
  return html`<dl class="attributes">
    ${entries.map(
      ([name, value]) =>
        html`<dt class="mono">${visibleText(name)}</dt>
          <dd>${typeof value === 'string' || typeof value === 'object' ? html`<text-block plain .text=${typeof value === 'string' ? value : JSON.stringify(value)}></text-block>` : String(value)}</dd>`,
    )}
  </dl>`;
}

function plainValue(content: NonNullable<SpanDetail['span']>['input'] | undefined): unknown {
  return content?.kind === 'value' ? content.value : undefined;
}

/** What is copied of content is what a person reads. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { kind, messages, value: own } = value as { kind?: unknown; messages?: unknown; value?: unknown };
  if (kind === 'messages') return messages;
  return kind === 'value' ? own : value;
}
