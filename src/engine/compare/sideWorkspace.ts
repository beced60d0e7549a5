import { UsageError } from '../errors.ts';
import type { Environment } from '../ports.ts';
import { loadWorkspace, type Workspace } from '../suites/loadWorkspace.ts';
import type { SuiteConfig } from '../suites/suiteConfig.ts';
import type { TargetConfig } from '../suites/targetConfig.ts';
import { checkOutRevision } from './revision.ts';
import type { SideReference } from './sideReference.ts';

/** Where the targets of a side come from. */
export interface SideWorkspace {
  workspace: Workspace;
  targets: TargetConfig[];
  /** The model of its prompts in place of their own. */
  model: string | undefined;
  /** The commit whose files these are; undefined for those of the working tree. */
  commit: string | undefined;
  note: string | undefined;
  /** Removes temporary files; idempotent. */
  remove(): void;
}

/** Null for a stored run, which needs no workspace. Throws UserErrors when the side cannot be made. */
export async function openSide(
  workspace: Workspace,
  suite: SuiteConfig,
  reference: SideReference,
  only: string | undefined,
  ports: { environment: Environment },
  signal: AbortSignal,
): Promise<SideWorkspace | null> {
  const here = { workspace, model: undefined, commit: undefined, note: undefined, remove: () => {} };
  const wanted = (targets: readonly TargetConfig[]) =>
    targets.filter(({ name }) => only === undefined || name === only);
  switch (reference.kind) {
    case 'run':
      return null;
    case 'workspace':
      return { ...here, targets: wanted(suite.targets) };
    case 'target':
      return { ...here, targets: [findTarget(suite, reference.name)] };
    case 'model': {
      const prompts = wanted(suite.targets).filter(({ kind }) => kind === 'prompt');
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
      const side = await openRevision(workspace, suite.name, reference.revision, ports, signal);
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
  revision: string,
  { environment }: { environment: Environment },
  signal: AbortSignal,
): Promise<SideWorkspace> {
  const files = await checkOutRevision(workspace.root, revision, { environment, signal });
  try {
    const past = await loadWorkspace({
      root: files.root,
      ...(workspace.configPath === null ? {} : { configPath: workspace.configPath }),
      environment,
      signal,
    });
    const suite = past.config.suites.find(({ name }) => name === suiteName);
    if (!suite) {
      throw new UsageError(`the revision ${revision} has no suite ${suiteName}`, {
        remedy: 'Choose a revision in which the suite existed, or compare targets or stored runs.',
      });
    }
    return {
      workspace: past,
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
