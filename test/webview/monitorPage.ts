import type { Browser, Page } from 'playwright-core';
import type { TraceSummary } from '../../src/protocol/traceRow.ts';
import {
  type Board,
  type FromMonitorPage,
  fromMonitorPage,
  type ReceiverLook,
} from '../../src/webview/monitor/monitorMessages.ts';
import { panelPage } from '../../src/webview/report/panelPage.ts';
import { noteComplaints, sendMessages } from './pageMessages.ts';
import { hostScript } from './panel.ts';
import type { ReportBundle } from './reportBundle.ts';
import { DARK, type Theme } from './themes.ts';

const ORIGIN = 'https://panel.example';

export interface MonitorPageOptions {
  width?: number;
  height?: number;
  theme?: Theme;
  /** What the panel kept when it was closed before. */
  state?: unknown;
  /** Answers what lies behind a point. */
  traces?: TraceSummary[];
}

const RECEIVING: ReceiverLook = { state: 'receiving', text: 'Receiving traces on http://127.0.0.1:4318' };

/** The monitor page as a panel holds it. Everything that it sends is checked. */
export class MonitorPage {
  readonly page: Page;
  readonly received: FromMonitorPage[] = [];
  /** Whatever the browser complained about. */
  readonly complaints: string[] = [];
  state: unknown;
  readonly #traces: readonly TraceSummary[];

  private constructor(page: Page, traces: readonly TraceSummary[]) {
    this.page = page;
    this.#traces = traces;
  }

  static async open(
    browser: Browser,
    bundle: ReportBundle,
    options: MonitorPageOptions = {},
  ): Promise<MonitorPage> {
    const { width = 1280, height = 900 } = options;
    const page = await browser.newPage({ viewport: { width, height }, timezoneId: 'Europe/Berlin' });
    const opened = new MonitorPage(page, options.traces ?? []);
    await opened.#prepare(bundle, options);
    return opened;
  }

  async show(board: Board, receiver: ReceiverLook = RECEIVING): Promise<void> {
    const labels = board.measured.flatMap(({ series }) => series.flatMap(({ label }) => label ?? []));
    const values = { service: [...new Set(['support', ...labels])], model: ['gpt-5-mini', 'gpt-5-nano'] };
    await this.send({ type: 'receiver', receiver }, { type: 'values', values }, { type: 'board', board });
  }

  async send(...messages: unknown[]): Promise<void> {
    await sendMessages(this.page, messages);
  }

  /** The last message of a type that the page sent. */
  last<T extends FromMonitorPage['type']>(type: T): Extract<FromMonitorPage, { type: T }> | undefined {
    return this.received.findLast(
      (message): message is Extract<FromMonitorPage, { type: T }> => message.type === type,
    );
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async #prepare(bundle: ReportBundle, { theme = DARK, state }: MonitorPageOptions): Promise<void> {
    const { page } = this;
    noteComplaints(page, this.complaints);
    const assets = { script: `${ORIGIN}/monitor.js`, style: `${ORIGIN}/report.css` };
    const files: { [path: string]: { contentType: string; body: string } } = {
      '/': {
        contentType: 'text/html',
        body: panelPage({ ...assets, source: ORIGIN, nonce: 'fresh' }, 'touchstone-monitor'),
      },
      '/monitor.js': { contentType: 'text/javascript', body: bundle.monitorScript },
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
      const message = fromMonitorPage.parse(data);
      this.received.push(message);
      if (message.type === 'look') ready.resolve();
      if (message.type !== 'load-traces') return;
      // Traces on their way when the page is closed are nobody's.
      this.send({ type: 'traces', point: message.point, traces: this.#traces, more: false }).catch(() => {});
    });
    await page.exposeFunction('keepState', (kept: unknown) => {
      this.state = kept;
    });
    await page.addInitScript(hostScript, { theme, state: state ?? null });
    await page.goto(`${ORIGIN}/`);
    await ready.promise;
  }
}
