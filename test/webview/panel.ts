import type { Browser, Page } from 'playwright-core';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import {
  type FromPage,
  fromPage,
  type OutputLabel,
  type ReportAction,
  type ToPage,
} from '../../src/webview/report/messages.ts';
import { panelPage } from '../../src/webview/report/panelPage.ts';
import { noteComplaints, sendMessages } from './pageMessages.ts';
import type { ReportBundle } from './reportBundle.ts';
import { caseMessage, rowsMessages, runMessage } from './reportMessages.ts';
import { DARK, type Theme } from './themes.ts';

const ORIGIN = 'https://panel.example';

export interface PanelOptions {
  width?: number;
  height?: number;
  theme?: Theme;
  actions?: ReportAction[];
  /** What was said of every output so far; absent where outputs cannot be labelled. */
  label?: OutputLabel | null;
  /** What the panel kept when it was closed before. */
  state?: unknown;
}

/**
 * The report's page as a panel holds it: the same HTML and content security policy, and on the other side of
 * `acquireVsCodeApi` a host that answers from a report in memory. Everything that the page sends is checked.
 */
export class Panel {
  readonly page: Page;
  readonly received: FromPage[] = [];
  /** Whatever the browser complained about: scripts refused, errors, requests to elsewhere. */
  readonly complaints: string[] = [];
  state: unknown;
  #report: RunReport | null = null;
  #label: OutputLabel | null | undefined;

  constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, bundle: ReportBundle, options: PanelOptions = {}): Promise<Panel> {
    const { width = 1280, height = 900, theme = DARK, actions = [] } = options;
    const panel = new Panel(await browser.newPage({ viewport: { width, height } }));
    panel.#label = options.label;
    await panel.#prepare(bundle, theme, options.state);
    const ready = panel.#until((message) => message.type === 'ready');
    await panel.page.goto(`${ORIGIN}/`);
    await ready;
    await panel.send({ type: 'actions', available: actions });
    return panel;
  }

  /** Sends the whole of a report; its cases are answered from it when they are asked for. */
  async show(report: RunReport): Promise<void> {
    this.#report = report;
    await this.send(runMessage(report), ...rowsMessages(report));
  }

  /** Sends messages one after the other, and waits until the page has drawn what they changed. */
  async send(...messages: unknown[]): Promise<void> {
    await sendMessages(this.page, messages);
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async #prepare(bundle: ReportBundle, theme: Theme, state: unknown): Promise<void> {
    const { page } = this;
    this.state = state;
    noteComplaints(page, this.complaints);
    await page.route('**', (route) => {
      const { pathname, origin } = new URL(route.request().url());
      const assets = {
        script: `${ORIGIN}/report.js`,
        style: `${ORIGIN}/report.css`,
        source: ORIGIN,
        nonce: 'fresh',
      };
      const html = panelPage(assets, 'touchstone-report');
      if (origin === ORIGIN && pathname === '/')
        return route.fulfill({ contentType: 'text/html', body: html });
      if (origin === ORIGIN && pathname === '/report.js') {
        return route.fulfill({ contentType: 'text/javascript', body: bundle.script });
      }
      if (origin === ORIGIN && pathname === '/report.css') {
        return route.fulfill({ contentType: 'text/css', body: bundle.style });
      }
      if (pathname !== '/favicon.ico') this.complaints.push(`request: ${route.request().url()}`);
      return route.abort();
    });
    await page.exposeFunction('toHost', (data: unknown) => this.#receive(fromPage.parse(data)));
    await page.exposeFunction('keepState', (kept: unknown) => {
      this.state = kept;
    });
    await page.addInitScript(hostScript, { theme, state: state ?? null });
  }

  #waiting: { test: (message: FromPage) => boolean; done: () => void }[] = [];

  #until(test: (message: FromPage) => boolean): Promise<void> {
    return new Promise((done) => this.#waiting.push({ test, done }));
  }

  #receive(message: FromPage): void {
    this.received.push(message);
    if (message.type === 'label') this.#label = message.label;
    if ((message.type === 'load-case' || message.type === 'label') && this.#report) {
      const found: ToPage = caseMessage(this.#report, message.key);
      const labelled = found.type === 'case' && this.#label !== undefined;
      const answer: ToPage = labelled ? { ...found, label: this.#label ?? null } : found;
      // A result on its way when the page is closed is nobody's.
      this.send(answer).catch(() => {});
    }
    for (const { test, done } of this.#waiting) if (test(message)) done();
  }
}

/** Runs in the page before anything else: VS Code's side of a panel. */
export function hostScript({ theme, state }: { theme: Theme; state: unknown }): void {
  const host = globalThis as unknown as {
    toHost: (message: unknown) => void;
    keepState: (state: unknown) => void;
    acquireVsCodeApi: unknown;
  };
  let kept = state;
  host.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => host.toHost(message),
    getState: () => kept,
    setState: (next: unknown) => {
      kept = next;
      host.keepState(next);
    },
  });
  const dress = () => {
    for (const [name, value] of Object.entries(theme))
      document.documentElement.style.setProperty(name, value);
  };
  if (document.documentElement) dress();
  else document.addEventListener('readystatechange', dress, { once: true });
}
