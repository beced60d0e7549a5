import * as vscode from 'vscode';
import { setContext } from '../commands.ts';

/** What is used of the Git extension's programming interface, version 1. */
interface GitApi {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  readonly onDidCloseRepository: vscode.Event<Repository>;
}

interface Repository {
  readonly state: {
    readonly workingTreeChanges: readonly Change[];
    readonly indexChanges: readonly Change[];
    readonly untrackedChanges?: readonly Change[];
    readonly onDidChange: vscode.Event<void>;
  };
}

interface Change {
  readonly uri: vscode.Uri;
}

/** As in the `when` clauses of package.json. */
const PROMPT = /\.(prompty|prompt|prompt\.ya?ml)$/;

/** The prompts that differ from the last commit, as the Git extension sees them; it may be missing or turned off. */
export class ChangedPrompts implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[] = [];
  #git: GitApi | undefined;
  #disposed = false;

  /** Begins to watch as soon as the Git extension is there. */
  async watch(): Promise<void> {
    const extension = vscode.extensions.getExtension<{ enabled: boolean; getAPI(version: 1): GitApi }>(
      'vscode.git',
    );
    const git = await extension?.activate();
    if (!git?.enabled || this.#disposed) return;
    this.#git = git.getAPI(1);
    const { repositories, onDidOpenRepository, onDidCloseRepository } = this.#git;
    for (const repository of repositories) this.#follow(repository);
    this.#subscriptions.push(
      onDidOpenRepository((repository) => this.#follow(repository)),
      onDidCloseRepository(() => this.#tell()),
    );
    this.#tell();
  }

  /** Absolute paths. */
  get files(): string[] {
    const changes = (this.#git?.repositories ?? []).flatMap(({ state }) => [
      ...state.workingTreeChanges,
      ...state.indexChanges,
      ...(state.untrackedChanges ?? []),
    ]);
    const prompts = changes.map(({ uri }) => uri.fsPath).filter((file) => PROMPT.test(file));
    return [...new Set(prompts)].sort();
  }

  dispose(): void {
    this.#disposed = true;
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #follow({ state }: Repository): void {
    this.#subscriptions.push(state.onDidChange(() => this.#tell()));
  }

  #tell(): void {
    void setContext('touchstone.promptsChanged', this.files.length > 0);
  }
}

/** The title of the Source Control view hands over what it shows. */
export function isSourceControl(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'inputBox' in given && 'rootUri' in given;
}

/** Of several, the one that the person picks. */
export async function pickChanged(files: readonly string[]): Promise<string | undefined> {
  if (files.length < 2) return files[0];
  const items = files.map((file) => ({ label: vscode.workspace.asRelativePath(file), file }));
  const placeHolder = vscode.l10n.t('The changed prompt to compare');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.file;
}
