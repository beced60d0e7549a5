import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { openBrowser } from '../../webview/browser.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { eventually } from './eventually.ts';
import { keepEvidence } from './evidence.ts';
import { installEditor } from './installEditor.ts';
import { type EditorServer, startServer } from './server.ts';
import { stageForProcess } from './stageExtension.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');

/** Tries of a second each until the extension is known. */
const START_TRIES = 40;

/** One try of something that is tried again, in milliseconds. */
const ATTEMPT = { timeout: 3_000 };

/** How often frames are looked through, and for how long, in milliseconds. */
const FRAME_LOOK_MS = 250;
const FRAME_LIMIT_MS = 30_000;
/** How long a notice is waited for, and after how long its list is looked at again, in milliseconds. */
const NOTICE_LIMIT_MS = 30_000;
const NOTICE_STEP_MS = 3_000;

/** A choice this far below the one with the focus is reached. */
const MOST_MOVES = 10;

export type Theme = 'Default Dark Modern' | 'Default Light Modern' | 'Default High Contrast';

export interface WorkbenchOptions {
  /** Folder whose copy is opened; default: the sample workspace. */
  folder?: string;
  /** Default true. */
  trusted?: boolean;
  theme?: Theme;
  /** The person's settings. */
  settings?: { [id: string]: unknown };
  /** In CSS pixels; default 1280 × 800. */
  viewport?: { width: number; height: number };
  /** Pixels of a picture for each of the viewport; default 1. */
  scale?: number;
  /** A packed extension to install, in place of the one that is built from the sources. */
  vsix?: string;
  /** For the extension host and with it the engine. */
  environment?: { [name: string]: string };
}

/** Why no workbench can be opened on this machine; undefined when one can. For `this.skip()` with a reason. */
export function whyNoWorkbench(): string | undefined {
  const editor = installEditor();
  return editor.installed ? undefined : editor.reason;
}

