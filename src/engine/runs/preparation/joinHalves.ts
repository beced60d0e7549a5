import { defined } from '../../model/defined.ts';
import type { RunPlan } from '../../model/run.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';
import type { Judging } from './judging.ts';
import { planTarget, storeDigest } from './planTarget.ts';
import type { PreparedRun } from './preparedRun.ts';
import type { PreparedTargets } from './preparedTargets.ts';
import type { RunScope } from './runScope.ts';

interface Halves {
  judging: Judging;
  /** Those that were prepared, of all sides. */
  prepared: readonly PreparedTargets[];
  /** Those of them that take part, by the names that they have in the run. */
  targets: readonly PlannedTarget[];
  /** What the plan says beside its halves. */
  plan: Pick<RunPlan, 'model' | 'judge' | 'origin' | 'leftOut' | 'comparison'>;
}

/** One run of both halves, which closes them and their scope. */
export function joinHalves({ judging, prepared, targets, plan }: Halves, scope: RunScope): PreparedRun {
  const { store, random } = scope.ports;
  const { recordings, budgets, replayClock: clock, redactor } = scope;
  const digest = storeDigest(store, random);
  const parts = [judging, ...prepared];
  let closing: Promise<unknown> | undefined;

  return {
    suite: judging.suite,
    inputs: {
      ...judging.inputs,
      targets,
      redactor,
      plan: {
        ...judging.plan,
        targets: targets.map(({ target }) => planTarget(target, digest)),
        trials: targets.length * judging.plan.dataset.chosen * judging.plan.repeat,
        ...plan,
      },
      ...defined({ clock }),
    },
    readsFiles:
      judging.readsFiles || (!clock && targets.some(({ target }) => target.capabilities.startsPrograms)),
    warnings: judging.warnings,
    ...defined({ recordings, budgets }),
    async ready(signal) {
      await scope.ready(signal);
      await scope.calibrate(judging.inputs.source, signal);
      for (const part of prepared) await part.ready(signal);
    },
    async close() {
      closing ??= Promise.all([...parts, scope].map((part) => part.close()));
      await closing;
    },
  };
}
