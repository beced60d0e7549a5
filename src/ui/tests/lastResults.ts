import type * as vscode from 'vscode';
import type { CaseInRun } from '../ids.ts';

/** The newest result of each case that the Test Explorer shows. */
export class LastResults {
  readonly #results = new WeakMap<vscode.TestItem, CaseInRun>();

  set(item: vscode.TestItem, result: CaseInRun): void {
    this.#results.set(item, result);
  }

  /** Of an item, or of a message as the menus of messages give it. */
  of(given: unknown): CaseInRun | undefined {
    if (typeof given !== 'object' || given === null) return undefined;
    const own = this.#results.get(given as vscode.TestItem);
    if (own || !('test' in given)) return own;
    return this.#results.get(given.test as vscode.TestItem);
  }
}
