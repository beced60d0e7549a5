import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted, formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { TraceSummary } from '../../protocol/traceRow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { icon } from '../shared/icons.ts';
import { toolStyles } from '../shared/toolStyles.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { ChartPoint } from './monitorMessages.ts';
import { momentText, rangeText } from './timeTexts.ts';

export type ListedTraces =
  | { type: 'traces'; point: ChartPoint; traces: readonly TraceSummary[]; more: boolean }
  /** `message` says why they could not be read. */
  | { type: 'traces-failed'; point: ChartPoint; message: string };

const ORDERED: { readonly [chart in ChartPoint['chart']]: string } = {
  traffic: 'The latest first',
  errors: 'Most errors first',
  latency: 'The slowest first',
  tokens: 'Most tokens first',
  cost: 'The costliest first',
  quality: 'The lowest score first',
};

/** The traces behind a point of a chart, the worst first. Emits `open` with an id, `add` with all of them, and `close`. */
export class TraceList extends LitElement {
  static override properties = { point: { attribute: false }, listed: { attribute: false } };
  declare point: ChartPoint;
  /** Null: on their way. */
  declare listed: ListedTraces | null;

  static override styles = [
    baseStyles,
    toolStyles,
    css`
      :host {
        display: block;
        overflow: auto;
        background: var(--vscode-editor-background);
      }
      aside {
        padding: 0.7em 1em 1.5em;
      }
      header {
        display: flex;
        gap: 0.6em;
      }
      h2 {
        flex: 1;
        margin: 0;
        font-size: 1.2em;
        font-weight: 600;
      }
      p {
        margin: 0.3em 0;
      }
      ol {
        margin: 0.8em 0 0;
        padding: 0;
        list-style: none;
      }
      li > button {
        display: block;
        width: 100%;
        padding: 0.4em 0.5em;
        border: 1px solid transparent;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      li > button:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--vscode-contrastActiveBorder, transparent);
      }
      .title {
        display: flex;
        gap: 0.4em;
      }
      .title bdi {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1em;
        font-variant-numeric: tabular-nums;
      }
      .bad {
        color: var(--vscode-list-errorForeground, var(--vscode-testing-iconFailed));
      }
    `,
  ];

  override render(): TemplateResult {
    const { point } = this;
    return html`<aside aria-labelledby="title" @keydown=${this.#onKey}>
      <header>
        <h2 id="title" tabindex="-1">Traces behind the point</h2>
        <button class="tool" aria-label="Close (Escape)" title="Close (Escape)"
          @click=${() => this.#emit('close', null)}>${icon('close')}</button>
      </header>
      <p>${rangeText(point)}</p>
      ${this.#list(point)}
    </aside>`;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  #list(point: ChartPoint): TemplateResult {
    const { listed } = this;
    if (!listed) return html`<p class="dim" role="status">Looking for traces…</p>`;
    if (listed.type === 'traces-failed')
      return html`<p role="alert">Traces could not be read: ${listed.message}</p>`;

    const { traces, more } = listed;
    if (traces.length === 0)
      return html`<p class="dim" role="status">
        No stored trace was at work then. Traces are kept for a shorter time than metrics.
      </p>`;

    return html`<p class="dim" role="status">${ORDERED[point.chart]} · ${counted(traces.length, 'trace')}${more ? ', and more' : ''}</p>
      <vscode-button secondary @click=${() =>
        this.#emit(
          'add',
          traces.map(({ traceId }) => traceId),
        )}>
        <span slot="content-before">${icon('add')}</span>Add to dataset…
      </vscode-button>
      <ol>
        ${traces.map(
          (trace) => html`<li>
            <button @click=${() => this.#emit('open', trace.traceId)} title="Open the trace">
              <span class="title"><bdi>${visibleText(trace.title || trace.traceId)}</bdi><span class="dim">${momentText(trace.startMs)}</span></span>
              <span class="figures dim">${figures(trace)}</span>
            </button>
          </li>`,
        )}
      </ol>`;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#emit('close', null);
  }

  #emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function figures({ score, errors, startMs, endMs, tokens, costUsd }: TraceSummary): TemplateResult {
  const used = (tokens.input ?? 0) + (tokens.output ?? 0);
  return html`
    ${score === null ? nothing : html`<span>score ${formatScore(score)}</span>`}
    ${errors > 0 ? html`<span class="bad">${counted(errors, 'error')}</span>` : nothing}
    <span>${formatDuration(Math.max(0, endMs - startMs))}</span>
    ${used > 0 ? html`<span>${formatCount(used)} tokens</span>` : nothing}
    ${costUsd === null ? nothing : html`<span>${formatCost(costUsd)}</span>`}
  `;
}
