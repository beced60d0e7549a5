import path from 'node:path';
import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { Suite, SuiteCase } from '../../protocol/workspaceCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { isFileAt } from '../files/samePath.ts';
import { LastResults } from './lastResults.ts';
import { itemId, TestNodes } from './testNode.ts';

/** Cases of one call: small enough that the window stays responsive between two of them. */
const PAGE = 1_000;

const PROBLEM_ID = 'problem';

/** The items of the Test Explorer: suites, their targets, and below each the cases, which are read when needed. */
export class TestTree {
  readonly nodes = new TestNodes();
  readonly results = new LastResults();
  readonly #controller: vscode.TestController;
  readonly #engine: EngineClient;
  /** Targets whose cases are there, or on their way. */
  readonly #resolved = new Map<vscode.TestItem, Promise<void>>();
  #root = '';
  #discovering: Promise<void> | undefined;

  constructor(controller: vscode.TestController, engine: EngineClient) {
    this.#controller = controller;
    this.#engine = engine;
  }

  /** Whether the workspace has been looked at. */
  get isDiscovered(): boolean {
    return this.#discovering !== undefined;
  }

  /** Suites and targets; reads the workspace once. */
  discover(): Promise<void> {
    this.#discovering ??= this.#readSuites().catch((error: unknown) => {
      this.#discovering = undefined;
      throw error;
    });
    return this.#discovering;
  }

  /** Reads the workspace anew, and the cases of targets that were read before. What is unchanged stays. */
  async refresh(): Promise<void> {
    await this.#discovering?.catch(() => undefined);
    this.#discovering = undefined;
    await this.discover();
    await Promise.all([...this.#resolved.keys()].map((target) => this.#readAgain(target)));
  }

  /** What the editor asks for when a person opens an item; undefined stands for the whole tree. */
  async resolve(item: vscode.TestItem | undefined): Promise<void> {
    if (!item) return this.discover();
    if (this.nodes.get(item)?.kind === 'target') await this.#cases(item);
  }

  /** The cases of a suite's targets; all of them where none is named. */
  async resolveSuite(suite: string, targets?: readonly string[]): Promise<void> {
    await this.discover();
    await Promise.all(this.targetItems(suite, targets).map((target) => this.#cases(target)));
  }

  /** The cases of every suite that runs over the file, so that its lines show what can be run. */
  async resolveFile(uri: vscode.Uri): Promise<void> {
    await this.discover();
    for (const item of this.#suiteItems()) {
      const node = this.nodes.get(item);
      if (node?.kind !== 'suite') continue;
      const isIn = node.suite.datasets.some((dataset) => isFileAt(this.#root, dataset, uri.fsPath));
      if (isIn) await this.resolveSuite(node.suite.name);
    }
  }

  get suites(): readonly Suite[] {
    return this.#suiteItems().flatMap((item) => {
      const node = this.nodes.get(item);
      return node?.kind === 'suite' ? [node.suite] : [];
    });
  }

  suiteItem(suite: string): vscode.TestItem | undefined {
    return this.#controller.items.get(itemId.suite(suite));
  }

  targetItems(suite: string, targets?: readonly string[]): vscode.TestItem[] {
    const items = childrenOf(this.suiteItem(suite)?.children);
    return targets ? items.filter((item) => targets.some((name) => item.id === itemId.target(name))) : items;
  }

  caseItem(suite: string, target: string, dataset: string, caseId: string): vscode.TestItem | undefined {
    const parent = this.suiteItem(suite)?.children.get(itemId.target(target));
    return parent?.children.get(itemId.case(dataset, caseId));
  }

  /** A file of the workspace. */
  uriOf(file: string): vscode.Uri {
    return vscode.Uri.file(path.resolve(this.#root, file));
  }

  async #readSuites(): Promise<void> {
    const { root, suites, problems, configPath } = await this.#engine.call('workspace/list', {});
    this.#root = root;
    const problem = problems.find(({ severity }) => severity === 'error');
    const broken = suites.length === 0 ? problem : undefined;
    // While the configuration cannot be read, the suites stay as they were last.
    const items = broken
      ? [...this.#suiteItems().filter(({ id }) => id !== PROBLEM_ID), this.#problem(configPath, broken)]
      : suites.map((suite) => this.#suite(suite));
    this.#controller.items.replace(items);
    const there = new Set(items.flatMap((item) => childrenOf(item.children)));
    for (const target of [...this.#resolved.keys()]) if (!there.has(target)) this.#resolved.delete(target);
  }

  #suite(suite: Suite): vscode.TestItem {
    const id = itemId.suite(suite.name);
    const item =
      this.#controller.items.get(id) ??
      this.#controller.createTestItem(id, suite.name, this.uriOf(suite.location.path));
    // Whatever reads items aloud reads their description in place of their label, so that they have none.
    item.label = suite.name;
    item.range = lineAt(suite.location.line);
    this.nodes.set(item, { kind: 'suite', suite });
    item.children.replace(suite.targets.map((target, index) => this.#target(item, suite, target, index)));
    return item;
  }

  #target(
    parent: vscode.TestItem,
    suite: Suite,
    { name, calls, location }: Suite['targets'][number],
    index: number,
  ): vscode.TestItem {
    const id = itemId.target(name);
    const item =
      parent.children.get(id) ?? this.#controller.createTestItem(id, name, this.uriOf(location.path));
    item.label = `${name} · ${calls}`;
    item.sortText = String(index).padStart(4, '0');
    item.range = lineAt(location.line);
    item.canResolveChildren = true;
    this.nodes.set(item, { kind: 'target', suite, target: name });
    return item;
  }

  #problem(
    configPath: string | null,
    { message, location }: { message: string; location: { path: string; line: number } },
  ): vscode.TestItem {
    const uri = this.uriOf(location.path);
    const item = this.#controller.createTestItem(PROBLEM_ID, configPath ?? location.path, uri);
    item.range = lineAt(location.line);
    item.error = message;
    return item;
  }

  #suiteItems(): vscode.TestItem[] {
    return childrenOf(this.#controller.items);
  }

  #cases(target: vscode.TestItem): Promise<void> {
    const known = this.#resolved.get(target);
    if (known && target.error === undefined) return known;
    const reading = this.#readCases(target);
    this.#resolved.set(target, reading);
    return reading;
  }

  async #readAgain(target: vscode.TestItem): Promise<void> {
    await this.#resolved.get(target);
    const reading = this.#readCases(target);
    this.#resolved.set(target, reading);
    await reading;
  }

  /** Never rejects: what is wrong is shown at the target. */
  async #readCases(target: vscode.TestItem): Promise<void> {
    const node = this.nodes.get(target);
    if (node?.kind !== 'target') return;
    target.busy = true;
    target.error = undefined;
    const there = new Set<string>();
    try {
      for (const [order, dataset] of node.suite.datasets.entries()) {
        for (let offset = 0; ; offset += PAGE) {
          const wanted = { suite: node.suite.name, dataset, offset, limit: PAGE };
          const { total, cases } = await this.#engine.call('suite/cases', wanted);
          for (const entry of cases) there.add(this.#case(target, node, dataset, order, entry).id);
          if (offset + PAGE >= total) break;
        }
      }
      for (const child of childrenOf(target.children))
        if (!there.has(child.id)) target.children.delete(child.id);
    } catch (error) {
      target.error = messageOf(error);
    } finally {
      target.busy = false;
    }
  }

  /** One that is there already keeps its state: only what changed is told to the editor. */
  #case(
    parent: vscode.TestItem,
    { suite, target }: { suite: Suite; target: string },
    dataset: string,
    order: number,
    { id: caseId, index, location, description, tags }: SuiteCase,
  ): vscode.TestItem {
    const id = itemId.case(dataset, caseId);
    const known = parent.children.get(id);
    const item = known ?? this.#controller.createTestItem(id, caseId, this.uriOf(location.path));
    const at = lineAt(location.line);
    if (!item.range?.isEqual(at)) item.range = at;
    const label = description === undefined ? caseId : `${caseId} · ${description}`;
    if (item.label !== label) item.label = label;
    const sortText = `${order}:${String(index).padStart(8, '0')}`;
    if (item.sortText !== sortText) item.sortText = sortText;
    if (item.tags.map((tag) => tag.id).join('\n') !== tags.join('\n'))
      item.tags = tags.map((tag) => new vscode.TestTag(tag));
    this.nodes.set(item, { kind: 'case', suite, target, dataset, caseId, caseIndex: index });
    if (!known) parent.children.add(item);
    return item;
  }
}

export function childrenOf(collection: vscode.TestItemCollection | undefined): vscode.TestItem[] {
  return collection ? Array.from(collection, ([, item]) => item) : [];
}

function lineAt(line: number): vscode.Range {
  return new vscode.Range(line - 1, 0, line - 1, 0);
}

function messageOf(error: unknown): string {
  if (error instanceof CallFailure && error.failure.kind === 'user') {
    const { message, remedy } = error.failure;
    return remedy ? `${message}. ${remedy}` : message;
  }
  return error instanceof Error ? error.message : String(error);
}
