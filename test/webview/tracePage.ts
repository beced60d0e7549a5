import type { Browser, Page } from 'playwright-core';
import type { LogRecord, SpanRecord } from '../../src/engine/model/span.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { TraceReader } from '../../src/engine/traces/traceReader.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { traceJobs } from '../../src/engineProcess/traceJobs.ts';
import { panelPage } from '../../src/webview/report/panelPage.ts';
import { type FromTracePage, fromTracePage, traceActions } from '../../src/webview/trace/traceMessages.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { noteComplaints, sendMessages } from './pageMessages.ts';
import { hostScript } from './panel.ts';
import type { ReportBundle } from './reportBundle.ts';
import { DARK, type Theme } from './themes.ts';

const ORIGIN = 'https://panel.example';
/** As the panel sends them. */
const BATCH = 1_000;

export interface TracePageOptions {
  width?: number;
  height?: number;
  theme?: Theme;
}

/** The trace page as a panel holds it, with a host that answers from a store of traces. Everything that it sends is checked. */
export class TracePage {
  readonly page: Page;
  readonly received: FromTracePage[] = [];
  /** Whatever the browser complained about. */
  readonly complaints: string[] = [];
  readonly #reader: TraceReader;
  readonly #store: TraceStore;
  #traceId = '';
  #version = 0;

  private constructor(page: Page) {
    this.page = page;
    const folder = temporaryFolder();
    this.#store = new TraceStore(traceStorePath(folder));
    const price = ({ tokens }: { tokens: { input: number | null } | null }) =>
      tokens?.input == null ? null : tokens.input / 1e6;
    this.#reader = new TraceReader({ traces: traceStorePath(folder), runs: storePath(folder) }, price);
  }

  static async open(
    browser: Browser,
    bundle: ReportBundle,
    { width = 1280, height = 800, theme = DARK }: TracePageOptions = {},
  ): Promise<TracePage> {
    const opened = new TracePage(await browser.newPage({ viewport: { width, height } }));
    await opened.#prepare(bundle, theme);
    return opened;
  }

  /** Shows the trace of these spans; shown again, more of it has come. */
  async show(spans: readonly SpanRecord[], logs: readonly LogRecord[] = []): Promise<void> {
    this.#store.append(spans, logs);
    while (this.#store.sumUp().length > 0);
    this.#traceId = spans[0]?.traceId ?? '';
    this.#version += 1;
    const messages: unknown[] = [{ type: 'actions', available: [...traceActions] }];
    for (let offset = 0, total = 1; offset < total; offset += BATCH) {
      const asked = { traceId: this.#traceId, offset, limit: BATCH };
      const { head, rows } = traceJobs['traces/rows'](this.#reader, asked);
      if (offset === 0) messages.push({ type: 'trace', version: this.#version, head });
      messages.push({ type: 'rows', version: this.#version, offset, rows });
      total = head?.rows ?? 0;
    }
    await this.send(...messages);
  }

  async send(...messages: unknown[]): Promise<void> {
    await sendMessages(this.page, messages);
  }

  async close(): Promise<void> {
    await this.page.close();
    this.#reader.close();
    this.#store.close();
  }

  async #prepare(bundle: ReportBundle, theme: Theme): Promise<void> {
    const { page } = this;
    noteComplaints(page, this.complaints);
    const files: { [path: string]: { contentType: string; body: string } } = {
      '/': {
        contentType: 'text/html',
        body: panelPage(
          { script: `${ORIGIN}/trace.js`, style: `${ORIGIN}/report.css`, source: ORIGIN, nonce: 'fresh' },
          'touchstone-trace',
        ),
      },
      '/trace.js': { contentType: 'text/javascript', body: bundle.traceScript },
      '/report.css': { contentType: 'text/css', body: bundle.style },
    };
    await page.route('**', (route) => {
      const { pathname, origin } = new URL(route.request().url());
      const file = origin === ORIGIN ? files[pathname] : undefined;
      if (file) return route.fulfill(file);
      if (pathname !== '/favicon.ico') this.complaints.push(`request: ${route.request().url()}`);
      return route.abort();
    });
    const ready = Promise.withResolvers<void>();
    await page.exposeFunction('toHost', (data: unknown) => {
      const message = fromTracePage.parse(data);
      this.received.push(message);
      if (message.type === 'ready') ready.resolve();
      if (message.type === 'load-span') this.#answer(message.spanId);
    });
    await page.exposeFunction('keepState', () => {});
    await page.addInitScript(hostScript, { theme, state: null });
    await page.goto(`${ORIGIN}/`);
    await ready.promise;
  }

  #answer(spanId: string): void {
    const { detail } = traceJobs['traces/span'](this.#reader, { traceId: this.#traceId, spanId });
    // A span on its way when the page is closed is nobody's.
    this.send({ type: 'span', detail }).catch(() => {});
  }
}
