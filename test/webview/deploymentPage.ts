import type { Browser, Page } from 'playwright-core';
import type { DeploymentEntry } from '../../src/protocol/deploymentEntries.ts';
import {
  type FromDeploymentPage,
  fromDeploymentPage,
} from '../../src/webview/deployment/deploymentMessages.ts';
import { panelPage } from '../../src/webview/report/panelPage.ts';
import { noteComplaints, sendMessages } from './pageMessages.ts';
import { hostScript } from './panel.ts';
import type { ReportBundle } from './reportBundle.ts';
import { DARK, type Theme } from './themes.ts';

const ORIGIN = 'https://panel.example';

export interface DeploymentPageOptions {
  width?: number;
  height?: number;
  theme?: Theme;
  /** What the panel kept when it was closed before. */
  state?: unknown;
}

/** The deployment page as a panel holds it. Everything that it sends is checked. */
export class DeploymentPage {
  readonly page: Page;
  readonly received: FromDeploymentPage[] = [];
  /** Whatever the browser complained about. */
  readonly complaints: string[] = [];
  state: unknown;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(
    browser: Browser,
    bundle: ReportBundle,
    options: DeploymentPageOptions = {},
  ): Promise<DeploymentPage> {
    const { width = 1280, height = 900 } = options;
    const page = await browser.newPage({ viewport: { width, height }, timezoneId: 'Europe/Berlin' });
    const opened = new DeploymentPage(page);
    await opened.#prepare(bundle, options);
    return opened;
  }

  show(entry: DeploymentEntry): Promise<void> {
    return this.send({ type: 'deployment', entry });
  }

  async send(...messages: unknown[]): Promise<void> {
    await sendMessages(this.page, messages);
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async #prepare(bundle: ReportBundle, { theme = DARK, state }: DeploymentPageOptions): Promise<void> {
    const { page } = this;
    noteComplaints(page, this.complaints);
    const assets = { script: `${ORIGIN}/deployment.js`, style: `${ORIGIN}/report.css` };
    const files: { [path: string]: { contentType: string; body: string } } = {
      '/': {
        contentType: 'text/html',
        body: panelPage({ ...assets, source: ORIGIN, nonce: 'fresh' }, 'touchstone-deployment'),
      },
      '/deployment.js': { contentType: 'text/javascript', body: bundle.deploymentScript },
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
      const message = fromDeploymentPage.parse(data);
      this.received.push(message);
      if (message.type === 'ready') ready.resolve();
    });
    await page.exposeFunction('keepState', (kept: unknown) => {
      this.state = kept;
    });
    await page.addInitScript(hostScript, { theme, state: state ?? null });
    await page.goto(`${ORIGIN}/`);
    await ready.promise;
  }
}
