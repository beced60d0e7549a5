import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { MetricMark } from '../../protocol/metricEntries.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { besideStyles } from '../shared/besideStyles.ts';
import type { PageHost } from '../shared/pageHost.ts';
import { type Chart, type Charts, isEmpty } from './chartModel.ts';
import { markList } from './markList.ts';
import type { MetricChart } from './metricChart.ts';
import { monitorAppStyles } from './monitorAppStyles.ts';
import { monitorBar } from './monitorBar.ts';
import type { ChartId, ChartPoint, FromMonitorPage, Look, TimeRange } from './monitorMessages.ts';
import { MonitorModel, withValue } from './monitorModel.ts';
import { monitorNotices } from './monitorNotices.ts';
import { FIRST_MONITOR_VIEW, type MonitorViewState, readMonitorViewState } from './monitorViewState.ts';
import { type PlotColors, plotColors } from './plotColors.ts';
import type { TraceList } from './traceList.ts';

type MonitorHost = PageHost<FromMonitorPage, MonitorViewState>;

/** A zoom shows at least so many buckets. */
const LEAST_BUCKETS = 2;
/** Traces before an alert that are listed with it, in milliseconds. */
const ALERT_MS = 120_000;

/** The monitor page: six measures over a range of time, what happened in it, and the traces behind a point. */
export class MonitorApp extends LitElement {
  declare host: MonitorHost;
  static override styles = [baseStyles, besideStyles, monitorAppStyles];

  readonly #model = new MonitorModel();
  readonly #oneColumn = matchMedia('(max-width: 760px)');
  #view: MonitorViewState = FIRST_MONITOR_VIEW;
  #colors: PlotColors | undefined;
  /** Position of the bucket that is looked at. */
  #point: number | null = null;
  /** What a zoom goes back to. */
  #before: Look['range'] | null = null;

