import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { reportAppStyles } from '../report/reportAppStyles.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import type { PageHost } from '../shared/pageHost.ts';
import type { CaseTable } from './caseTable.ts';
import { comparisonAppStyles } from './comparisonAppStyles.ts';
import { ComparisonModel } from './comparisonModel.ts';
import { type CaseEntry, keyOf } from './entries.ts';
import type { CaseAction, FromPage, PageAction } from './messages.ts';
import type { PairDrawer } from './pairDrawer.ts';
import { selectCases } from './selectCases.ts';
import { type CaseFilter, type CaseOrder, FIRST_VIEW, readViewState, type ViewState } from './viewState.ts';

const PAGE_LABEL: { [action in PageAction]: string } = {
  cancel: 'Stop',
  again: 'Compare again',
  export: 'Export…',
};

/** The comparison's page: holds what the host sent and what the person set up, and gives each part its share. */
export class ComparisonApp extends LitElement {
  declare host: PageHost<FromPage, ViewState>;
  static override styles = [baseStyles, reportAppStyles, comparisonAppStyles];

  readonly #model = new ComparisonModel();
  #view: ViewState = FIRST_VIEW;
  #selected: { version: number; view: string; cases: readonly CaseEntry[] } | null = null;
  /** The case whose outputs were asked for last: they are not asked for again with every drawing. */
  #asked: CaseEntry | undefined;
  readonly #oneColumn = matchMedia('(max-width: 760px)');

  /** Begins to listen; called once, by whoever puts the element into its page. */
  start(host: PageHost<FromPage, ViewState>): void {
    this.host = host;
    this.#view = readViewState(host.readState());
    this.#oneColumn.addEventListener('change', () => this.requestUpdate());
    host.listen((message) => this.#receive(message));
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const model = this.#model;
    const open = this.#view.open === null ? undefined : model.find(this.#view.open);
    const covered = open !== undefined && this.#oneColumn.matches;
    const cases = this.#cases();
    return html`<main class=${open ? 'open' : ''}>
      <div class="page" ?inert=${covered}>
        ${this.#pageActions()}
        <verdict-head
          .head=${model.head}
          .stage=${model.stage}
          .files=${model.files}
          .canOpen=${model.pageActions.length > 0}
          @open-file=${(event: CustomEvent<string>) => this.host.send({ type: 'open-file', path: event.detail })}
        ></verdict-head>
        <difference-plots .cases=${model.cases} @open=${(event: CustomEvent<string>) => this.#reveal(event.detail)}>
        </difference-plots>
        <case-filters
          class="no-print"
          .filter=${this.#view.filter}
          .order=${this.#view.order}
          .tags=${tagsOf(model.cases)}
          .intended=${model.intended.size}
          .shown=${cases.length}
          .total=${model.cases.length}
          @filter=${(event: CustomEvent<CaseFilter>) => this.#change({ filter: event.detail })}
          @order=${(event: CustomEvent<CaseOrder>) => this.#change({ order: event.detail })}
        ></case-filters>
        <case-table
          .rows=${cases}
          .intended=${model.intended}
          .several=${new Set(model.cases.map(({ candidate }) => candidate.target)).size > 1}
          .openKey=${this.#view.open}
          @open=${this.#onOpen}
          @cursor=${this.#onCursor}
        >
          <span slot="empty">${this.#emptyText()}</span>
        </case-table>
      </div>
      ${open ? this.#drawer(open) : nothing}
    </main>`;
  }

  override updated(): void {
    const open = this.#view.open === null ? undefined : this.#model.find(this.#view.open);
    if (!open || this.#asked === open || this.#model.pairs.has(keyOf(open))) return;
    this.#asked = open;
    this.host.send({ type: 'load-pair', key: { case_id: open.case_id, target: open.candidate.target } });
  }

  #drawer(entry: CaseEntry): TemplateResult {
    const { caseActions, intended, pairs } = this.#model;
    const loaded = pairs.get(keyOf(entry));
    return html`<pair-drawer
      .entry=${entry}
      .loaded=${loaded}
      .actions=${loaded?.state === 'loaded' ? caseActions : []}
      .intended=${intended.get(entry.case_id)}
      @close=${this.#closeDrawer}
      @step=${this.#onStep}
      @action=${(event: CustomEvent<CaseAction>) => this.#act(entry, event.detail)}
    ></pair-drawer>`;
  }

  #pageActions(): TemplateResult | typeof nothing {
    const { stage, pageActions } = this.#model;
    const running = stage.stage === 'running' || stage.stage === 'waiting';
    const offered = pageActions.filter((action) => {
      if (action === 'cancel') return running;
      return action === 'export' ? stage.stage === 'finished' : !running;
    });
    if (offered.length === 0) return nothing;
    return html`<div class="actions no-print" role="group" aria-label="Comparison">
      ${offered.map(
        (action) =>
          html`<vscode-button secondary @click=${() => this.host.send({ type: 'page-action', action })}>
            ${PAGE_LABEL[action]}
          </vscode-button>`,
      )}
    </div>`;
  }

