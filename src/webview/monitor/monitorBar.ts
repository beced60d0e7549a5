import { html, nothing, type TemplateResult } from 'lit';
import { type Dimension, dimensions, type MetricWhere } from '../../protocol/metricEntries.ts';
import { choiceField } from '../shared/filterBar.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { Look } from './monitorMessages.ts';
import { RANGES } from './monitorViewState.ts';
import { rangeText } from './timeTexts.ts';

export interface BarActions {
  last(ms: number): void;
  group(by: Dimension | null): void;
  /** Empty: any value. */
  filter(dimension: Dimension, value: string): void;
  clear(): void;
  /** Back from a zoom. */
  whole(): void;
}

type Values = { [dimension in Dimension]?: string[] | undefined };

/** What is looked at: the range, how it is grouped, and what it is filtered by. */
export function monitorBar(look: Look, values: Values, actions: BarActions): TemplateResult {
  const { range, by, where } = look;
  const known = dimensions.filter((dimension) => (values[dimension] ?? []).length > 0 || where[dimension]);
  return html`<div class="bar no-print">
    <div class="ranges" role="group" aria-label="Range">
      ${RANGES.map(
        ({ ms, label, text }) => html`<button
          aria-pressed=${range.kind === 'last' && range.ms === ms}
          aria-label="Show ${text}"
          title="Show ${text}"
          @click=${() => actions.last(ms)}
        >${label}</button>`,
      )}
    </div>
    ${
      range.kind === 'between'
        ? html`<span class="zoomed">${rangeText(range)}
            <button class="link" title="Double-click a chart, or press Escape in it" @click=${actions.whole}>Zoom out</button></span>`
        : nothing
    }
    ${choiceField(
      'Group by',
      [{ value: '', label: 'No grouping' }, ...known.map((each) => ({ value: each, label: `By ${each}` }))],
      by ?? '',
      (value) => actions.group(dimensions.find((each) => each === value) ?? null),
    )}
    ${known.map((dimension) => filterField(dimension, values, where, actions))}
    ${
      Object.keys(where).length > 0
        ? html`<button class="link" @click=${actions.clear}>Clear filters</button>`
        : nothing
    }
  </div>`;
}

function filterField(
  dimension: Dimension,
  values: Values,
  where: MetricWhere,
  actions: BarActions,
): TemplateResult {
  const chosen = where[dimension] ?? '';
  const all = new Set([...(chosen === '' ? [] : [chosen]), ...(values[dimension] ?? [])]);
  const choices = [...all].map((value) => ({ value, label: visibleText(value) }));
  return choiceField(
    `Filter by ${dimension}`,
    [{ value: '', label: `Any ${dimension}` }, ...choices],
    chosen,
    (value) => actions.filter(dimension, value),
  );
}
