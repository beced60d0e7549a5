import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../../engine/model/figures.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { Chart, Charts } from './chartModel.ts';
import { bucketText } from './timeTexts.ts';

/** Rows that are shown at once. */
const MOST = 500;

/** A chart as a table: the buckets in which something was measured, the latest first. */
export function chartTable(charts: Charts, chart: Chart, pick: (index: number) => void): TemplateResult {
  const { starts, stepMs, toMs } = charts;
  const rows = starts.flatMap((start, index) =>
    chart.series.some(({ values }) => typeof values[index] === 'number') ? [{ start, index }] : [],
  );
  const shown = rows.toReversed().slice(0, MOST);
  const { band } = chart;
  const cell = (value: number | null | undefined) =>
    html`<td class="number">${typeof value === 'number' ? chart.format(value) : '–'}</td>`;

  return html`<table>
    <caption class="visually-hidden">${chart.title} by time</caption>
    <thead>
      <tr>
        <th scope="col">Time</th>
        ${chart.series.map(({ label }) => html`<th scope="col" class="number">${visibleText(label)}</th>`)}
        ${band ? html`<th scope="col" class="number">lowest</th><th scope="col" class="number">highest</th>` : nothing}
      </tr>
    </thead>
    <tbody>
      ${shown.map(({ start, index }) => {
        const time = bucketText(start, stepMs, toMs);
        return html`<tr>
          <th scope="row">
            <button class="link" title="List the traces behind it" @click=${() => pick(index)}>${time}</button>
          </th>
          ${chart.series.map(({ values }) => cell(values[index]))}
          ${band ? html`${cell(band.low[index])}${cell(band.high[index])}` : nothing}
        </tr>`;
      })}
    </tbody>
    ${
      rows.length > MOST
        ? html`<tfoot><tr><td colspan="99" class="dim">${formatCount(rows.length - MOST)} earlier rows not shown</td></tr></tfoot>`
        : nothing
    }
  </table>`;
}
