import { ConfigError, type SideRole, UsageError } from '../errors.ts';
import type { RunPlan } from '../model/run.ts';
import {
  type PreparedRun,
  type PreparePorts,
  prepareRuns,
  type RunOverrides,
} from '../runs/preparation/prepareRun.ts';
import type { RunStore } from '../store/runStore.ts';
import type { Workspace } from '../suites/loadWorkspace.ts';
import type { SuiteConfig } from '../suites/suiteConfig.ts';
import { mergeSides } from './mergeSides.ts';
import { outlookOn } from './outlook.ts';
import { type PreparedComparison, pairTargets } from './preparedComparison.ts';
import { readSide, type SideReference, sideLabel } from './sideReference.ts';
import { openSide, type SideWorkspace } from './sideWorkspace.ts';

/** What a person asks to compare. */
export interface ComparisonRequest {
  /** May be left out where the workspace has one suite, or both sides are stored runs. */
  suite?: string;
  baseline: string;
  /** Default: the files as they are; for a target of a suite with two, the other one. */
  candidate?: string;
  /** Only this target of the suite, on both sides. */
  target?: string;
  /** Targets are named by `target` alone; the list of a run means nothing here. */
  overrides: RunOverrides;
}

interface Side {
  reference: SideReference;
  label: string;
}

export interface ComparisonPorts extends PreparePorts {
  store: RunStore;
}

/**
 * Finds the two sides and makes ready what has to be run: one comparison for each dataset of the suite, both
 * sides as targets of one run, so that they meet the same cases with the same seeds at the same time. Throws
 * UserErrors; nothing has been called then.
 */
