import type * as vscode from 'vscode';
import type { AskedRun } from '../runs/runController.ts';
import { childrenOf, type TestTree } from './testTree.ts';

/** Chosen cases of one target by their dataset; `all` without a list of them. */
type Choice = 'all' | Map<string, Set<string>>;

/**
 * What a request of the Test Explorer asks to be run: the fewest runs that hold exactly the chosen cases.
 * Targets with the same choice share a run. Reads cases where something of a target is excluded.
 */
export async function requestsFor(
  tree: TestTree,
  { include, exclude }: Pick<vscode.TestRunRequest, 'include' | 'exclude'>,
  roots: Iterable<vscode.TestItem>,
): Promise<AskedRun[]> {
  const excluded = new Set(exclude ?? []);
  const choices = new Map<string, Map<string, Choice>>();
  for (const item of include ?? roots) await choose(tree, item, excluded, choices);
  return [...choices].flatMap(([suite, targets]) => requestsOf(tree, suite, targets));
}

async function choose(
  tree: TestTree,
  item: vscode.TestItem,
  excluded: ReadonlySet<vscode.TestItem>,
  choices: Map<string, Map<string, Choice>>,
): Promise<void> {
  const node = tree.nodes.get(item);
  if (!node || excluded.has(item)) return;
  if (node.kind === 'suite') {
    for (const target of childrenOf(item.children)) await choose(tree, target, excluded, choices);
    return;
  }
  const targets = choices.get(node.suite.name) ?? new Map<string, Choice>();
  choices.set(node.suite.name, targets);
  if (node.kind === 'target') {
    const isWhole = ![...excluded].some((other) => other.parent === item);
    if (isWhole) return void targets.set(node.target, 'all');
    await tree.resolve(item);
    for (const child of childrenOf(item.children)) await choose(tree, child, excluded, choices);
    return;
  }
  const choice = targets.get(node.target) ?? new Map<string, Set<string>>();
  if (choice === 'all') return;
  targets.set(node.target, choice);
  const ids = choice.get(node.dataset) ?? new Set();
  choice.set(node.dataset, ids.add(node.caseId));
}

function requestsOf(tree: TestTree, suite: string, targets: ReadonlyMap<string, Choice>): AskedRun[] {
  const all = tree.suites.find(({ name }) => name === suite)?.targets.length ?? 0;
  const groups = Map.groupBy(targets, ([, choice]) => signature(choice));
  return [...groups.values()].flatMap((members) => {
    const names = members.map(([name]) => name);
    const [, choice = 'all'] = members[0] ?? [];
    const only = names.length < all ? { targets: names } : {};
    if (choice === 'all') return [{ suite, overrides: only }];
    return [...choice].map(([dataset, ids]) => ({
      suite,
      overrides: { ...only, datasets: [dataset], filter: { names: [], tags: [], ids: [...ids].toSorted() } },
    }));
  });
}

function signature(choice: Choice): string {
  if (choice === 'all') return choice;
  return JSON.stringify([...choice].map(([dataset, ids]) => [dataset, [...ids].toSorted()]).toSorted());
}
