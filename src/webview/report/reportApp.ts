import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ResultKey } from '../../protocol/resultRow.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import { visibleText } from '../shared/visibleText.ts';
import type { CaseDrawer } from './caseDrawer.ts';
import type { OutputLabel, ReportAction } from './messages.ts';
import { reportAppStyles } from './reportAppStyles.ts';
import type { ReportHost } from './reportHost.ts';
import { ReportModel, type RunData } from './reportModel.ts';
import type { ResultTable } from './resultTable.ts';
import { keyText, type StoredRow } from './rowStore.ts';
import { selectRows } from './selectRows.ts';
import { FIRST_VIEW, NO_FILTER, type RowFilter, readViewState, type ViewState } from './viewState.ts';

/** Changes of the scroll position are kept this much later, in milliseconds: they come with every frame. */
const KEEP_DELAY = 250;

/** The report page: holds what the host sent and what the person set up, and gives each part its share. */
export class ReportApp extends LitElement {
  declare host: ReportHost;
  static override styles = [baseStyles, reportAppStyles];

  readonly #model = new ReportModel();
  #view: ViewState = FIRST_VIEW;
  /** The rows for the table, made again only when what they depend on has changed. */
  #selected: { run: RunData; version: number; view: string; rows: readonly StoredRow[] } | null = null;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #oneColumn = matchMedia('(max-width: 760px)');
  /** The scroll position of the kept state, until the rows that it speaks of are there. */
  #restore: number | null = null;

  /** Begins to listen; called once, by whoever puts the element into its page. */
  start(host: ReportHost): void {
    this.host = host;
    this.#view = readViewState(host.readState());
    this.#restore = this.#view.scroll > 0 ? this.#view.scroll : null;
    this.#oneColumn.addEventListener('change', () => this.requestUpdate());
    host.listen((message) => this.#receive(message));
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const run = this.#run();
    if (!run) return html`<p class="waiting" role="status">Waiting for results…</p>`;
    const open = this.#view.open === null ? undefined : run.rows.get(this.#view.open);
    const covered = open !== undefined && this.#oneColumn.matches;
    return html`<main class=${open ? 'open' : ''}>
      <div class="page" ?inert=${covered}>
        ${this.#runPicker()}
        <report-summary .head=${run.head}></report-summary>
        <report-breakdown .summary=${run.head.summary} @narrow=${this.#onNarrow}></report-breakdown>
        ${this.#results(run)}
      </div>
      ${open ? this.#drawer(run, open) : nothing}
    </main>`;
  }

  override updated(): void {
    const run = this.#run();
    if (run && this.#restore !== null && run.rows.size > 0) {
      // Rows arrive in batches: the position is taken up again until enough of them are there.
      const table = this.#table();
      table?.restart(this.#restore);
      table?.requestUpdate();
      if (run.rows.size >= run.head.summary.total.trials - (run.head.left_out ?? 0)) this.#restore = null;
    }
    this.#loadOpenCase();
  }

  #results(run: RunData): TemplateResult {
    const rows = this.#rows(run);
    return html`<report-filters
        class="no-print"
        .head=${run.head}
        .filter=${this.#view.filter}
        .shown=${rows.length}
        .total=${run.rows.size}
        @filter=${(event: CustomEvent<RowFilter>) => this.#setFilter(event.detail)}
      ></report-filters>
      <result-table
        .head=${run.head}
        .rows=${rows}
        .flaky=${(stored: StoredRow) => run.rows.isFlaky(stored)}
        .sort=${this.#view.sort}
        .openKey=${this.#view.open}
        @open=${this.#onOpen}
        @cursor=${this.#onCursor}
        @sort=${this.#onSort}
        @scrolled=${this.#onScrolled}
      >
        <span slot="empty">${this.#emptyText(run)}</span>
      </result-table>`;
  }

  #drawer(run: RunData, { row, key }: StoredRow): TemplateResult {
    return html`<case-drawer
      .row=${row}
      .loaded=${run.cases.get(key)}
      .actions=${this.#model.actions}
      .compare=${this.#view.compare}
      @close=${this.#closeDrawer}
      @step=${this.#onStep}
      @compare=${(event: CustomEvent<boolean>) => this.#change({ compare: event.detail })}
      @label=${(event: CustomEvent<OutputLabel | null>) => this.#labelOpen(event.detail)}
      @action=${(event: CustomEvent<ReportAction>) => this.#act(event.detail)}
    ></case-drawer>`;
  }

  #runPicker(): TemplateResult | typeof nothing {
    const runs = [...this.#model.runs.values()];
    if (runs.length < 2) return nothing;
    const chosen = this.#run()?.head.run.id;
    return html`<vscode-single-select class="runs" label="Run" aria-label="Run" @change=${this.#onRun}>
      ${runs.map(
        ({ head: { run, passed } }) =>
          html`<vscode-option value=${run.id} ?selected=${run.id === chosen}
            >${visibleText(run.suite)} · ${visibleText(run.dataset.path)} · ${passed ? 'passed' : 'failed'}</vscode-option
          >`,
      )}
    </vscode-single-select>`;
  }

