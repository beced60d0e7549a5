import * as vscode from 'vscode';
import type { TraceChanges } from '../../protocol/traceCalls.ts';
import {
  type FromTracePage,
  fromTracePage,
  type ToTracePage,
  type TraceAction,
  traceActions,
} from '../../webview/trace/traceMessages.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { lineText } from '../output/plainText.ts';
import { webviewPage } from '../webviewPage.ts';
import type { TraceArgument } from './traceArgument.ts';
import type { TraceFeed } from './traceFeed.ts';

export interface TracePanelOptions {
  engine: EngineClient;
  output: Output;
  feed: TraceFeed;
  /** Folder of the page's bundle; nothing else can be loaded in the panel. */
  bundle: vscode.Uri;
  act(action: TraceAction, trace: TraceArgument): Promise<void>;
}

/** Lines that are sent at once. */
const BATCH = 1_000;
/** A trace that grows is shown anew this often, in milliseconds. */
const RELOAD_MS = 1_000;

/** One panel with one trace at a time. The page asks, this side answers; both check what arrives. */
export class TracePanel {
  readonly panel: vscode.WebviewPanel;
  readonly #options: TracePanelOptions;
  readonly #subscriptions: vscode.Disposable[];
  #shown: TraceArgument;
  /** Of the trace as it is sent. */
  #version = 0;
  #ready = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(panel: vscode.WebviewPanel, shown: TraceArgument, options: TracePanelOptions) {
    this.panel = panel;
    this.#shown = shown;
    this.#options = options;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [options.bundle] };
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      options.feed.look(),
      options.feed.onDidChange((changes) => this.#hear(changes)),
    ];
    panel.onDidDispose(() => this.#close());
    webview.html = webviewPage(webview, options.bundle, { script: 'trace.js', element: 'touchstone-trace' });
  }

  get traceId(): string {
    return this.#shown.traceId;
  }

  /** Another trace, or another span of the same one. */
  async show(wanted: TraceArgument, preserveFocus: boolean): Promise<void> {
    const same = wanted.traceId === this.#shown.traceId;
    this.#shown = wanted;
    this.panel.reveal(undefined, preserveFocus);
    if (!this.#ready) return;
    if (!same) await this.#load();
    this.#reveal();
  }

  #hear({ traces, more }: TraceChanges): void {
    if (!this.#ready || (!more && !traces.some(({ traceId }) => traceId === this.traceId))) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#load().catch((error: unknown) =>
        this.#options.output.log('debug', `could not reload a trace: ${String(error)}`),
      );
    }, RELOAD_MS);
  }

  #receive(raw: unknown): void {
    const read = fromTracePage.safeParse(raw);
    if (!read.success) {
      this.#options.output.log('warn', `invalid message from the trace page: ${read.error.message}`);
      return;
    }
    this.#handle(read.data).catch((error: unknown) => this.#options.output.showError(error));
  }

  async #handle(message: FromTracePage): Promise<void> {
    const { traceId } = this;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#send({ type: 'actions', available: [...traceActions] });
        await this.#load();
        this.#reveal();
        return;
      case 'load-span':
        return this.#loadSpan(message.spanId);
      case 'action': {
        const { action, spanId } = message;
        return this.#options.act(action, { traceId, ...(spanId === null ? {} : { spanId }) });
      }
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
    }
  }

  #reveal(): void {
    const { spanId } = this.#shown;
    if (spanId !== undefined) this.#send({ type: 'reveal', spanId });
  }

  /** The whole trace in batches; a later load ends an earlier one. */
  async #load(): Promise<void> {
    this.#version += 1;
    const [version, { traceId }] = [this.#version, this.#shown];
    for (let offset = 0, total = 1; offset < total; offset += BATCH) {
      const { head, rows } = await this.#options.engine.call('traces/rows', {
        traceId,
        offset,
        limit: BATCH,
      });
      if (version !== this.#version || this.#closed) return;
      if (!head) {
        const message = vscode.l10n.t('Nothing is stored of this trace.');
        this.#send({ type: 'missing', traceId, message });
        return;
      }
      if (offset === 0) {
        this.panel.title = lineText(head.title) || traceId.slice(0, 8);
        this.#send({ type: 'trace', version, head });
      }
      this.#send({ type: 'rows', version, offset, rows });
      total = head.rows;
    }
  }

  async #loadSpan(spanId: string): Promise<void> {
    const { traceId } = this;
    const { detail } = await this.#options.engine.call('traces/span', { traceId, spanId });
    if (detail) this.#send({ type: 'span', detail });
    else {
      const message = vscode.l10n.t('Nothing is stored of this span.');
      this.#send({ type: 'span-missing', spanId, message });
    }
  }

  #send(message: ToTracePage): void {
    // A panel that was closed meanwhile takes nothing; that is no fault.
    void this.panel.webview.postMessage(message).then(undefined, () => {});
  }

  #close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
