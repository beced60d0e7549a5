import { html, nothing, type TemplateResult } from 'lit';
import { sideRows } from '../../engine/model/deploymentFigures.ts';
import type { DeploymentEntry, EstimateEntry } from '../../protocol/deploymentEntries.ts';
import { visibleText } from '../shared/visibleText.ts';
import { intervalPlot } from './intervalPlot.ts';

type Report = NonNullable<DeploymentEntry['report']>;

/** Which rows have intervals that can be drawn, and where their scale begins and ends where it does not follow from them. */
const PLOTS: { readonly [label: string]: { read(side: Report['blue']): EstimateEntry; most?: number } } = {
  errors: { read: ({ errorRate }) => errorRate },
  passed: { read: ({ passRate }) => passRate, most: 1 },
  score: { read: ({ meanScore }) => meanScore, most: 1 },
  'cost per request': { read: ({ costPerRequest }) => costPerRequest },
};

const LABELS: { readonly [label: string]: string } = {
  samples: 'Samples of this step',
  errors: 'Errors',
  passed: 'Passed',
  score: 'Mean score',
  p50: 'Latency, median',
  p95: 'Latency, p95',
  'cost per request': 'Cost per request',
  cost: 'Cost of this step',
  models: 'Models served',
};

/** Blue beside green, each figure with its interval of 95 %. */
export function sidesTable({ blue, green, states, report }: DeploymentEntry): TemplateResult {
  return html`<section aria-labelledby="sides">
    <h2 id="sides">Blue beside green</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <td></td>
            <th scope="col">
              <span class="side blue">${blue === null ? 'nothing' : visibleText(blue.name)}</span> <span class="dim">blue, now</span>
            </th>
            <th scope="col">
              <span class="side green">${visibleText(green.name)}</span> <span class="dim">green, next</span>
            </th>
            <td class="plot"></td>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Version</th>
            <td>${blue === null ? '–' : visibleText(blue.what)}</td>
            <td>${visibleText(green.what)}</td>
            <td class="plot"></td>
          </tr>
          <tr>
            <th scope="row">State</th>
            <td>${states.blue === null ? '–' : visibleText(states.blue)}</td>
            <td>${states.green === null ? '–' : visibleText(states.green)}</td>
            <td class="plot"></td>
          </tr>
          ${report === null ? nothing : rowsOf(report)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function rowsOf({ blue, green, minSamples }: Report): TemplateResult[] {
  return sideRows(blue, green, minSamples).map((row) => {
    const plot = PLOTS[row.label];
    return html`<tr>
      <th scope="row">${LABELS[row.label] ?? row.label}</th>
      <td class=${row.blue === 'not measured' ? 'dim' : ''}>${visibleText(row.blue)}</td>
      <td class=${row.green === 'not measured' ? 'dim' : ''}>${visibleText(row.green)}</td>
      <td class="plot">${plot ? intervalPlot(plot.read(blue), plot.read(green), plot.most) : nothing}</td>
    </tr>`;
  });
}
