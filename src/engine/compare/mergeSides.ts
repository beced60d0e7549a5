import { contentHash } from '../model/hash.ts';
import type { RunPlan } from '../model/run.ts';
import type { Random } from '../ports.ts';
import type { PlannedTarget } from '../runs/execution/runInputs.ts';
import { type Digest, planTarget, storeDigest } from '../runs/preparation/planTarget.ts';
import {
  type PreparedRun,
  type PreparePorts,
  prepareRuns,
  type RunOverrides,
} from '../runs/preparation/prepareRun.ts';
import { hashedFiles } from '../runs/workspaceFiles.ts';
import type { RunStore } from '../store/runStore.ts';
import type { Target } from '../targets/target.ts';
import type { Reusable } from './donors.ts';
import type { TargetPair } from './pairCases.ts';
import { type PlannedSide, type PreparedComparison, pairTargets } from './preparedComparison.ts';
import type { SideReference } from './sideReference.ts';
import type { SideWorkspace } from './sideWorkspace.ts';

export interface SidesToMerge {
  /** Today's dataset and evaluators, without targets. */
  frame: PreparedRun;
  baseline: { reference: SideReference; label: string };
  candidate: { reference: SideReference; label: string };
  /** Null for a stored run. */
  sides: readonly [SideWorkspace | null, SideWorkspace | null];
  request: { overrides: RunOverrides };
  /** Called once when the comparison is closed. */
  closed(): void;
}

interface LiveSide {
  workspace: SideWorkspace;
  run: PreparedRun;
}

/** Both sides as targets of one run over the frame's cases, scored by the frame's evaluators. */
export async function mergeSides(
  merge: SidesToMerge,
  ports: PreparePorts & { store: RunStore },
  signal: AbortSignal,
): Promise<PreparedComparison> {
  const opened: LiveSide[] = [];
  try {
    const [before, after] = merge.sides;
    const baseline = before ? await prepareSide(merge, before, ports, signal) : null;
    if (baseline) opened.push(baseline);
    const candidate = after ? await prepareSide(merge, after, ports, signal) : null;
    if (candidate) opened.push(candidate);
    return merged(merge, baseline, candidate, ports);
  } catch (error) {
    await Promise.all([merge.frame, ...opened.map(({ run }) => run)].map((run) => run.close()));
    throw error;
  }
}

async function prepareSide(
  { frame, request }: SidesToMerge,
  side: SideWorkspace,
  ports: PreparePorts,
  signal: AbortSignal,
): Promise<LiveSide> {
  const suite = { ...frame.suite, targets: side.targets, evaluators: [], defaultEvaluators: false };
  const workspace = { ...side.workspace, config: { ...side.workspace.config, suites: [suite] } };
  const { model, ...rest } = request.overrides;
  const chosen = side.model ?? model;
  const overrides = { ...rest, ...(chosen === undefined ? {} : { model: chosen }) };
  const [run] = await prepareRuns(workspace, suite.name, overrides, ports, signal);
  if (!run) throw new Error('a suite with one dataset makes one run');
  return { workspace: side, run };
}

function merged(
  merge: SidesToMerge,
  before: LiveSide | null,
  after: LiveSide | null,
  { store, random }: { store: RunStore; random: Random },
): PreparedComparison {
  const { frame, baseline, candidate, closed } = merge;
  const digest = storeDigest(store, random);
  const own = [
    targetsOf(before, baseline.reference, store),
    targetsOf(after, candidate.reference, store),
  ] as const;
  const pairs = pairTargets(own[0], own[1]);
  const names = pairs.map(([first, second]): TargetPair => {
    const both = before && after;
    const [old, now] = both
      ? distinctNames(first.name, second.name, baseline.label, candidate.label)
      : [first.name, second.name];
    return { baseline: old, candidate: now };
  });
  const oldNames = names.map((pair) => pair.baseline);
  const newNames = names.map((pair) => pair.candidate);
  const targets = [
    ...chosenTargets(
      before,
      pairs.map(([first]) => first.name),
      oldNames,
    ),
    ...chosenTargets(
      after,
      pairs.map(([, second]) => second.name),
      newNames,
    ),
  ];
  const run: PreparedRun = {
    ...frame,
    inputs: { ...frame.inputs, targets, plan: planFor(merge, [before, after], targets, digest) },
    readsFiles: frame.readsFiles || targets.some(({ target }) => target.readsFiles),
    async ready(signal) {
      for (const part of [frame, before?.run, after?.run]) await part?.ready(signal);
    },
    close: closeOnce([frame, before?.run, after?.run], closed),
  };
  return {
    suite: frame.suite.name,
    baseline: plannedSide(baseline, before, oldNames),
    candidate: plannedSide(candidate, after, newNames),
    pairs: names,
    same: areSame(pairs, before, after),
    run,
    outlook: null,
    // Against itself a target is asked anew: what it said before would only be compared with itself.
    hashed: hashedFiles(
      frame.inputs.plan,
      [before, after].flatMap((side) => side?.workspace.targets ?? []),
    ),
    evaluatorsReadFiles: frame.readsFiles,
    reusable: isAgainstItself(before, after)
      ? []
      : reusableOf(
          targets,
          new Set([
            ...(before?.workspace.commit === undefined ? [] : oldNames),
            ...(after?.workspace.commit === undefined ? [] : newNames),
          ]),
        ),
    notes: [before?.workspace.note, after?.workspace.note].filter((note) => note !== undefined),
  };
}

