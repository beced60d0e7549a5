import { runWorkspaceScript } from '../../evaluators/scripts/workspaceScript.ts';
import type { Environment, Trust } from '../../ports.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { scriptRunners } from './scriptRunners.ts';

/**
 * The suite with its final cases: where scripts of the workspace make their variables, these are run now, if they are
 * trusted. Without trust the cases stay drafts, which report that as errors. `root` is the workspace's absolute path.
 */
export async function settleCases(
  suite: SuiteConfig,
  root: string,
  ports: { environment: Environment; trust: Trust },
  signal: AbortSignal,
): Promise<SuiteConfig> {
  if (!suite.settleCases) return suite;
  const runners = scriptRunners(root, ports);
  if (!runners) return suite;

  try {
    const cases = await suite.settleCases(
      (script, scope, cancel) => runWorkspaceScript(script, scope, runners, cancel),
      signal,
    );
    return { ...suite, cases };
  } finally {
    await Promise.all(Object.values(runners).map((runner) => runner.close()));
  }
}
