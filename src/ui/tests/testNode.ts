import type * as vscode from 'vscode';
import type { Suite } from '../../protocol/workspaceCalls.ts';

/** What an item of the Test Explorer stands for. */
export type TestNode =
  | { kind: 'suite'; suite: Suite }
  | { kind: 'target'; suite: Suite; target: string }
  | { kind: 'case'; suite: Suite; target: string; dataset: string; caseId: string; caseIndex: number };

/** Which node an item stands for; items of others, e.g. that of a broken configuration, have none. */
export class TestNodes {
  readonly #nodes = new WeakMap<vscode.TestItem, TestNode>();

  get(item: vscode.TestItem): TestNode | undefined {
    return this.#nodes.get(item);
  }

  set(item: vscode.TestItem, node: TestNode): void {
    this.#nodes.set(item, node);
  }
}

/** Ids are unique among siblings. */
export const itemId = {
  suite: (name: string): string => `suite:${name}`,
  target: (name: string): string => `target:${name}`,
  case: (dataset: string, caseId: string): string => `${dataset}#${caseId}`,
};
