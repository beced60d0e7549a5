import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { RunOmission, RunRequest } from '../../model/run.ts';
import type { FileReference } from '../../suites/config/fileReference.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';

/** What a person may say differently for one run; undefined leaves the suite's own. Folders are absolute. */
export interface RunOverrides extends RunRequest {
  /** Id of a stored run: where nothing has changed since, the results stand in place of those that it has. */
  partOf?: string;
  /** Absolute paths that are written when it has ended, e.g. reports: they are no part of what programs read. */
  writes?: string[];
}

/** The suite as it is run. Throws ConfigError where it does not have the targets that are asked for. */
export function withOverrides(suite: SuiteConfig, overrides: RunOverrides): SuiteConfig {
  const { filter, judge } = overrides;
  const ids = filter?.ids ?? suite.filter.ids;
  return {
    ...suite,
    targets: chooseTargets(suite, overrides.targets),
    filter: {
      names: filter?.names.length ? filter.names : suite.filter.names,
      tags: filter?.tags.length ? filter.tags : suite.filter.tags,
      ...(ids && ids.length > 0 ? { ids } : {}),
    },
    repeat: overrides.repeat ?? suite.repeat,
    maxConcurrency: overrides.maxConcurrency ?? suite.maxConcurrency,
    seed: overrides.seed ?? suite.seed,
    ...defined({ judgeModel: judge }),
  };
}

/** The datasets of the suite that take part. Throws ConfigError where it has none of those asked for. */
export function chooseDatasets(
  { name, datasets }: SuiteConfig,
  wanted: readonly string[] | undefined,
): FileReference[] {
  const chosen = wanted ? datasets.filter(({ path }) => wanted.includes(path)) : datasets;
  if (chosen.length > 0) return chosen;

  throw new ConfigError(`the suite ${name} has no dataset ${wanted?.join(', ')}`, {
    remedy: `Choose from: ${datasets.map(({ path }) => path).join(', ')}`,
  });
}

/** What of the whole suite does not take part in its run; undefined where all of it does. */
export function leftOut(
  whole: SuiteConfig,
  chosen: SuiteConfig,
  { rejudge, withoutJudge }: RunOverrides,
): RunOmission | undefined {
  const names = new Set(chosen.targets.map(({ name }) => name));
  const targets = whole.targets.map(({ name }) => name).filter((name) => !names.has(name));
  if (rejudge !== undefined || (targets.length === 0 && !withoutJudge)) return undefined;

  return { ...(targets.length > 0 ? { targets } : {}), ...(withoutJudge ? { judge: true } : {}) };
}

function chooseTargets({ name, targets }: SuiteConfig, wanted: readonly string[] | undefined) {
  if (!wanted) return targets;
  const known = targets.map((target) => target.name);
  const unknown = wanted.filter((target) => !known.includes(target));
  if (unknown.length === 0 && wanted.length > 0) return targets.filter((t) => wanted.includes(t.name));

  throw new ConfigError(`the suite ${name} has no target ${unknown.join(', ')}`, {
    remedy: `Choose from: ${known.join(', ')}`,
  });
}
