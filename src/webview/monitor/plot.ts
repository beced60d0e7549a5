import uPlot from 'uplot';
import type { MetricMark } from '../../protocol/metricEntries.ts';
import type { Chart, Charts } from './chartModel.ts';
import type { TimeRange } from './monitorMessages.ts';
import { DASHES, type PlotColors } from './plotColors.ts';
import { drawMarks } from './plotMarks.ts';
import { axisText } from './timeTexts.ts';

export interface Drawn {
  charts: Charts;
  chart: Chart;
  marks: readonly MetricMark[];
}

export interface PlotEvents {
  /** The bucket under the pointer; null: it has left. */
  point(index: number | null): void;
  pick(index: number): void;
  zoom(range: TimeRange): void;
  whole(): void;
}

const HEIGHT = 150;
/** A shorter drag is a click that trembled, in CSS pixels. */
const DRAG = 5;
/** Values that are so few get a dot each. */
const FEW = 30;

/** A chart on its canvas. What is drawn anew with the same series keeps it. */
export class Plot {
  readonly #place: HTMLElement;
  readonly #events: PlotEvents;
  #plot: uPlot | undefined;
  #key = '';
  #drawn: Drawn | undefined;
  #colors: PlotColors | undefined;

  constructor(place: HTMLElement, events: PlotEvents) {
    this.#place = place;
    this.#events = events;
  }

  draw(drawn: Drawn, colors: PlotColors): void {
    this.#drawn = drawn;
    this.#colors = colors;
    const { chart, charts } = drawn;
    const labels = chart.series.map(({ label }) => label);
    const key = JSON.stringify([labels, chart.shape, chart.band !== null, charts.stepMs, colors]);
    if (this.#plot && key === this.#key) {
      this.#plot.setData(dataOf(drawn), true);
      return;
    }

    this.#plot?.destroy();
    this.#key = key;
    this.#plot = new uPlot(this.#options(drawn, colors), dataOf(drawn), this.#place);
  }

  /** Shows which bucket is looked at. */
  point(index: number | null): void {
    const plot = this.#plot;
    if (!plot) return;
    const at = index === null ? undefined : plot.data[0][index];
    if (at === undefined) plot.setCursor({ left: -10, top: -10 }, false);
    else plot.setCursor({ left: plot.valToPos(at, 'x'), top: 0 }, false);
  }

  resize(): void {
    const { clientWidth } = this.#place;
    if (this.#plot && clientWidth > 0) this.#plot.setSize({ width: clientWidth, height: HEIGHT });
  }

  destroy(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #options({ chart, charts }: Drawn, colors: PlotColors): uPlot.Options {
    const axis = {
      stroke: colors.text,
      font: colors.font,
      grid: { stroke: colors.grid, width: 1 },
      ticks: { show: false },
    };
    return {
      ...{ width: this.#place.clientWidth || 300, height: HEIGHT, ms: 1, legend: { show: false } },
      padding: [8, 20, 0, 0],
      scales: {
        x: { time: true, range: () => this.#range() },
        y: { range: (_, __, max) => [0, chart.top ?? topOf(max)] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          space: 64,
          values: (_, splits, __, ___, between) => splits.map((at) => axisText(at, between, charts.stepMs)),
        },
        {
          ...axis,
          size: (_, values) => 12 + 7.5 * Math.max(3, ...(values ?? []).map((text) => text.length)),
          space: 34,
          values: (_, splits) => splits.map((value) => chart.format(value)),
        },
      ],
      series: [{}, ...seriesOf(chart, colors)],
      bands: chart.band ? [{ series: [2, 3], fill: translucent(colors.series[0]) }] : [],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: DRAG },
        points: { size: 7 },
        bind: { dblclick: () => () => this.#whole() },
      },
      hooks: {
        ready: [(plot) => this.#listen(plot)],
        draw: [(plot) => this.#drawMarks(plot)],
        setSelect: [(plot) => this.#zoom(plot)],
      },
    };
  }

  /** All buckets as a whole: one whose middle were outside would not be drawn. */
  #range(): uPlot.Range.MinMax {
    const { fromMs = 0, toMs = 1, stepMs = 0, starts = [] } = this.#drawn?.charts ?? {};
    return [starts[0] ?? fromMs, Math.max(toMs, (starts.at(-1) ?? fromMs) + stepMs)];
  }

  #listen(plot: uPlot): void {
    const { over } = plot;
    over.addEventListener('mousemove', () => this.#events.point(plot.cursor.idx ?? null));
    over.addEventListener('mouseleave', () => this.#events.point(null));
    over.addEventListener('click', ({ detail }) => {
      const { idx } = plot.cursor;
      // The second click of two is one for the whole range.
      if (detail === 1 && idx !== null && idx !== undefined) this.#events.pick(idx);
    });
  }

  #drawMarks(plot: uPlot): void {
    if (this.#drawn && this.#colors) drawMarks(plot, this.#drawn.marks, this.#colors);
  }

  #zoom(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < DRAG) return;
    const range = { fromMs: plot.posToVal(left, 'x'), toMs: plot.posToVal(left + width, 'x') };
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.zoom(range);
  }

  #whole(): null {
    this.#events.whole();
    return null;
  }
}

function dataOf({ charts: { starts, stepMs }, chart }: Drawn): uPlot.AlignedData {
  // In the middle of its bucket, the nearest value is that of the bucket under the pointer.
  const xs = starts.map((start) => start + stepMs / 2);
  // The edges of the band come behind the only series that has one.
  const edges = chart.band ? [chart.band.high, chart.band.low] : [];
  return [xs, ...chart.series.map(({ values }) => values), ...edges];
}

function seriesOf({ series, shape, band }: Chart, colors: PlotColors): uPlot.Series[] {
  const lines = series.map(({ label }, index): uPlot.Series => {
    const stroke = colors.series[index % colors.series.length] ?? colors.text;
    if (shape === 'bars') {
      const paths = uPlot.paths.bars?.({ size: [0.8, 40] });
      return { label, stroke, fill: stroke, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
    }
    return {
      ...{ label, stroke, width: 2, dash: [...(DASHES[index % DASHES.length] ?? [])] },
      points: {
        show: true,
        size: 6,
        fill: stroke,
        dash: [],
        filter: (plot, at) => dotted(plot.data[at] ?? []),
      },
    };
  });
  const edge: uPlot.Series = { stroke: translucent(colors.series[0]), width: 1, points: { show: false } };
  return band ? [...lines, edge, edge] : lines;
}

/** Positions of values that no line leads to or from; of all where they are few. */
function dotted(values: ArrayLike<number | null | undefined>): number[] {
  const all = Array.from(values).flatMap((value, index) => (typeof value === 'number' ? [index] : []));
  if (all.length <= FEW) return all;
  return all.filter((index) => (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null);
}

function topOf(max: number | null): number {
  return max === null || !(max > 0) ? 1 : max * 1.1;
}

function translucent(color = 'transparent'): string {
  return `color-mix(in srgb, ${color} 25%, transparent)`;
}
