import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { counted } from '../../engine/model/figures.ts';
import type { MetricMark } from '../../protocol/metricEntries.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { Chart, Charts } from './chartModel.ts';
import { chartTable } from './chartTable.ts';
import { metricChartStyles } from './metricChartStyles.ts';
import { Plot } from './plot.ts';
import { DASHES, type PlotColors } from './plotColors.ts';
import { bucketText, rangeText } from './timeTexts.ts';

/** A second click is waited for where it would mean something, in milliseconds. */
const DOUBLE_CLICK_MS = 250;
/** What the curves depend on. */
const DRAWN = ['charts', 'chart', 'marks', 'colors', 'asTable'] as const;

/**
 * One measure over time: its figure in words, its curves, and the same as a table. Emits `point` (the bucket that is looked at),
 * `pick` (the one whose traces are wanted), `zoom`, `whole` and `table`.
 */
export class MetricChart extends LitElement {
  static override properties = {
    charts: { attribute: false },
    chart: { attribute: false },
    marks: { attribute: false },
    colors: { attribute: false },
    point: { attribute: false },
    zoomed: { type: Boolean },
    asTable: { type: Boolean },
  };
  declare charts: Charts;
  declare chart: Chart;
  declare marks: readonly MetricMark[];
  declare colors: PlotColors;
  /** Position of the bucket that is looked at, in whichever chart. */
  declare point: number | null;
  declare zoomed: boolean;
  declare asTable: boolean;

  static override styles = [baseStyles, metricChartStyles];

  #plot: Plot | undefined;
  #clicked: ReturnType<typeof setTimeout> | undefined;
  readonly #watch = new ResizeObserver(() => this.#plot?.resize());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#drop();
    clearTimeout(this.#clicked);
  }

  override render(): TemplateResult {
    const { chart, asTable } = this;
    return html`<section aria-labelledby="title">
      <header>
        <h2 id="title">${chart.title}</h2>
        <p class="headline">${chart.headline}</p>
        <p class="dim detail">${chart.detail}</p>
        <button class="tool" aria-pressed=${asTable} aria-label="${chart.title} as a table" title="Show as a table"
          @click=${() => this.#emit('table', null)}>${icon('table')}</button>
      </header>
      ${chart.series.length === 0 ? html`<p class="dim none">Nothing measured in this range</p>` : this.#content()}
    </section>`;
  }

  override updated(changed: PropertyValues<MetricChart>): void {
    const place = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (!place) {
      this.#drop();
      return;
    }

    if (!this.#plot) {
      this.#plot = this.#create(place);
      this.#watch.observe(place);
    }
    const { charts, chart, marks, colors } = this;
    if (DRAWN.some((name) => changed.has(name))) this.#plot.draw({ charts, chart, marks }, colors);
    this.#plot.point(this.point);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.plot, .rows')?.focus();
  }

  #content(): TemplateResult {
    const { charts, chart } = this;
    if (this.asTable)
      return html`<div class="rows" tabindex="0" role="region" aria-label="${chart.title}, table">
        ${chartTable(charts, chart, (index) => this.#emit('pick', index))}
      </div>`;
    return html`${this.#legend()}
      <div
        class="plot"
        tabindex="0"
        role="slider"
        aria-label="${chart.title} over time"
        aria-description="Arrow keys move, Enter lists the traces of a point, Escape shows the whole range"
        aria-valuemin="0"
        aria-valuemax=${charts.starts.length - 1}
        aria-valuenow=${this.point ?? charts.starts.length - 1}
        aria-valuetext=${this.#spoken()}
        @keydown=${this.#onKey}
      ></div>`;
  }

  /** What each curve is, and what it is at: over the range, or in the bucket that is looked at. */
  #legend(): TemplateResult {
    const { chart, charts, point } = this;
    const start = point === null ? undefined : charts.starts[point];
    const time = start === undefined ? 'Whole range' : bucketText(start, charts.stepMs, charts.toMs);
    return html`<ul class="legend">
      <li class="dim time">${time}</li>
      ${chart.series.map(
        ({ label, values, total }, index) => html`<li>
          ${this.#swatch(index)}<bdi>${visibleText(label)}</bdi>
          <span class="value">${this.#valueText(point === null ? total : (values[point] ?? null))}</span>
        </li>`,
      )}
      ${chart.left > 0 ? html`<li class="dim">${counted(chart.left, 'smaller one')} not shown</li>` : nothing}
    </ul>`;
  }

  #swatch(index: number): TemplateResult {
    const color = this.colors.series[index % this.colors.series.length];
    const dash = DASHES[index % DASHES.length] ?? [];
    return html`<svg class="swatch" viewBox="0 0 22 6" aria-hidden="true">
      ${svg`<line x1="0" y1="3" x2="22" y2="3" stroke=${color} stroke-width="2.5" stroke-dasharray=${dash.join(' ')} />`}
    </svg>`;
  }

  #valueText(value: number | null): string {
    return value === null ? '–' : this.chart.format(value);
  }

  #spoken(): string {
    const { chart, charts, point } = this;
    const start = point === null ? undefined : charts.starts[point];
    if (point === null || start === undefined) return `${rangeText(charts)}: ${chart.headline}`;
    const values = chart.series.map(({ label, values: all }) => {
      const value = all[point] ?? null;
      return `${label} ${value === null ? 'not measured' : chart.format(value)}`;
    });
    return `${bucketText(start, charts.stepMs, charts.toMs)}: ${values.join(', ')}`;
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.charts.starts.length - 1;
    const at = this.point ?? last + 1;
    const moves: { [key: string]: number } = {
      ...{ ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last },
      ...{ PageUp: at - 10, PageDown: at + 10 },
    };
    const next = moves[event.key];
    if (next !== undefined) this.#emit('point', Math.min(Math.max(next, 0), last));
    else if (event.key === 'Enter' && this.point !== null) this.#emit('pick', this.point);
    else if (event.key === 'Escape' && this.point !== null) this.#emit('point', null);
    else if (event.key === 'Escape' && this.zoomed) this.#emit('whole', null);
    else return;
    event.preventDefault();
  }

  #create(place: HTMLElement): Plot {
    return new Plot(place, {
      point: (index) => this.#emit('point', index),
      zoom: (range) => this.#emit('zoom', range),
      pick: (index) => {
        clearTimeout(this.#clicked);
        if (!this.zoomed) this.#emit('pick', index);
        else this.#clicked = setTimeout(() => this.#emit('pick', index), DOUBLE_CLICK_MS);
      },
      whole: () => {
        clearTimeout(this.#clicked);
        if (this.zoomed) this.#emit('whole', null);
      },
    });
  }

  #drop(): void {
    this.#watch.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
