import { existsSync } from 'node:fs';
import path from 'node:path';
import { MissingSideError, type SideRole, UsageError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { Environment } from '../../ports.ts';
import { type Place, placeOf } from '../../runs/preparation/runScope.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { loadWorkspace, type Workspace } from '../../suites/loadWorkspace.ts';
import { describeTarget } from '../../suites/targets/describeTarget.ts';
import type { TargetConfig } from '../../suites/targets/targetConfig.ts';
import { checkOutRevision, MissingFolderError } from './revision.ts';
import type { SideReference } from './sideReference.ts';

/** Where the targets of a side come from. */
export interface SideSource {
  place: Place;
  targets: readonly TargetConfig[];
  /** The model of its prompts in place of their own. */
  model: string | undefined;
  /** The commit whose files these are; undefined for those of the working tree. */
  commit: string | undefined;
  note: string | undefined;
  /** Removes temporary files; idempotent. */
  remove(): void;
}

/** Null for a stored run, which needs no targets. Throws UserErrors when the side cannot be made. */
export async function openSide(
  workspace: Workspace,
  suite: SuiteConfig,
  { reference, role }: { reference: SideReference; role: SideRole },
  only: string | undefined,
  ports: { environment: Environment },
  signal: AbortSignal,
): Promise<SideSource | null> {
  const place = placeOf(workspace);
  const here = { place, model: undefined, commit: undefined, note: undefined, remove: () => {} };
  const wanted = (targets: readonly TargetConfig[]) =>
    targets.filter(({ name }) => only === undefined || name === only);

  switch (reference.kind) {
    case 'run':
      return null;
    case 'given':
      return { ...here, targets: reference.targets };
    case 'workspace':
      return { ...here, targets: wanted(suite.targets) };
    case 'target':
      return { ...here, targets: [findTarget(suite, reference.name)] };
    case 'model': {
      const prompts = wanted(suite.targets).filter(
        (target) => describeTarget(target).capabilities.model !== null,
      );
      if (prompts.length > 0) return { ...here, targets: prompts, model: reference.model };

      throw new UsageError(
        `the suite ${suite.name} has no prompt that could be run with ${reference.model}`,
        {
          remedy:
            'Choose a suite with a prompt target; programs and addresses choose their models themselves.',
        },
      );
    }
    case 'revision': {
      const side = await openRevision(workspace, suite.name, { ...reference, role }, ports, signal);
      return { ...side, targets: wanted(side.targets) };
    }
  }
}

function findTarget(suite: SuiteConfig, name: string): TargetConfig {
  const target = suite.targets.find((candidate) => candidate.name === name);
  if (target) return target;
  throw new UsageError(`the suite ${suite.name} has no target ${name}`, {
    remedy: `Choose one of: ${suite.targets.map((candidate) => candidate.name).join(', ')}`,
  });
}

async function openRevision(
  workspace: Workspace,
  suiteName: string,
  { revision, role }: { revision: string; role: SideRole },
  { environment }: { environment: Environment },
  signal: AbortSignal,
): Promise<SideSource> {
  const missing = (what: string) => missingIn(revision, role, suiteName, what);
  const files = await checkOutRevision(workspace.root, revision, { environment, signal }).catch(
    (error: unknown) => {
      throw error instanceof MissingFolderError ? missing(`folder ${path.basename(workspace.root)}`) : error;
    },
  );

  try {
    const { configPath } = workspace;
    if (configPath !== null && !existsSync(path.join(files.root, configPath))) throw missing(configPath);

    const past = await loadWorkspace({
      root: files.root,
      ...defined({ configPath: configPath ?? undefined }),
      foreign: workspace.foreign,
      environment,
      signal,
    });

    const suite = past.config.suites.find(({ name }) => name === suiteName);
    if (!suite) throw missing(`suite ${suiteName}`);

    return {
      place: placeOf(past),
      targets: suite.targets,
      model: undefined,
      commit: files.unchanged ? undefined : files.commit,
      note: files.unchanged
        ? `Nothing in this folder has changed since ${revision} (${files.commit}).`
        : `${revision} is commit ${files.commit}.`,
      remove: files.remove,
    };
  } catch (error) {
    files.remove();
    throw error;
  }
}

function missingIn(revision: string, side: SideRole, suite: string, what: string): MissingSideError {
  const alone = 'or evaluate the candidate alone: touchstone compare --allow-missing-baseline';
  return new MissingSideError(`the ${side} ${revision} has no ${what}`, {
    side,
    suite,
    remedy: `Compare with a revision that has it${side === 'baseline' ? `, ${alone}` : ''}.`,
  });
}
