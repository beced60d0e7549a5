import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';
import { createTarget } from './createTarget.ts';
import type { Place, RunScope } from './runScope.ts';

/** The half of a run that is tested. */
export interface PreparedTargets {
  targets: readonly PlannedTarget[];
  /** Fetches what targets ask for before their first call. Throws ConfigError when it is refused. */
  ready(signal: AbortSignal): Promise<void>;
  /** Ends agents; idempotent. */
  close(): Promise<void>;
}

interface TargetParts {
  targets: readonly TargetConfig[];
  /** Where their files are. */
  place: Place;
  /** The model of their prompts, in place of their own. */
  model: string | undefined;
  /** Whose limits hold for them. */
  suite: SuiteConfig;
}

/** Creates targets; none is called. Throws ConfigError or PromptError. */
export function prepareTargets(
  { targets, place, model, suite }: TargetParts,
  scope: RunScope,
): PreparedTargets {
  const ports = scope.targetPorts(place, model);
  return preparedTargets(targets.map((target) => createTarget(target, suite, ports)));
}

export function preparedTargets(targets: readonly PlannedTarget[]): PreparedTargets {
  return {
    targets,
    async ready(signal) {
      for (const { target } of targets) await target.ready?.(signal);
    },
    async close() {
      await Promise.all(targets.map(({ target }) => target.close()));
    },
  };
}
