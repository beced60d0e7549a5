import * as vscode from 'vscode';
import type { RunHistory } from './runHistory.ts';
import type { Listing, WorkspaceListing } from './workspaceListing.ts';

/** Marks datasets and prompts whose last run did not meet its gate, wherever the editor lists files. */
export class FailingFiles implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #listing: WorkspaceListing;
  readonly #history: RunHistory;
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #subscriptions: vscode.Disposable[];
  /** File → the suite that it fails. */
  #failing = new Map<string, string>();
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(listing: WorkspaceListing, history: RunHistory) {
    this.#listing = listing;
    this.#history = history;
    this.#subscriptions = [
      history.onDidChange(({ kind }) => {
        if (kind !== 'progress') void this.#look().catch(() => {});
      }),
      vscode.window.registerFileDecorationProvider(this),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const suite = this.#failing.get(uri.toString());
    if (suite === undefined) return undefined;
    return {
      badge: '✗',
      tooltip: vscode.l10n.t('The last run of {0} did not pass', suite),
      color: new vscode.ThemeColor('testing.iconFailed'),
    };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async #look(): Promise<void> {
    if (this.#history.known.length === 0 && this.#failing.size === 0) return;
    const before = this.#failing;
    this.#failing = failingOf(await this.#listing.get(), this.#history);
    const touched = [...new Set([...before.keys(), ...this.#failing.keys()])].filter(
      (key) => before.get(key) !== this.#failing.get(key),
    );
    if (touched.length > 0) this.#changed.fire(touched.map((key) => vscode.Uri.parse(key)));
  }
}

function failingOf({ root, suites }: Listing, history: RunHistory): Map<string, string> {
  const failing = new Map<string, string>();
  for (const { name, datasets, targets } of suites) {
    for (const dataset of datasets) {
      const run = history.lastWhole(name, dataset);
      const verdict = run && history.verdictOf(run.id);
      if (!verdict || verdict.passed) continue;
      const prompts = targets.flatMap(({ prompt }) => (prompt === undefined ? [] : [prompt]));
      for (const path of [dataset, ...prompts])
        failing.set(vscode.Uri.joinPath(vscode.Uri.file(root), path).toString(), name);
    }
  }
  return failing;
}
