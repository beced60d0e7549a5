import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { counted, formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { GroupEntry, SummaryEntry } from './entries.ts';
import { costText, rateText, scoreText, stageText, tokenText } from './figures.ts';
import type { RowFilter } from './viewState.ts';

interface Column<Item> {
  title: string;
  number?: boolean;
  text: (item: Item) => string;
}

/** A part of the filter that a name in a table sets. */
type Narrowing = Partial<RowFilter>;

interface Breakdown {
  title: string;
  body: TemplateResult;
}

/** The figures by target, tag, evaluator and stage. Emits `narrow` with a part of the filter. */
export class ReportBreakdown extends LitElement {
  static override properties = { summary: { attribute: false } };
  declare summary: SummaryEntry;

  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .scroller {
        overflow: auto;
        max-height: 15em;
      }
      table {
        border-collapse: collapse;
        min-width: 100%;
      }
      caption {
        text-align: start;
        padding: 0.3em 0;
        color: var(--vscode-descriptionForeground);
      }
      th,
      td {
        padding: 0.25em 1.2em 0.25em 0;
        text-align: start;
        border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
        white-space: nowrap;
      }
      th[scope='row'] {
        font-weight: normal;
        white-space: normal;
        min-width: 8em;
      }
      th[scope='col'] {
        font-weight: 600;
        position: sticky;
        top: 0;
        background: var(--vscode-editor-background);
      }
      .number {
        text-align: end;
      }
      @media print {
        vscode-tab-panel[hidden] {
          display: block;
        }
        vscode-tab-header {
          display: none;
        }
        .scroller {
          max-height: none;
          overflow: visible;
        }
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    const parts = this.#parts();
    if (parts.length === 0) return nothing;
    return html`<vscode-tabs>
      ${parts.map(
        ({ title, body }) => html`
          <vscode-tab-header>${title}</vscode-tab-header>
          <vscode-tab-panel>
            <div class="scroller" role="region" aria-label=${title} tabindex="0">${body}</div>
          </vscode-tab-panel>
        `,
      )}
    </vscode-tabs>`;
  }

  #parts(): Breakdown[] {
    const { total, targets, tags, evaluators } = this.summary;
    if (total.trials === 0) return [];
    return [
      ...(targets.length > 0 ? [{ title: 'Targets', body: this.#targets() }] : []),
      ...(tags.length > 0 ? [{ title: 'Tags', body: this.#tags() }] : []),
      ...(evaluators.length > 0 ? [{ title: 'Evaluators', body: this.#evaluators() }] : []),
      ...(targets.length > 0 ? [{ title: 'Stages', body: this.#stages() }] : []),
    ];
  }

  #targets(): TemplateResult {
    return this.#table(
      'Results by target',
      this.summary.targets,
      'Target',
      ({ target }) => [target, { target }],
      [
        ...groupColumns(),
        { title: 'Flaky', number: true, text: (group) => formatCount(group.flaky_cases) },
        { title: 'p50', number: true, text: ({ latency_ms: ms }) => (ms ? formatDuration(ms.p50) : '–') },
        { title: 'p95', number: true, text: ({ latency_ms: ms }) => (ms ? formatDuration(ms.p95) : '–') },
        { title: 'Tokens in / out', number: true, text: tokenText },
        { title: 'Cost', number: true, text: costText },
      ],
    );
  }

  #tags(): TemplateResult {
    return this.#table(
      'Results by tag',
      this.summary.tags,
      'Tag',
      ({ tag }) => [tag, { tag }],
      groupColumns(),
    );
  }

  #evaluators(): TemplateResult {
    return this.#table(
      'Results by evaluator; choose a name to see the results that failed it',
      this.summary.evaluators,
      'Evaluator',
      ({ name }) => [name, { evaluator: name }],
      [
        { title: 'Stage', text: ({ stage }) => stage },
        {
          title: 'Passed',
          number: true,
          text: ({ passed, scored }) => `${formatCount(passed)} of ${formatCount(scored)}`,
        },
        {
          title: 'Score',
          number: true,
          text: ({ mean_score: score }) => formatScore(score),
        },
        { title: 'Errors', number: true, text: ({ errors }) => formatCount(errors) },
        {
          title: 'Not applicable',
          number: true,
          text: ({ not_applicable: none }) => formatCount(none),
        },
        { title: 'Skipped', number: true, text: ({ left_out: left }) => formatCount(left) },
      ],
    );
  }

  #stages(): TemplateResult {
    const table = this.#table(
      'The stage that settled each result; early means that more expensive stages were skipped',
      this.summary.stages,
      'Stage',
      ({ stage }) => [stageText(stage), { stage }],
      [
        { title: 'Settled', number: true, text: ({ settled }) => formatCount(settled) },
        { title: 'Early', number: true, text: ({ early }) => formatCount(early) },
      ],
    );
    return html`${table}${savings(this.summary)}`;
  }

  #table<Item>(
    caption: string,
    items: readonly Item[],
    kind: string,
    name: (item: Item) => [string, Narrowing],
    columns: readonly Column<Item>[],
  ): TemplateResult {
    const line = (item: Item) => {
      const [label, narrowing] = name(item);
      return html`<tr>
        <th scope="row">
          <button class="link" @click=${() => this.#narrow(narrowing)}>${visibleText(label)}</button>
        </th>
        ${columns.map(({ number, text }) => html`<td class=${number ? 'number' : ''}>${text(item)}</td>`)}
      </tr>`;
    };
    return html`<table>
      <caption>${caption}</caption>
      <thead>
        <tr>
          <th scope="col">${kind}</th>
          ${columns.map(({ title, number }) => html`<th scope="col" class=${number ? 'number' : ''}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>${items.map(line)}</tbody>
    </table>`;
  }

  #narrow(detail: Narrowing): void {
    this.dispatchEvent(new CustomEvent<Narrowing>('narrow', { detail }));
  }
}

function groupColumns(): Column<GroupEntry>[] {
  return [
    {
      title: 'Passed',
      number: true,
      text: ({ passed, trials }) => `${formatCount(passed)} of ${formatCount(trials)}`,
    },
    { title: 'Rate', text: rateText },
    { title: 'Score', number: true, text: scoreText },
  ];
}

function audits({ audited }: SummaryEntry['cascade']): string {
  if (!audited) return '';
  const { trials, agreed } = audited;
  return ` Audit: the judge agreed with ${formatCount(agreed)} of ${counted(trials, 'settled trial')}.`;
}

function savings({ cascade }: SummaryEntry): TemplateResult | typeof nothing {
  if (cascade.judge_calls === 0 && cascade.judge_calls_saved === 0) return nothing;
  const money = cascade.saved_cost_usd === null ? 'unknown' : formatCost(cascade.saved_cost_usd);
  const time = cascade.saved_ms === null ? 'unknown' : formatDuration(cascade.saved_ms);
  return html`<p class="dim">
    ${counted(cascade.judge_calls, 'judge call')} made, ${formatCount(cascade.judge_calls_saved)} saved. Cost saved:
    ${money}; time saved: ${time}.${audits(cascade)}
  </p>`;
}
