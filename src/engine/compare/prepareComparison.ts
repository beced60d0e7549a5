import { type SideRole, UsageError } from '../errors.ts';
import { type Judging, prepareJudging } from '../runs/preparation/judging.ts';
import { type PreparedTargets, prepareTargets } from '../runs/preparation/preparedTargets.ts';
import { withOverrides } from '../runs/preparation/runOverrides.ts';
import { type PreparePorts, placeOf, RunScope } from '../runs/preparation/runScope.ts';
import { settleCases } from '../runs/preparation/settleCases.ts';
import type { FileReference } from '../suites/config/fileReference.ts';
import type { SuiteConfig } from '../suites/config/suiteConfig.ts';
import type { Workspace } from '../suites/loadWorkspace.ts';
import {
  type AskedComparison,
  type ComparedSides,
  type NamedSide,
  readRequest,
} from './comparisonRequest.ts';
import { outlookOn } from './pairs/outlook.ts';
import type { PreparedComparison } from './preparedComparison.ts';
import { mergeSides } from './sides/mergeSides.ts';
import { openSide, type SideSource } from './sides/sideSource.ts';
import { storedComparison } from './storedComparison.ts';

/** Where the targets of both sides come from; null for a stored run. */
type Sources = readonly [SideSource | null, SideSource | null];

interface Compared {
  workspace: Workspace;
  asked: ComparedSides;
  sources: Sources;
  /** As it is run: today's cases and evaluators for both sides, so that only what is tested differs. */
  suite: SuiteConfig;
}

/**
 * Finds the two sides and makes ready what has to be run: one comparison for each dataset of the suite, both
 * sides as targets of one run, so that they meet the same cases with the same seeds at the same time. Throws
 * UserErrors; nothing has been called then.
 */
export async function prepareComparisons(
  workspace: Workspace,
  request: AskedComparison,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedComparison[]> {
  const asked = isFound(request) ? request : readRequest(workspace, request, ports.store);
  if ('before' in asked) return [storedComparison(ports.store, asked)];

  const open = (side: NamedSide, role: SideRole) =>
    openSide(workspace, asked.suite, { ...side, role }, asked.target, ports, signal);
  const before = await open(asked.baseline, 'baseline');
  try {
    const after = await open(asked.candidate, 'candidate');
    try {
      return await prepareAll(workspace, asked, [before, after], ports, signal);
    } catch (error) {
      after?.remove();
      throw error;
    }
  } catch (error) {
    before?.remove();
    throw error;
  }
}

function isFound(request: AskedComparison): request is ComparedSides {
  return typeof request.baseline !== 'string';
}

/** The sides' files are removed when the last comparison is closed. */
async function prepareAll(
  workspace: Workspace,
  asked: ComparedSides,
  sources: Sources,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedComparison[]> {
  const { datasets: wanted, targets: _targets, ...overrides } = asked.overrides;
  const datasets = asked.suite.datasets.filter((one) => wanted?.includes(one.path) ?? true);
  const chosen = withOverrides(asked.suite, overrides);
  const suite = await settleCases(chosen, workspace.root, ports, signal);
  const prepared: PreparedComparison[] = [];
  let left = datasets.length;
  const closed = (): void => {
    left -= 1;
    if (left === 0) for (const source of sources) source?.remove();
  };

  try {
    for (const dataset of datasets)
      prepared.push(await prepareOne({ workspace, asked, sources, suite }, dataset, closed, ports, signal));
    const usable = prepared.filter(({ pairs }) => pairs.length > 0);
    if (usable.length > 0) return await withOutlook(usable, signal);

    throw new UsageError('no target of one side has a counterpart on the other', {
      remedy: 'Name a target on both sides, e.g. --baseline v1 --candidate v2.',
    });
  } catch (error) {
    await Promise.all(prepared.map(({ run }) => run?.close()));
    throw error;
  }
}

async function withOutlook(
  prepared: readonly PreparedComparison[],
  signal: AbortSignal,
): Promise<PreparedComparison[]> {
  const looked: PreparedComparison[] = [];
  for (const one of prepared)
    looked.push({ ...one, outlook: one.run ? await outlookOn(one.run.inputs, signal) : null });
  return looked;
}

/** One judging half for both sides, so the dataset is opened once. */
async function prepareOne(
  { workspace, asked, sources, suite }: Compared,
  dataset: FileReference,
  closed: () => void,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedComparison> {
  const { overrides } = asked;
  const own = { place: placeOf(workspace) };
  const scope = new RunScope(ports, {
    configured: [
      { ...own, targets: [], judges: suite.judges },
      ...sources.flatMap((source) => (source ? [source] : [])),
    ],
    recordings: overrides.recordings,
    adaptiveBudgets: suite.tokenBudgets === 'adaptive',
  });

  const opened: (Judging | PreparedTargets)[] = [];
  const tested = (source: SideSource | null): PreparedTargets | null => {
    if (!source) return null;

    const model = source.model ?? overrides.model;
    const targets = prepareTargets({ ...source, model, suite }, scope);
    opened.push(targets);

    return targets;
  };

  try {
    const live = [tested(sources[0]), tested(sources[1])] as const;
    const judging = await prepareJudging({ workspace, suite, dataset, overrides }, scope, signal);
    opened.push(judging);
    return mergeSides({ judging, asked, sources, live, closed }, scope);
  } catch (error) {
    await Promise.all([...opened, scope].map((part) => part.close()));
    throw error;
  }
}