/** A real VS Code with this extension on a copy of a workspace, driven as a person would. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  /** Absolute path of the workspace's copy. */
  readonly folder: string;
  readonly #browser: Browser;
  readonly #server: EditorServer;

  private constructor(page: Page, folder: string, browser: Browser, server: EditorServer) {
    this.page = page;
    this.folder = folder;
    this.#browser = browser;
    this.#server = server;
  }

  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const editor = installEditor();
    if (!editor.installed) throw new Error(editor.reason);
    const extension = options.vsix === undefined ? stagedOnce() : undefined;
    const folder = copyWorkspace(options.folder ?? path.join(root, 'datasets'));
    const server = await startServer({
      main: editor.main,
      trusted: options.trusted ?? true,
      vsix: options.vsix,
      environment: options.environment ?? {},
      settings: { 'workbench.colorTheme': options.theme ?? 'Default Dark Modern', ...options.settings },
    });
    const browser = await openBrowser();
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      deviceScaleFactor: options.scale ?? 1,
    });
    const development =
      extension === undefined ? [] : [['extensionDevelopmentPath', server.remote(extension)] as const];
    await page.goto(server.address(folder, development));
    const workbench = new Workbench(page, folder, browser, server);
    await workbench.#ready();
    return workbench;
  }

  /** Another window on the same workspace, with an extension host of its own. It passes with the browser. */
  async openWindow(): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: this.page.viewportSize() });
    await page.goto(this.page.url());
    return page;
  }

  /** Types a command's title into the palette, as in `Touchstone: Choose Model…`, and runs it. */
  async runCommand(title: string): Promise<void> {
    await eventually(async () => {
      // A palette that is still open from another try would keep its list.
      await this.page.keyboard.press('Escape');
      await this.openPalette(`>${title}`);
      await this.accept(title);
    });
  }

  /**
   * Takes the choice with this text once it has the focus: a list moves while it fills. The focus may lie on another
   * one, such as a command used before; then the keys move it.
   */
  async accept(text: string | RegExp): Promise<void> {
    await this.choices.filter({ hasText: text }).first().waitFor(ATTEMPT);
    const wanted = this.quickInput.locator('.monaco-list-row.focused').filter({ hasText: text }).first();
    for (let left = MOST_MOVES; left > 0 && !(await wanted.isVisible()); left -= 1)
      await this.page.keyboard.press('ArrowDown');
    await wanted.waitFor(ATTEMPT);
    await this.page.keyboard.press('Enter');
  }

  /** Opens the palette on a text: `>` begins a command, anything else a file. */
  async openPalette(text: string): Promise<void> {
    const input = this.quickInput.locator('input').first();
    // An editor or panel that opens at the same time takes the focus, which closes the palette.
    await eventually(async () => {
      await this.page.keyboard.press('F1');
      await input.waitFor(ATTEMPT);
      await input.fill(text, ATTEMPT);
    });
  }

  /** Types into the palette until it offers this command, and leaves it open. */
  async offersCommand(typed: string, title: string): Promise<void> {
    // What takes the focus may also come after the text is typed: the list is gone then, and never fills.
    await eventually(async () => {
      await this.page.keyboard.press('Escape');
      await this.openPalette(`>${typed}`);
      await this.choices.filter({ hasText: title }).first().waitFor(ATTEMPT);
    });
  }

  async openFile(name: string): Promise<void> {
    await eventually(async () => {
      await this.openPalette(name);
      await this.accept(path.basename(name));
    });
    await this.page
      .locator('.tab', { hasText: path.basename(name) })
      .first()
      .waitFor();
  }

  /** The palette, and every list or input box that a command shows. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Rows of the list that is open. */
  get choices(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** Waits for a notification by a part of its text, in the list of them all: toasts pass too quickly. */
  async notification(text: string | RegExp): Promise<Locator> {
    const list = this.page.locator('.notifications-center.visible');
    const item = list.locator('.notification-list-item', { hasText: text }).first();
    const limit = Date.now() + NOTICE_LIMIT_MS;
    for (;;) {
      if (!(await list.isVisible())) {
        await this.page.locator('[id="status.notifications"]').click();
        // Where the pointer stays, the item's own hover would soon cover the buttons of the list.
        await this.page.mouse.move(0, 0);
      }
      // The list closes by itself while it is empty: a notice that comes then needs it opened again.
      const came = item.waitFor({ timeout: NOTICE_STEP_MS }).then(
        () => true,
        (error: unknown) => {
          if (Date.now() > limit) throw error;
          return false;
        },
      );
      if (await came) return item;
    }
  }

  /** The document of a webview, by a selector that only it has. Webviews are frames in frames. */
  async webview(selector: string, withinMs = FRAME_LIMIT_MS): Promise<Frame> {
    const limit = Date.now() + withinMs;
    for (;;) {
      for (const frame of this.page.frames())
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      // A frame's own document is written later than it is navigated to, which no event tells.
      await this.page.waitForEvent('framenavigated', { timeout: FRAME_LOOK_MS }).catch(() => {});
      if (Date.now() > limit) throw new Error(`no webview holds ${selector}`);
    }
  }

  /** Into screenshots/, which git ignores. */
  async screenshot(name: string): Promise<void> {
    const folder = path.join(root, 'screenshots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }

  /** The palette does not learn of commands while it is open, so it is opened until it knows them. */
  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
    for (let left = START_TRIES; ; left--) {
      await this.openPalette('>Touchstone: Show Output');
      const known = this.choices.filter({ hasText: 'Touchstone: Show Output' }).first();
      const found = await known.waitFor({ timeout: 1_000 }).then(
        () => true,
        () => false,
      );
      await this.page.keyboard.press('Escape');
      await this.quickInput.waitFor({ state: 'hidden' });
      if (found) return;
      if (left === 0) throw new Error('the editor does not know the commands of the extension');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await keepEvidence(this.page);
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A fresh copy without stored runs. */
export function copyWorkspace(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true, filter: (file) => path.basename(file) !== '.touchstone' });
  return copy;
}

let staged: string | undefined;

/** The extension is built once for all journeys of a run. */
function stagedOnce(): string {
  staged ??= stageForProcess();
  return staged;
}
