import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import { setContext } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';

type Listed = EngineCalls['workspace/list']['result'];

/** What the workspace holds. While its configuration is broken, the suites are those that it had last. */
export interface Listing extends Listed {
  /** What keeps the configuration from being read. */
  broken: Listed['problems'][number] | undefined;
}

/** Files change in bursts; they are looked at this much later, in milliseconds. */
const SETTLE_MS = 300;

/** Files that suites are made of. */
const WATCHED = '**/*.{yaml,yml,json,jsonl,prompty,prompt,md,txt,hbs,j2,jinja,jinja2}';

/** What the workspace holds, asked of the engine when somebody wants to know, and anew after a change. */
export class WorkspaceListing implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listed = new vscode.EventEmitter<Listing>();
  readonly #subscriptions: vscode.Disposable[];
  #known: Promise<Listing> | undefined;
  /** The last one whose configuration could be read. */
  #good: Listing | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** What was known may be wrong now. Only told when somebody asked before. */
  readonly onDidChange = this.#changed.event;
  /** Every listing that the engine gives. */
  readonly onDidList = this.#listed.event;

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
    const asked = this.#ask();
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
    this.#listed.dispose();
  }

  async #ask(): Promise<Listing> {
    const listed = await this.#engine.call('workspace/list', {});
    const error = listed.problems.find(({ severity }) => severity === 'error');
    const broken = listed.suites.length === 0 ? error : undefined;
    const listing = broken ? { ...withLast(listed, this.#good), broken } : { ...listed, broken };
    if (!broken) this.#good = listing;
    this.#listed.fire(listing);
    void setContext('touchstone.listed', true);
    return listing;
  }

  #touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), SETTLE_MS);
  }
}

/** With the suites of the last good listing, and the files that only they name. */
function withLast(listed: Listed, good: Listing | undefined): Listed {
  if (!good || good.root !== listed.root) return listed;
  const { suites } = good;
  const named = new Set(suites.flatMap(({ datasets }) => datasets));
  const datasets = [...new Set([...listed.datasets, ...good.datasets.filter((path) => named.has(path))])];
  const there = new Set(listed.prompts.map(({ path }) => path));
  const used = new Set(suites.flatMap(({ targets }) => targets.map(({ prompt }) => prompt)));
  const prompts = [
    ...listed.prompts,
    ...good.prompts.filter(({ path }) => !there.has(path) && used.has(path)),
  ];
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  return { ...listed, suites, datasets: datasets.sort(), prompts: prompts.sort(byPath) };
}