export async function prepareComparisons(
  workspace: Workspace,
  request: ComparisonRequest,
  ports: ComparisonPorts,
  signal: AbortSignal,
): Promise<PreparedComparison[]> {
  const suite = findSuite(workspace, request, ports.store);
  const [baseline, candidate] = readSides(workspace, suite, request, ports.store);
  if (baseline.reference.kind === 'run' && candidate.reference.kind === 'run')
    return [bothStored(ports.store, baseline.reference.id, candidate.reference.id)];
  if (!suite) throw noSuite(workspace);
  const sides: [SideWorkspace | null, SideWorkspace | null] = [null, null];
  const closeSides = (): void => {
    for (const side of sides) side?.remove();
  };
  const prepared: PreparedComparison[] = [];
  try {
    const open = (side: Side, role: SideRole) =>
      openSide(workspace, suite, { ...side, role }, request.target, ports, signal);
    sides[0] = await open(baseline, 'baseline');
    sides[1] = await open(candidate, 'candidate');
    const { datasets: wanted, targets, ...overrides } = request.overrides;
    const datasets = suite.datasets.filter((one) => wanted?.includes(one.path) ?? true);
    let pending = datasets.length;
    const closed = (): void => {
      pending -= 1;
      if (pending === 0) closeSides();
    };
    for (const dataset of datasets) {
      const frame = await prepareFrame(
        workspace,
        { ...suite, datasets: [dataset] },
        overrides,
        ports,
        signal,
      );
      const merge = { frame, baseline, candidate, sides, request: { overrides }, closed };
      prepared.push(await mergeSides(merge, ports, signal));
    }
    const usable = prepared.filter(({ pairs }) => pairs.length > 0);
    if (usable.length > 0) return await withOutlook(usable, signal);
    throw new UsageError('no target of one side has a counterpart on the other', {
      remedy: 'Name a target on both sides, e.g. --baseline v1 --candidate v2.',
    });
  } catch (error) {
    await Promise.all(prepared.map(({ run }) => run?.close()));
    closeSides();
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

/** Cases and evaluators are today's for both sides: only what is tested differs. */
async function prepareFrame(
  workspace: Workspace,
  suite: SuiteConfig,
  overrides: RunOverrides,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const { model, ...rest } = overrides;
  const config = { ...workspace.config, suites: [{ ...suite, targets: [] }] };
  const [frame] = await prepareRuns({ ...workspace, config }, suite.name, rest, ports, signal);
  if (!frame) throw new Error('a suite with one dataset makes one run');
  return frame;
}

function findSuite(
  { config, configPath }: Workspace,
  request: ComparisonRequest,
  store: RunStore,
): SuiteConfig | undefined {
  const runs = [request.baseline, request.candidate ?? ''].map((text) => text.replace(/^run:/, ''));
  const ofRun = runs.flatMap((id) => planOf(store, id) ?? [])[0]?.suite;
  const name = request.suite ?? ofRun;
  if (name === undefined) return onlySuite(config.suites, request);
  const suite = config.suites.find((candidate) => candidate.name === name);
  if (suite || request.suite === undefined) return suite;
  throw new ConfigError(`there is no suite ${name}`, {
    ...(configPath === null ? {} : { where: { path: configPath } }),
    remedy: `Choose one of: ${config.suites.map((candidate) => candidate.name).join(', ') || '(none)'}`,
  });
}

/** The only one, or the only one with a target of that name. */
function onlySuite(suites: readonly SuiteConfig[], request: ComparisonRequest): SuiteConfig | undefined {
  if (suites.length === 1) return suites[0];
  const named = [request.baseline, request.candidate, request.target].map((text) =>
    text?.replace(/^target:/, ''),
  );
  const having = suites.filter(({ targets }) => targets.some(({ name }) => named.includes(name)));
  return having.length === 1 ? having[0] : undefined;
}

function noSuite({ config }: Workspace): UsageError {
  const names = config.suites.map(({ name }) => name);
  return new UsageError('it is not clear which suite to compare', {
    remedy:
      names.length === 0
        ? 'Write a suite first: touchstone init'
        : `Name it with --suite: ${names.join(', ')}`,
  });
}

function readSides(
  { config }: Workspace,
  suite: SuiteConfig | undefined,
  request: ComparisonRequest,
  store: RunStore,
): [Side, Side] {
  const surroundings = {
    suite,
    providers: Object.keys(config.providers),
    isRun: (id: string) => planOf(store, id) !== undefined,
  };
  const baseline = readSide(request.baseline, surroundings);
  const candidate =
    request.candidate === undefined ? otherSide(baseline, suite) : readSide(request.candidate, surroundings);
  return [
    { reference: baseline, label: sideLabel(baseline) },
    { reference: candidate, label: sideLabel(candidate) },
  ];
}

function otherSide(baseline: SideReference, suite: SuiteConfig | undefined): SideReference {
  if (baseline.kind !== 'target') return { kind: 'workspace' };
  const others = suite?.targets.filter(({ name }) => name !== baseline.name) ?? [];
  const [other] = others;
  if (other && others.length === 1) return { kind: 'target', name: other.name };
  throw new UsageError(`it is not clear what ${baseline.name} is to be compared with`, {
    remedy: 'Name the other side with --candidate.',
  });
}

/** Undefined when there is no such run. */
function planOf(store: RunStore, id: string) {
  return store.findRun(id)?.plan;
}

function bothStored(store: RunStore, before: string, after: string): PreparedComparison {
  const [baseline, candidate] = [store.getRun(before).plan, store.getRun(after).plan];
  const paired = pairTargets(baseline.targets, candidate.targets);
  if (paired.length === 0) {
    const names = (plan: RunPlan) => plan.targets.map(({ name }) => name).join(', ');
    throw new UsageError('the two runs have no target in common', {
      remedy: `Run ${before} has ${names(baseline)}; run ${after} has ${names(candidate)}.`,
    });
  }
  const pairs = paired.map(([first, second]) => ({ baseline: first.name, candidate: second.name }));
  return {
    suite: candidate.suite,
    baseline: { label: `run ${before}`, storedRun: before, targets: pairs.map((pair) => pair.baseline) },
    candidate: { label: `run ${after}`, storedRun: after, targets: pairs.map((pair) => pair.candidate) },
    pairs,
    same: before === after,
    run: null,
    outlook: null,
    hashed: new Set(),
    evaluatorsReadFiles: false,
    reusable: [],
    notes: [],
  };
}