  /** Begins to listen; called once, by whoever puts the element into its page. */
  start(host: MonitorHost): void {
    this.host = host;
    this.#view = readMonitorViewState(host.readState());
    this.#oneColumn.addEventListener('change', () => this.requestUpdate());
    new MutationObserver(() => this.#dress()).observe(document.documentElement, {
      ...{ attributes: true, attributeFilter: ['style', 'class'] },
    });
    host.listen((message) => this.#receive(message));
    host.send({ type: 'look', look: this.#view.look });
    if (this.#view.point) host.send({ type: 'load-traces', point: this.#view.point });
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { board, charts, values, failure } = this.#model;
    const { point, look } = this.#view;
    if (!board || !charts) return html`<p class="waiting" role="status">${failure ?? 'Reading metrics…'}</p>`;

    return html`<main class=${point ? 'open' : ''}>
      <div class="page" ?inert=${point !== null && this.#oneColumn.matches}>
        ${monitorBar(look, values, {
          last: (ms) => this.#look({ ...look, range: { kind: 'last', ms } }),
          group: (by) => this.#look({ ...look, by }),
          filter: (dimension, value) =>
            this.#look({ ...look, where: withValue(look.where, dimension, value) }),
          clear: () => this.#look({ ...look, where: {} }),
          whole: () => this.#whole(),
        })}
        ${monitorNotices(this.#model, {
          startReceiving: () => this.host.send({ type: 'start-receiving' }),
          copyEndpoint: () => this.host.send({ type: 'copy-endpoint' }),
          show: (ms) => this.#look({ ...look, range: { kind: 'last', ms }, where: {} }),
          clear: () => this.#look({ ...look, where: {} }),
        })}
        ${
          isEmpty(board)
            ? nothing
            : html`<div class="charts">${charts.charts.map((chart) => this.#chart(charts, chart))}</div>`
        }
        ${isEmpty(board) && board.marks.length === 0 ? nothing : markList(board.marks, (mark) => this.#openMark(mark, charts))}
      </div>
      ${point ? this.#list(point) : nothing}
    </main>`;
  }

  #chart(charts: Charts, chart: Chart): TemplateResult {
    const { tables, look } = this.#view;
    this.#colors ??= plotColors(this);
    const asTable = tables.includes(chart.id);
    return html`<metric-chart
      data-chart=${chart.id}
      .charts=${charts}
      .chart=${chart}
      .marks=${this.#model.board?.marks ?? []}
      .colors=${this.#colors}
      .point=${this.#point}
      .zoomed=${look.range.kind === 'between'}
      .asTable=${asTable}
      @point=${(event: CustomEvent<number | null>) => this.#pointAt(event.detail)}
      @pick=${(event: CustomEvent<number>) => this.#pick(charts, chart.id, event.detail)}
      @zoom=${(event: CustomEvent<TimeRange>) => this.#zoom(charts, event.detail)}
      @whole=${() => this.#whole()}
      @table=${() =>
        this.#change({ tables: asTable ? tables.filter((id) => id !== chart.id) : [...tables, chart.id] })}
    ></metric-chart>`;
  }

  #list(point: ChartPoint): TemplateResult {
    return html`<trace-list
      class="beside"
      .point=${point}
      .listed=${this.#model.tracesOf(point)}
      @open=${(event: CustomEvent<string>) => this.host.send({ type: 'open-trace', traceId: event.detail })}
      @add=${(event: CustomEvent<string[]>) => this.host.send({ type: 'add-to-dataset', traceIds: event.detail })}
      @close=${() => this.#close(point)}
    ></trace-list>`;
  }

  #receive(data: unknown): void {
    try {
      const message = this.#model.receive(data);
      const buckets = this.#model.charts?.starts.length ?? 0;
      if (message.type === 'board' && this.#point !== null && this.#point >= buckets) this.#point = null;
    } catch (error) {
      console.error('Ignored a message that is not part of the monitor protocol.', error);
    }
    this.requestUpdate();
  }

  /** The theme has changed: canvases are painted anew. */
  #dress(): void {
    this.#colors = plotColors(this);
    this.requestUpdate();
  }

  #pointAt(index: number | null): void {
    if (index === this.#point) return;
    this.#point = index;
    this.requestUpdate();
  }

  async #pick({ starts, stepMs }: Charts, chart: ChartId, index: number): Promise<void> {
    const fromMs = starts[index];
    if (fromMs === undefined) return;
    await this.#listTraces({ chart, fromMs, toMs: fromMs + stepMs, where: this.#view.look.where });
  }

  /** Of an alert, the traces that led to it. */
  async #openMark(mark: MetricMark, { stepMs }: Charts): Promise<void> {
    if (mark.kind === 'run') this.host.send({ type: 'open-run', runId: mark.runId });
    else {
      const fromMs = mark.timeMs - Math.max(stepMs, ALERT_MS);
      await this.#listTraces({ chart: chartOfAlert(mark.text), fromMs, toMs: mark.timeMs, where: {} });
    }
  }

  async #listTraces(point: ChartPoint): Promise<void> {
    this.#change({ point });
    this.host.send({ type: 'load-traces', point });
    await this.updateComplete;
    this.renderRoot.querySelector<TraceList>('trace-list')?.focus();
  }

  async #close({ chart }: ChartPoint): Promise<void> {
    this.#change({ point: null });
    await this.updateComplete;
    this.renderRoot.querySelector<MetricChart>(`metric-chart[data-chart=${chart}]`)?.focus();
  }

  #zoom({ stepMs }: Charts, { fromMs, toMs }: TimeRange): void {
    const { look } = this.#view;
    if (look.range.kind === 'last') this.#before = look.range;
    // The finest buckets are of one second.
    const least = Math.max(LEAST_BUCKETS * 1000, Math.min(stepMs, toMs - fromMs));
    const range = { fromMs: Math.floor(fromMs), toMs: Math.ceil(Math.max(toMs, fromMs + least)) };
    this.#look({ ...look, range: { kind: 'between', ...range } });
  }

  #whole(): void {
    const range = this.#before ?? FIRST_MONITOR_VIEW.look.range;
    this.#before = null;
    this.#look({ ...this.#view.look, range });
  }

  #look(look: Look): void {
    this.#point = null;
    this.#change({ look });
    this.host.send({ type: 'look', look });
  }

  #change(view: Partial<MonitorViewState>): void {
    this.#view = { ...this.#view, ...view };
    this.host.writeState(this.#view);
    this.requestUpdate();
  }
}

/** The chart that shows the figure of an alert, by its name in what the alert says. */
function chartOfAlert(text: string): ChartId {
  const named: readonly [RegExp, ChartId][] = [
    [/latency|first token/i, 'latency'],
    [/error/i, 'errors'],
    [/cost/i, 'cost'],
    [/tokens/i, 'tokens'],
    [/calls/i, 'traffic'],
  ];
  return named.find(([name]) => name.test(text))?.[1] ?? 'quality';
}