  #emptyText(): string {
    const { stage, cases } = this.#model;
    if (cases.length > 0) return 'No cases match the filters.';
    const isOver = stage.stage !== 'running' && stage.stage !== 'waiting';
    return isOver ? 'No cases were measured on both sides.' : 'Waiting for the first cases…';
  }

  /** Made again only when what they depend on has changed. */
  #cases(): readonly CaseEntry[] {
    const { version, cases, intended } = this.#model;
    const view = JSON.stringify([this.#view.filter, this.#view.order]);
    if (this.#selected?.version === version && this.#selected.view === view) return this.#selected.cases;
    const selected = selectCases(cases, this.#view.filter, this.#view.order, intended);
    this.#selected = { version, view, cases: selected };
    return selected;
  }

  #receive(data: unknown): void {
    try {
      const message = this.#model.receive(data);
      if (message.type === 'begin') this.#asked = undefined;
    } catch (error) {
      console.error('Ignored a message that is not part of the comparison protocol.', error);
    }
    this.requestUpdate();
  }

  #act({ case_id, candidate }: CaseEntry, action: CaseAction): void {
    this.host.send({ type: 'case-action', action, key: { case_id, target: candidate.target } });
  }

  async #reveal(key: string): Promise<void> {
    const shown = this.#cases().some((one) => keyOf(one) === key);
    // A filter that hides the case would make the click look ignored.
    this.#change({ open: key, ...(shown ? {} : { filter: { ...FIRST_VIEW.filter, change: 'all' } }) });
    await this.updateComplete;
    this.#table()?.moveTo(key);
  }

  async #onOpen(event: CustomEvent<{ key: string; keyboard: boolean }>): Promise<void> {
    this.#change({ open: event.detail.key });
    await this.updateComplete;
    if (!event.detail.keyboard && !this.#oneColumn.matches) return;
    const drawer = this.renderRoot.querySelector<PairDrawer>('pair-drawer');
    await drawer?.updateComplete;
    drawer?.focus();
  }

  /** With the drawer open it follows the cursor. */
  #onCursor(event: CustomEvent<string>): void {
    if (this.#view.open !== null) this.#change({ open: event.detail });
  }

  #onStep(event: CustomEvent<1 | -1>): void {
    const cases = this.#cases();
    const index = cases.findIndex((one) => keyOf(one) === this.#view.open);
    const next = cases[index + event.detail];
    if (!next) return;
    this.#change({ open: keyOf(next) });
    this.#table()?.moveTo(keyOf(next));
  }

  async #closeDrawer(): Promise<void> {
    const { open } = this.#view;
    this.#change({ open: null });
    await this.updateComplete;
    if (open !== null) this.#table()?.moveTo(open);
    this.#table()?.focus();
  }

  #change(change: Partial<ViewState>): void {
    this.#view = { ...this.#view, ...change };
    this.host.writeState(this.#view);
    this.requestUpdate();
  }

  #table(): CaseTable | null {
    return this.renderRoot.querySelector<CaseTable>('case-table');
  }
}

function tagsOf(cases: readonly CaseEntry[]): string[] {
  return [...new Set(cases.flatMap(({ tags }) => tags))].sort();
}
