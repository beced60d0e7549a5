import * as vscode from 'vscode';
import { registerCommand, setContext } from '../commands.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { addToDataset } from './addToDataset.ts';
import { compareTraces, registerTraceComparisons } from './compareTraces.ts';
import { goToCode, goToPrompt } from './goToCode.ts';
import { openElsewhere } from './openElsewhere.ts';
import { pickTrace } from './pickTrace.ts';
import { readTraceArgument, readTraceArguments, type TraceArgument } from './traceArgument.ts';
import { traceColors } from './traceColors.ts';
import { TraceFeed } from './traceFeed.ts';
import { pickFilter, pickGroup, pickOrder, searchTraces } from './traceFilterPicker.ts';
import { registerTraceLinks } from './traceLinks.ts';
import { filterText, TraceLooks } from './traceLook.ts';
import type { TracePanels } from './tracePanels.ts';
import { type TraceNode, TracesView } from './tracesView.ts';
import { sayUnread } from './unreadTraces.ts';

/** As package.json has it among the activation events. */
const VIEW_TYPE = 'touchstone.trace';

export interface TracesOptions {
  engine: EngineClient;
  preview: EditPreview;
  settings: Settings;
  output: Output;
  memory: vscode.Memento;
  extensionUri: vscode.Uri;
  /** Somebody looks at the view, and expects traces to come. */
  onShown(): void;
}

export interface Traces extends vscode.Disposable {
  readonly view: TracesView;
  readonly looks: TraceLooks;
}

/** The Traces view, its panels, and the ways from ids and spans to code, prompts and other services. */
export function registerTraces(options: TracesOptions): Traces {
  const { engine, output, memory } = options;
  const looks = new TraceLooks(memory);
  const feed = new TraceFeed(engine, output);
  const view = new TracesView(engine, looks);
  const tree = vscode.window.createTreeView<TraceNode>('touchstone.traces', {
    treeDataProvider: guarded(view, output),
    showCollapseAll: true,
    canSelectMany: true,
  });

  let panels: Promise<TracePanels> | undefined;
  const opened = () => {
    panels ??= openPanels(options, { feed, tree, view, looks });
    return panels;
  };
  const subscriptions = vscode.Disposable.from(
    looks,
    feed,
    view,
    tree,
    lookWhileVisible(tree, view, feed),
    tree.onDidChangeVisibility(({ visible }) => {
      if (visible) options.onShown();
    }),
    sayFilter(tree, looks),
    sayUnread(tree, view),
    vscode.window.registerFileDecorationProvider(traceColors),
    registerTraceLinks(),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const shown = readTraceArgument(state);
        if (shown) (await opened()).adopt(panel, shown);
        else panel.dispose();
      },
    }),
    viewCommands({ engine, output, looks, view, tree }),
    traceCommands(options, opened, tree),
  );
  return { view, looks, dispose: () => subscriptions.dispose() };
}

/** What changes the view. */
function viewCommands({
  engine,
  output,
  looks,
  view,
  tree,
}: {
  engine: EngineClient;
  output: Output;
  looks: TraceLooks;
  view: TracesView;
  tree: vscode.TreeView<TraceNode>;
}): vscode.Disposable {
  const pause = (paused: boolean) => {
    view.paused = paused;
    void setContext('touchstone.tracesPaused', paused);
  };
  const pin = (given: unknown, selected: unknown, on: boolean) =>
    looks.pin(
      readTraceArguments(given ?? tree.selection[0], selected).map(({ traceId }) => traceId),
      on,
    );
  return vscode.Disposable.from(
    registerCommand('touchstone.traces.filter', () => pickFilter(looks, engine), output),
    registerCommand('touchstone.traces.search', () => searchTraces(looks), output),
    registerCommand('touchstone.traces.clearFilter', () => looks.change({ filter: {} }), output),
    registerCommand('touchstone.traces.sort', () => pickOrder(looks), output),
    registerCommand('touchstone.traces.group', () => pickGroup(looks), output),
    registerCommand('touchstone.traces.pause', () => pause(true), output),
    registerCommand('touchstone.traces.resume', () => pause(false), output),
    registerCommand('touchstone.traces.pin', (given, selected) => pin(given, selected, true), output),
    registerCommand('touchstone.traces.unpin', (given, selected) => pin(given, selected, false), output),
    registerCommand('touchstone.traces.refresh', () => view.reload(), output),
    registerCommand(
      'touchstone.traces.more',
      async () => {
        const node = tree.selection.find(({ kind }) => kind === 'more');
        if (node?.kind === 'more') await view.more(node);
      },
      output,
    ),
  );
}