type TargetIdentity = RunPlan['targets'][number];

function targetsOf(side: LiveSide | null, reference: SideReference, store: RunStore): TargetIdentity[] {
  if (side) return side.run.inputs.plan.targets;
  return reference.kind === 'run' ? store.getRun(reference.id).plan.targets : [];
}

/** `v1` and `v2` stay; the same name on both sides says where it is from. */
function distinctNames(first: string, second: string, before: string, after: string): [string, string] {
  if (first !== second) return [first, second];
  return before === after ? [first, `${second} (again)`] : [`${first} @ ${before}`, `${second} @ ${after}`];
}

function chosenTargets(
  side: LiveSide | null,
  own: readonly string[],
  names: readonly string[],
): PlannedTarget[] {
  return own.flatMap((name, at) => {
    const planned = side?.run.inputs.targets.find(({ target }) => target.name === name);
    return planned
      ? [{ ...planned, target: renamed(planned.target, names[at] ?? name, side?.workspace.commit) }]
      : [];
  });
}

/** A program's hash does not see the data that it reads; at a revision, the commit stands for that. */
function renamed(target: Target, name: string, commit: string | undefined): Target {
  return {
    ...target,
    name,
    hash: commit === undefined || isWhole(target) ? target.hash : contentHash({ hash: target.hash, commit }),
    call: (request, context) => target.call(request, context),
    close: () => target.close(),
  };
}

/** The hash covers everything that decides the output, as far as it is in our hands. */
function isWhole({ kind, readsFiles }: Pick<Target, 'kind' | 'readsFiles'>): boolean {
  return (kind === 'prompt' || kind === 'echo') && !readsFiles;
}

/** An agent behind an address is always asked again. */
function reusableOf(targets: readonly PlannedTarget[], past: ReadonlySet<string>): Reusable[] {
  return targets.flatMap(({ target }): Reusable[] => {
    if (target.kind === 'http') return [];
    const always = isWhole(target) || past.has(target.name);
    return [{ target: target.name, when: always ? 'always' : 'files unchanged' }];
  });
}

function planFor(
  { frame, baseline, candidate }: SidesToMerge,
  sides: readonly (LiveSide | null)[],
  targets: readonly PlannedTarget[],
  digest: Digest,
): RunPlan {
  // The frame has no targets, so its plan cannot tell how many trials each of them takes.
  const plans = sides.flatMap((side) => (side ? [side.run.inputs.plan] : []));
  const each = Math.max(0, ...plans.map(({ trials, targets: own }) => trials / Math.max(1, own.length)));
  return {
    ...frame.inputs.plan,
    targets: targets.map(({ target }) => planTarget(target, digest)),
    trials: targets.length * each,
    comparison: { baseline: baseline.label, candidate: candidate.label },
  };
}

function isAgainstItself(before: LiveSide | null, after: LiveSide | null): boolean {
  if (!before || !after || before.workspace.model !== after.workspace.model) return false;
  const names = (side: LiveSide) => side.workspace.targets.map(({ name }) => name).join('\0');
  return before.workspace.workspace === after.workspace.workspace && names(before) === names(after);
}

/** A target's hash does not see its data files, nor a server behind an address: the files must be the same too. */
function areSame(
  pairs: readonly (readonly [TargetIdentity, TargetIdentity])[],
  before: LiveSide | null,
  after: LiveSide | null,
): boolean {
  const whole = pairs.every(([{ kind }]) => kind === 'prompt' || kind === 'echo');
  const current = [before, after].every((side) => side !== null && side.workspace.commit === undefined);
  return pairs.length > 0 && pairs.every(([a, b]) => a.hash === b.hash) && (whole || current);
}

function plannedSide(
  side: { reference: SideReference; label: string },
  live: LiveSide | null,
  targets: string[],
): PlannedSide {
  const stored = live === null && side.reference.kind === 'run' ? side.reference.id : null;
  return {
    label: side.label,
    storedRun: stored,
    targets,
    ...(live ? { files: live.workspace.commit ?? null } : {}),
  };
}

function closeOnce(parts: readonly (PreparedRun | undefined)[], closed: () => void): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await Promise.all(parts.map((part) => part?.close()));
    closed();
  };
}
