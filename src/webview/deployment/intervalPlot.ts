import { html, nothing, svg, type TemplateResult } from 'lit';
import type { EstimateEntry } from '../../protocol/deploymentEntries.ts';

type Measured = NonNullable<EstimateEntry>;

const WIDTH = 160;
const HEIGHT = 22;
/** So that a dot at the end is whole. */
const MARGIN = 5;

/**
 * Two estimates with their intervals on one scale, blue above green. The words stand beside it: hidden from screen readers. `most` is the
 * largest value that there can be.
 */
export function intervalPlot(
  blue: EstimateEntry,
  green: EstimateEntry,
  most?: number,
): TemplateResult | typeof nothing {
  const all = [blue, green].filter((one): one is Measured => one !== null);
  if (all.length === 0) return nothing;
  const low = Math.min(...all.map((one) => one.low));
  const high = Math.max(...all.map((one) => one.high));
  const span = high - low;
  // A scale of no width would have nothing on it.
  const room = span > 0 ? span * 0.08 : Math.max(Math.abs(high) * 0.1, 0.01);
  const from = Math.max(0, low - room);
  const to = Math.min(most ?? Number.POSITIVE_INFINITY, high + room);
  const at = (value: number): number =>
    MARGIN + ((value - from) / Math.max(to - from, Number.EPSILON)) * (WIDTH - 2 * MARGIN);

  const line = (one: EstimateEntry, y: number, side: 'blue' | 'green') =>
    one === null
      ? nothing
      : svg`<line class="stroke-${side}" x1=${at(one.low)} x2=${at(one.high)} y1=${y} y2=${y}></line>
          ${
            side === 'blue'
              ? svg`<circle class="fill-blue" cx=${at(one.value)} cy=${y} r="3.5"></circle>`
              : svg`<rect class="fill-green" x=${at(one.value) - 3.5} y=${y - 3.5} width="7" height="7"></rect>`
          }`;
  return html`<svg width=${WIDTH} height=${HEIGHT} aria-hidden="true">
    ${line(blue, 6, 'blue')} ${line(green, HEIGHT - 6, 'green')}
  </svg>`;
}