  #emptyText({ rows, head }: RunData): string {
    if (rows.size > 0) return 'No results match the filters.';
    return head.run.state === 'running' ? 'Waiting for the first results…' : 'This run has no results.';
  }

  #run(): RunData | undefined {
    const { runs } = this.#model;
    const chosen = this.#view.run_id === null ? undefined : runs.get(this.#view.run_id);
    return chosen ?? runs.values().next().value;
  }

  #rows(run: RunData): readonly StoredRow[] {
    const { version } = run.rows;
    const view = JSON.stringify([this.#view.filter, this.#view.sort]);
    const known = this.#selected;
    if (known?.run === run && known.version === version && known.view === view) return known.rows;
    const rows = selectRows(run.rows, this.#view.filter, this.#view.sort);
    this.#selected = { run, version, view, rows };
    return rows;
  }

  #receive(data: unknown): void {
    try {
      const message = this.#model.receive(data);
      if (message.type === 'reveal') this.#reveal(message.run_id, message.key);
      // A panel that is opened again after a reload knows by this which run it showed.
      if (message.type === 'run' && this.#view.run_id !== this.#run()?.head.run.id)
        this.#change({ run_id: message.head.run.id });
    } catch (error) {
      console.error('Ignored a message that is not part of the report protocol.', error);
    }
    this.requestUpdate();
  }

  async #reveal(runId: string, key: ResultKey): Promise<void> {
    // A filter that hides the result would make the request look ignored.
    this.#change({ run_id: runId, filter: NO_FILTER, open: keyText(key) });
    await this.updateComplete;
    this.#table()?.moveTo(keyText(key));
  }

  #loadOpenCase(): void {
    const run = this.#run();
    const stored = this.#view.open === null ? undefined : run?.rows.get(this.#view.open);
    if (!run || !stored || run.cases.has(stored.key) || this.#asked === stored.row) return;
    this.#asked = stored.row;
    const { target, case_index, trial } = stored.row;
    this.host.send({ type: 'load-case', run_id: run.head.run.id, key: { target, case_index, trial } });
  }

  /** The row whose whole was asked for last: it is not asked for again with every drawing. */
  #asked: unknown;

  #act(action: ReportAction): void {
    const run = this.#run();
    const stored = this.#view.open === null ? undefined : run?.rows.get(this.#view.open);
    const loaded = stored && run?.cases.get(stored.key);
    if (!run || loaded?.state !== 'loaded') return;
    const { target, case_index, trial, case_id, trace_id } = loaded.result;
    const key = { target, case_index, trial };
    this.host.send({ type: 'action', action, run_id: run.head.run.id, key, case_id, trace_id });
  }

  #labelOpen(label: OutputLabel | null): void {
    const run = this.#run();
    const stored = this.#view.open === null ? undefined : run?.rows.get(this.#view.open);
    if (!run || !stored) return;
    const { target, case_index, trial } = stored.row;
    this.host.send({ type: 'label', run_id: run.head.run.id, key: { target, case_index, trial }, label });
  }

  #setFilter(filter: RowFilter): void {
    this.#table()?.restart();
    this.#change({ filter, scroll: 0 });
  }

  #onNarrow(event: CustomEvent<Partial<RowFilter>>): void {
    this.#setFilter({ ...this.#view.filter, ...event.detail });
  }

  #onSort(event: CustomEvent<ViewState['sort']>): void {
    this.#table()?.restart();
    this.#change({ sort: event.detail, scroll: 0 });
  }

  #onRun(event: Event): void {
    this.#table()?.restart();
    const { value } = event.currentTarget as HTMLSelectElement;
    this.#change({ run_id: value, filter: NO_FILTER, open: null, scroll: 0 });
  }

  async #onOpen(event: CustomEvent<{ key: string; keyboard: boolean }>): Promise<void> {
    this.#change({ open: event.detail.key });
    await this.updateComplete;
    if (event.detail.keyboard || this.#oneColumn.matches) {
      await this.#drawerElement()?.updateComplete;
      this.#drawerElement()?.focus();
    }
  }

  /** With the drawer open it follows the cursor. */
  #onCursor(event: CustomEvent<string>): void {
    if (this.#view.open !== null) this.#change({ open: event.detail });
  }

  #onStep(event: CustomEvent<1 | -1>): void {
    const rows = this.#selected?.rows ?? [];
    const index = rows.findIndex(({ key }) => key === this.#view.open);
    const next = rows[index + event.detail];
    if (!next) return;
    this.#change({ open: next.key });
    this.#table()?.moveTo(next.key);
  }

  async #closeDrawer(): Promise<void> {
    const { open } = this.#view;
    this.#change({ open: null });
    await this.updateComplete;
    const table = this.#table();
    if (open !== null) table?.moveTo(open);
    table?.focus();
  }

  #onScrolled(event: CustomEvent<number>): void {
    this.#view = { ...this.#view, scroll: event.detail };
    this.#keepTimer ??= setTimeout(() => {
      this.#keepTimer = undefined;
      this.host.writeState(this.#view);
    }, KEEP_DELAY);
  }

  #change(change: Partial<ViewState>): void {
    this.#view = { ...this.#view, ...change };
    this.host.writeState(this.#view);
    this.requestUpdate();
  }

  #table(): ResultTable | null {
    return this.renderRoot.querySelector<ResultTable>('result-table');
  }

  #drawerElement(): CaseDrawer | null {
    return this.renderRoot.querySelector<CaseDrawer>('case-drawer');
  }
}
