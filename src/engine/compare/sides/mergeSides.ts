import { defined } from '../../model/defined.ts';
import { contentHash } from '../../model/hash.ts';
import type { PlanTarget } from '../../model/run.ts';
import type { PlannedTarget } from '../../runs/execution/runInputs.ts';
import { joinHalves } from '../../runs/preparation/joinHalves.ts';
import type { Judging } from '../../runs/preparation/judging.ts';
import type { PreparedRun } from '../../runs/preparation/preparedRun.ts';
import type { PreparedTargets } from '../../runs/preparation/preparedTargets.ts';
import type { RunScope } from '../../runs/preparation/runScope.ts';
import { hashedFiles } from '../../runs/workspaceFiles.ts';
import type { RunStore } from '../../store/runStore.ts';
import { isWhole } from '../../targets/capabilities.ts';
import type { Target } from '../../targets/target.ts';
import type { ComparedSides, NamedSide } from '../comparisonRequest.ts';
import type { TargetPair } from '../pairs/pairCases.ts';
import { type PlannedSide, type PreparedComparison, pairTargets } from '../preparedComparison.ts';
import type { Reusable } from './donors.ts';
import type { SideSource } from './sideSource.ts';

export interface SidesToMerge {
  /** Today's dataset and evaluators. */
  judging: Judging;
  asked: ComparedSides;
  /** Where the targets of each side come from, and the targets; null for a stored run. */
  sources: readonly [SideSource | null, SideSource | null];
  live: readonly [PreparedTargets | null, PreparedTargets | null];
  /** Called once when the comparison is closed. */
  closed(): void;
}

/** One side: what it is called, and its targets where they are to be run. */
interface Side extends NamedSide {
  /** Null for a stored run. */
  live: { source: SideSource; targets: readonly PlannedTarget[] } | null;
}

/** Both sides as targets of one run over the cases of the judging half, scored by its evaluators. */
export function mergeSides(merge: SidesToMerge, scope: RunScope): PreparedComparison {
  const { judging } = merge;
  const { store } = scope.ports;
  const before = sideOf(merge, 0);
  const after = sideOf(merge, 1);
  const pairs = pairTargets(identitiesOf(before, store), identitiesOf(after, store));
  const names = pairs.map(([first, second]) => namesOf(first.name, second.name, before, after));
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

  const notes = [before, after].flatMap(({ live }) => live?.source.note ?? []);

  return {
    suite: judging.suite.name,
    baseline: plannedSide(before, oldNames),
    candidate: plannedSide(after, newNames),
    pairs: names,
    same: areSame(pairs, before, after),
    run: mergedRun(merge, targets, scope),
    outlook: null,
    hashed: hashedFiles(
      judging.plan,
      [before, after].flatMap(({ live }) => live?.source.targets ?? []),
    ),
    evaluatorsReadFiles: judging.readsFiles,
    // Against itself a target is asked anew: what it said before would only be compared with itself.
    reusable: isAgainstItself(before, after)
      ? []
      : reusableOf(targets, new Set([...pastNames(before, oldNames), ...pastNames(after, newNames)])),
    notes,
  };
}

function sideOf({ asked, sources, live }: SidesToMerge, at: 0 | 1): Side {
  const [named, source, prepared] = [at === 0 ? asked.baseline : asked.candidate, sources[at], live[at]];
  return { ...named, live: source && prepared ? { source, targets: prepared.targets } : null };
}

function mergedRun(
  { judging, asked, live, closed }: SidesToMerge,
  targets: readonly PlannedTarget[],
  scope: RunScope,
): PreparedRun {
  const prepared = live.flatMap((side) => side ?? []);
  const comparison = { baseline: asked.baseline.label, candidate: asked.candidate.label };
  const plan = { ...defined({ judge: asked.overrides.judge, leftOut: leftOut(asked) }), comparison };
  const run = joinHalves({ judging, prepared, targets, plan }, scope);
  let closing: Promise<void> | undefined;
  return {
    ...run,
    close: () => {
      closing ??= run.close().then(closed);
      return closing;
    },
  };
}

function leftOut({ overrides }: ComparedSides): { judge: true } | undefined {
  return overrides.withoutJudge ? { judge: true } : undefined;
}

type TargetIdentity = Pick<PlanTarget, 'name' | 'kind' | 'hash'>;

function identitiesOf({ live, reference }: Side, store: RunStore): readonly TargetIdentity[] {
  if (live) return live.targets.map(({ target }) => target);
  return reference.kind === 'run' ? store.getRun(reference.id).plan.targets : [];
}

/** `v1` and `v2` stay; the same name on both sides says where it is from. */
function namesOf(first: string, second: string, before: Side, after: Side): TargetPair {
  if (first !== second || !before.live || !after.live) return { baseline: first, candidate: second };
  return before.label === after.label
    ? { baseline: first, candidate: `${second} (again)` }
    : { baseline: `${first} @ ${before.label}`, candidate: `${second} @ ${after.label}` };
}

function chosenTargets({ live }: Side, own: readonly string[], names: readonly string[]): PlannedTarget[] {
  return own.flatMap((name, at) => {
    const planned = live?.targets.find(({ target }) => target.name === name);
    return planned
      ? [{ ...planned, target: renamed(planned.target, names[at] ?? name, live?.source.commit) }]
      : [];
  });
}

/** Of a side that is a revision, its files are those of a commit. */
function pastNames({ live }: Side, names: readonly string[]): readonly string[] {
  return live?.source.commit === undefined ? [] : names;
}

/** A program's hash does not see the data that it reads; at a revision, the commit stands for that. */
function renamed(target: Target, name: string, commit: string | undefined): Target {
  return {
    ...target,
    name,
    hash:
      commit === undefined || isWhole(target.capabilities)
        ? target.hash
        : contentHash({ hash: target.hash, commit }),
    call: (request, context) => target.call(request, context),
    close: () => target.close(),
  };
}

/** An agent behind an address is always asked again. */
function reusableOf(targets: readonly PlannedTarget[], past: ReadonlySet<string>): Reusable[] {
  return targets.flatMap(({ target }): Reusable[] => {
    const { capabilities } = target;
    if (capabilities.remote) return [];
    const always = isWhole(capabilities) || past.has(target.name);
    return [{ target: target.name, when: always ? 'always' : 'files unchanged' }];
  });
}

function isAgainstItself({ live: before }: Side, { live: after }: Side): boolean {
  if (!before || !after || before.source.model !== after.source.model) return false;
  const names = ({ source }: typeof before) => JSON.stringify(source.targets.map(({ name }) => name));
  return before.source.place.root === after.source.place.root && names(before) === names(after);
}

/** A target's hash does not see its data files, nor a server behind an address: the files must be the same too. */
function areSame(
  pairs: readonly (readonly [TargetIdentity, TargetIdentity])[],
  before: Side,
  after: Side,
): boolean {
  const tested = [before, after].flatMap(({ live }) => live?.targets ?? []);
  const whole = pairs.every(([{ hash }]) =>
    tested.some(({ target }) => target.hash === hash && isWhole(target.capabilities)),
  );
  const current = [before, after].every(({ live }) => live !== null && live.source.commit === undefined);
  return pairs.length > 0 && pairs.every(([a, b]) => a.hash === b.hash) && (whole || current);
}

function plannedSide({ label, reference, live }: Side, targets: string[]): PlannedSide {
  const storedRun = live === null && reference.kind === 'run' ? reference.id : null;
  return { label, storedRun, targets, ...(live ? { files: live.source.commit ?? null } : {}) };
}
