import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted, formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { TraceHead } from '../../protocol/traceRow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { roleColors } from './waterfallStyles.ts';

/** What a trace is in all: its name and its figures. Emits `copy` with a text. */
export class TraceSummaryBar extends LitElement {
  static override properties = { head: { attribute: false } };
  declare head: TraceHead;

  static override styles = [
    baseStyles,
    roleColors,
    css`
      :host {
        display: block;
      }
      h1 {
        display: flex;
        gap: 0.35em;
        margin: 0 0 0.3em;
        font-size: 1.35em;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35em 1.6em;
        margin: 0;
      }
      dl > div {
        display: flex;
        gap: 0.45em;
        min-width: 0;
      }
      dt {
        color: var(--vscode-descriptionForeground);
      }
      dd {
        margin: 0;
        min-width: 0;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      .error {
        color: var(--vscode-list-errorForeground, var(--vscode-testing-iconFailed));
      }
    `,
  ];

  override render(): TemplateResult {
    const { head } = this;
    const { traceId, title, role, startMs, endMs, spans, errors, services, models, session, release, score } =
      head;
    return html`<h1 class="role-${role}">
        <span class="role-icon">${icon(role)}</span><bdi>${visibleText(title || traceId)}</bdi>
      </h1>
      <dl>
        ${fact('Duration', formatDuration(Math.max(0, endMs - startMs)))} ${fact('Spans', formatCount(spans))}
        ${errors > 0 ? fact('Errors', html`<span class="error">${formatCount(errors)}</span>`) : nothing}
        ${fact('Tokens', tokensText(head))} ${fact('Cost', costText(head))}
        ${score === null ? nothing : fact('Lowest score', score.toFixed(2))}
        ${models.length > 0 ? fact('Models', visibleText(models.join(', '))) : nothing}
        ${fact('Services', visibleText(services.join(', ')))}
        ${session === null ? nothing : fact('Session', visibleText(session))}
        ${release === null ? nothing : fact('Release', visibleText(release))}
        ${fact('Started', new Date(startMs).toLocaleString())}
        ${fact(
          'Trace',
          html`<button class="link mono" title="Copy trace id" @click=${() => this.#copy(traceId)}>${traceId}</button>`,
        )}
      </dl>`;
  }

  #copy(text: string): void {
    this.dispatchEvent(new CustomEvent<string>('copy', { detail: text }));
  }
}

function fact(name: string, value: unknown): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function tokensText({ tokens: { input, output, cached, reasoning } }: TraceHead): string {
  if (input === null && output === null) return 'unknown';
  const parts = [
    `${input === null ? '?' : formatCount(input)} in`,
    ...(cached === null || cached === 0 ? [] : [`(${formatCount(cached)} cached)`]),
    `${output === null ? '?' : formatCount(output)} out`,
    ...(reasoning === null || reasoning === 0 ? [] : [`(${formatCount(reasoning)} reasoning)`]),
  ];
  return parts.join(' ');
}

function costText({ costUsd, unpriced }: TraceHead): string {
  if (costUsd !== null) return formatCost(costUsd);
  return unpriced > 0 ? `unknown (${counted(unpriced, 'call')} unpriced)` : 'unknown';
}
