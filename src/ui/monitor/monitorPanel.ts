import * as vscode from 'vscode';
import {
  type ChartPoint,
  type FromMonitorPage,
  fromMonitorPage,
  type Look,
  type ToMonitorPage,
} from '../../webview/monitor/monitorMessages.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { reasonOf } from '../output/reasonOf.ts';
import type { TraceReceiver } from '../services/traceReceiver.ts';
import { webviewPage } from '../webviewPage.ts';
import { type Pace, paceOf, readBoard, readTraces } from './monitorBoard.ts';
import { receiverLook } from './receiverLook.ts';

export interface MonitorPanelOptions {
  engine: EngineClient;
  output: Output;
  receiver: TraceReceiver;
  /** Folder of the page's bundle; nothing else can be loaded in the panel. */
  bundle: vscode.Uri;
}

/** The panel with live metrics. It reads while it can be seen, and nothing while it cannot. */
export class MonitorPanel {
  readonly panel: vscode.WebviewPanel;
  readonly #options: MonitorPanelOptions;
  readonly #subscriptions: vscode.Disposable[];
  #look: Look | undefined;
  #pace: Pace = { newMs: 1_000, slideMs: null };
  /** Of the boards that are read; a later one ends an earlier one. */
  #version = 0;
  #readAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #isWatching = false;

  constructor(panel: vscode.WebviewPanel, options: MonitorPanelOptions) {
    this.panel = panel;
    this.#options = options;
    const { webview } = panel;
    const { engine, receiver } = options;
    webview.options = { enableScripts: true, localResourceRoots: [options.bundle] };
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      panel.onDidChangeViewState(() => this.#follow()),
      receiver.onDidChange(() => this.#sendReceiver()),
      engine.on('metrics/changed', () => this.#schedule(this.#pace.newMs)),
      // Another process knows nothing of who looks, and may have missed something.
      engine.onDidChangeState(({ state }) => {
        if (state !== 'ready' || !this.#isWatching) return;
        this.#watch(true);
        this.#schedule(0);
      }),
    ];
    panel.onDidDispose(() => this.#close());
    webview.html = webviewPage(webview, options.bundle, {
      script: 'monitor.js',
      element: 'touchstone-monitor',
    });
    this.#follow();
  }

  /** The page goes with its visibility, and begins anew with `ready` when it is seen again. */
  #follow(): void {
    const { visible } = this.panel;
    if (visible === this.#isWatching) return;
    this.#isWatching = visible;
    this.#watch(visible);
    if (!visible) this.#stop();
  }

  #watch(on: boolean): void {
    const { engine, output } = this.#options;
    // An engine that does not run watches nothing.
    if (!on && engine.state.state !== 'ready') return;
    engine
      .call('metrics/watch', { on })
      .catch((error: unknown) => output.log('debug', `could not watch metrics: ${String(error)}`));
  }

  #receive(raw: unknown): void {
    const read = fromMonitorPage.safeParse(raw);
    if (!read.success) {
      this.#options.output.log('warn', `invalid message from the monitor page: ${read.error.message}`);
      return;
    }
    this.#handle(read.data).catch((error: unknown) => this.#options.output.showError(error));
  }

  async #handle(message: FromMonitorPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#sendReceiver();
        return;
      case 'look':
        this.#look = message.look;
        return this.#read();
      case 'load-traces':
        return this.#loadTraces(message.point);
      case 'open-trace':
        await vscode.commands.executeCommand('touchstone.traces.open', { traceId: message.traceId });
        return;
      case 'add-to-dataset': {
        const traces = message.traceIds.map((traceId) => ({ traceId }));
        await vscode.commands.executeCommand('touchstone.traces.addToDataset', traces[0], traces);
        return;
      }
      case 'open-run':
        await vscode.commands.executeCommand('touchstone.openReport', { runId: message.runId });
        return;
      case 'start-receiving':
        await vscode.commands.executeCommand('touchstone.traces.start');
        return;
      case 'copy-endpoint':
        await vscode.commands.executeCommand('touchstone.traces.copyEndpoint');
        return;
    }
  }

  async #loadTraces(point: ChartPoint): Promise<void> {
    try {
      const { traces, more } = await readTraces(this.#options.engine, point);
      this.#send({ type: 'traces', point, traces, more });
    } catch (error) {
      this.#send({ type: 'traces-failed', point, message: reasonOf(error) });
    }
  }

  async #read(): Promise<void> {
    this.#stop();
    const look = this.#look;
    if (!look) return;
    this.#version += 1;
    const version = this.#version;
    this.#readAt = Date.now();

    try {
      const { engine } = this.#options;
      const [{ values }, board] = await Promise.all([
        engine.call('metrics/values', {}),
        readBoard(engine, look, Date.now()),
      ]);
      if (version !== this.#version) return;
      this.#pace = paceOf(board);
      this.#send({ type: 'values', values });
      this.#send({ type: 'board', board });
    } catch (error) {
      if (version !== this.#version) return;
      this.#send({ type: 'failed', message: reasonOf(error) });
    }
    if (this.#pace.slideMs !== null) this.#schedule(this.#pace.slideMs);
  }

  /** Reads anew once so much time has passed since the last board, unless that is meant to happen sooner. */
  #schedule(afterMs: number): void {
    if (!this.#isWatching) return;
    const dueMs = Math.max(Date.now(), this.#readAt + afterMs);
    if (this.#timer && this.#dueMs <= dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => void this.#read(), dueMs - Date.now());
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sendReceiver(): void {
    this.#send({ type: 'receiver', receiver: receiverLook(this.#options.receiver) });
  }

  #send(message: ToMonitorPage): void {
    // A panel that was closed meanwhile takes nothing; that is no fault.
    void this.panel.webview.postMessage(message).then(undefined, () => {});
  }

  #close(): void {
    this.#version += 1;
    this.#stop();
    if (this.#isWatching) this.#watch(false);
    this.#isWatching = false;
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
