import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import { baseStyles } from '../shared/baseStyles.ts';
import type { PageHost } from '../shared/pageHost.ts';
import { visibleText } from '../shared/visibleText.ts';
import { deploymentAppStyles } from './deploymentAppStyles.ts';
import { deploymentHead } from './deploymentHead.ts';
import { type FromDeploymentPage, toDeploymentPage } from './deploymentMessages.ts';
import { type DeploymentViewState, readDeploymentViewState } from './deploymentViewState.ts';
import { gateList } from './gateList.ts';
import { journalList } from './journalList.ts';
import { sidesTable } from './sidesTable.ts';
import { stepLine } from './stepLine.ts';

type DeploymentHost = PageHost<FromDeploymentPage, DeploymentViewState>;

/** In milliseconds: what is left is shown in seconds. */
const TICK_MS = 1_000;

/** The deployment page: where it is, blue beside green, what the gate says, and what happened. */
export class DeploymentApp extends LitElement {
  declare host: DeploymentHost;
  static override styles = [baseStyles, deploymentAppStyles];

  #view: DeploymentViewState = readDeploymentViewState(undefined);
  #entry: DeploymentEntry | undefined;
  #isAbsent = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Begins to listen; called once, by whoever puts the element into its page. */
  start(host: DeploymentHost): void {
    this.host = host;
    this.#view = readDeploymentViewState(host.readState());
    host.listen((message) => this.#receive(message));
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const entry = this.#entry;
    if (!entry)
      return this.#isAbsent
        ? this.#absent()
        : html`<p class="waiting" role="status">Reading the deployment…</p>`;

    const { report } = entry;
    return html`<main class="page">
      ${deploymentHead(entry, Date.now(), (action) => this.host.send({ type: 'act', action }))}
      ${stepLine(entry, Date.now())}
      ${sidesTable(entry)}
      ${
        report === null
          ? html`<p class="dim">Nothing was measured yet: evidence is gathered once green gets traffic.</p>`
          : html`<div class="columns">
              ${gateList(report)}
              ${this.#failed(report.green.failedTraces, entry.green.name)}
            </div>`
      }
      ${journalList(entry.journal, this.#view.wholeJournal, () => this.#keep({ wholeJournal: !this.#view.wholeJournal }))}
    </main>`;
  }

  #absent(): TemplateResult {
    const { deployment } = this.#view;
    return html`<div class="empty" role="status">
      <p>
        Nothing is known of ${deployment === '' ? 'this deployment' : html`<strong>${visibleText(deployment)}</strong>`}. It
        has not begun, or the process that drives it is not running.
      </p>
      <vscode-button @click=${() => this.host.send({ type: 'act', action: 'start' })}>Deploy…</vscode-button>
    </div>`;
  }

  #failed(traces: readonly string[], name: string): TemplateResult | typeof nothing {
    if (traces.length === 0) return nothing;
    return html`<section aria-labelledby="failed">
      <h2 id="failed">Failed on ${visibleText(name)}</h2>
      <ul class="plain">
        ${traces.map(
          (traceId) =>
            html`<li>
              <button
                class="link mono"
                aria-label=${`Open trace ${traceId}`}
                @click=${() => this.host.send({ type: 'open-trace', traceId })}
              >
                ${traceId}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #receive(raw: unknown): void {
    const read = toDeploymentPage.safeParse(raw);
    if (!read.success) return;
    const message = read.data;
    this.#isAbsent = message.type === 'absent';
    this.#entry = message.type === 'deployment' ? message.entry : undefined;
    this.#keep({
      deployment: message.type === 'deployment' ? message.entry.deployment : message.deployment,
    });
    this.#count();
  }

  #keep(change: Partial<DeploymentViewState>): void {
    this.#view = { ...this.#view, ...change };
    this.host.writeState(this.#view);
    this.requestUpdate();
  }

  /** Only while something counts down. */
  #count(): void {
    clearInterval(this.#timer);
    const counts = this.#entry !== undefined && this.#entry.untilMs !== null;
    this.#timer = counts ? setInterval(() => this.requestUpdate(), TICK_MS) : undefined;
  }
}
