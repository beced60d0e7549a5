import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { EngineClient } from '../engine/engineClient.ts';

export type Listing = EngineCalls['workspace/list']['result'];

/** Files change in bursts; they are looked at this much later, in milliseconds. */
const SETTLE_MS = 300;

/** Files that suites are made of. */
const WATCHED = '**/*.{yaml,yml,json,jsonl,prompty,prompt,md,txt,hbs,j2,jinja,jinja2}';

/** What the workspace holds, asked of the engine when somebody wants to know, and anew after a change. */
export class WorkspaceListing implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #known: Promise<Listing> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** What was known may be wrong now. Only told when somebody asked before. */
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    const watcher = vscode.workspace.createFileSystemWatcher(WATCHED);
    const touched = ({ path }: vscode.Uri): void => {
      if (!/\/(node_modules|\.git|\.touchstone)\//.test(path)) this.#touch();
    };
    this.#subscriptions = [
      watcher,
      watcher.onDidChange(touched),
      watcher.onDidCreate(touched),
      watcher.onDidDelete(touched),
      // Another process may see another workspace: the setting of its configuration, or trust, has changed.
      engine.onDidChangeState(({ state }) => {
        if (state === 'starting') this.refresh();
      }),
    ];
  }

  /** Rejects with what keeps the engine from looking. */
  get(): Promise<Listing> {
    if (this.#known) return this.#known;
    const asked = this.#engine.call('workspace/list', {});
    this.#known = asked;
    asked.catch(() => {
      if (this.#known === asked) this.#known = undefined;
    });
    return asked;
  }

  refresh(): void {
    if (!this.#known) return;
    this.#known = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), SETTLE_MS);
  }
}