/** What is done with a trace or a span. */
function traceCommands(
  { engine, settings, output, preview }: TracesOptions,
  opened: () => Promise<TracePanels>,
  tree: vscode.TreeView<TraceNode>,
): vscode.Disposable {
  const chosen = async (given: unknown): Promise<TraceArgument | undefined> => {
    const known = readTraceArgument(given) ?? readTraceArgument(tree.selection[0]);
    if (known) return known;
    const traceId = await pickTrace(engine, vscode.l10n.t('Which trace?'));
    return traceId === undefined ? undefined : { traceId };
  };
  const withTrace = (work: (trace: TraceArgument) => Promise<void>) => async (given: unknown) => {
    const trace = await chosen(given);
    if (trace) await work(trace);
  };

  /** What is clicked with all that is selected, else what is selected, else what the person picks. */
  const several = async (given: unknown, selected: unknown): Promise<TraceArgument[]> => {
    const all = readTraceArguments(
      given ?? tree.selection[0],
      given === undefined ? tree.selection : selected,
    );
    if (all.length > 0) return all;
    const one = await chosen(given);
    return one ? [one] : [];
  };

  return vscode.Disposable.from(
    registerTraceComparisons(engine),
    registerCommand(
      'touchstone.traces.addToDataset',
      async (given, selected) => {
        const spans = await several(given, selected);
        if (spans.length > 0) await addToDataset(spans, { engine, preview });
      },
      output,
    ),
    registerCommand(
      'touchstone.traces.compareWith',
      async (given, selected) => compareTraces(engine, await several(given, selected)),
      output,
    ),
    registerCommand(
      'touchstone.traces.open',
      async (given) => {
        const known = readTraceArgument(given);
        const traceId = await wholeId(engine, known?.traceId);
        if (traceId !== undefined) await (await opened()).show({ ...known, traceId });
      },
      output,
    ),
    registerCommand(
      'touchstone.traces.openApart',
      withTrace(async (trace) => (await opened()).show(trace, { apart: true })),
      output,
    ),
    registerCommand(
      'touchstone.traces.openSelected',
      async () => {
        const trace = readTraceArgument(tree.selection[0]);
        if (trace && tree.selection.length === 1) await (await opened()).show(trace, { preserveFocus: true });
      },
      output,
    ),
    registerCommand(
      'touchstone.traces.copyId',
      withTrace(({ traceId, spanId }) => Promise.resolve(vscode.env.clipboard.writeText(spanId ?? traceId))),
      output,
    ),
    registerCommand(
      'touchstone.traces.goToCode',
      withTrace((trace) => goToCode(engine, trace)),
      output,
    ),
    registerCommand(
      'touchstone.traces.goToPrompt',
      withTrace((trace) => goToPrompt(engine, trace)),
      output,
    ),
    registerCommand(
      'touchstone.traces.openIn',
      withTrace((trace) => openElsewhere(trace, { engine, settings })),
      output,
    ),
  );
}

/** An id may be the beginning of one, or the one that an agent gave to its part of a case’s trace. */
async function wholeId(engine: EngineClient, given: string | undefined): Promise<string | undefined> {
  const title = vscode.l10n.t('Open trace');
  if (given === undefined) return pickTrace(engine, title);
  const { traces } = await engine.call('traces/find', { prefix: given, limit: 2 });
  const [found, ...others] = traces.map(({ traceId }) => traceId);
  if (others.length > 0 && found !== given) return pickTrace(engine, title, given);
  return found ?? given;
}

/** The contract with the page costs some time to load, which a window without a trace need not pay. */
async function openPanels(
  { engine, output, extensionUri }: TracesOptions,
  {
    feed,
    tree,
    view,
    looks,
  }: { feed: TraceFeed; tree: vscode.TreeView<TraceNode>; view: TracesView; looks: TraceLooks },
): Promise<TracePanels> {
  const [{ TracePanels }, { traceActor }] = await Promise.all([
    import('./tracePanels.ts'),
    import('./traceActions.ts'),
  ]);
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  return new TracePanels({
    viewType: VIEW_TYPE,
    engine,
    output,
    feed,
    bundle,
    act: traceActor(tree, { view, looks, engine }),
  });
}

/** The engine watches for as long as the view can be seen; what happened meanwhile is read when it is seen again. */
function lookWhileVisible(
  tree: vscode.TreeView<TraceNode>,
  view: TracesView,
  feed: TraceFeed,
): vscode.Disposable {
  let looking: vscode.Disposable | undefined;
  const look = () => {
    if (!tree.visible) {
      looking?.dispose();
      looking = undefined;
    } else if (!looking) {
      looking = feed.look();
      view.hear({ traces: [], more: true });
    }
  };
  return vscode.Disposable.from(
    tree.onDidChangeVisibility(look),
    feed.onDidChange((changes) => view.hear(changes)),
    new vscode.Disposable(() => looking?.dispose()),
  );
}

/** A filter stands beside the name of the view; a view that it leaves empty says why it is so. */
function sayFilter(tree: vscode.TreeView<TraceNode>, looks: TraceLooks): vscode.Disposable {
  const say = () => {
    const text = filterText(looks.look.filter);
    tree.description = text;
    void setContext('touchstone.tracesFiltered', text !== '');
  };
  return looks.onDidChange(say);
}

/** What keeps the view from being filled is logged; a list that could not be read says so itself. */
function guarded(view: TracesView, output: Output): vscode.TreeDataProvider<TraceNode> {
  return {
    onDidChangeTreeData: view.onDidChangeTreeData,
    getTreeItem: (node) => view.getTreeItem(node),
    getParent: (node) => view.getParent(node),
    getChildren: async (node) => {
      try {
        return await view.getChildren(node);
      } catch (error) {
        output.log('warn', error instanceof Error ? error.message : String(error));
        return [];
      }
    },
  };
}
