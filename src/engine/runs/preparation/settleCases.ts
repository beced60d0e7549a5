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
  const { scripts, modules, python } = scriptRunners(root, ports);
  if (!scripts || !modules) return suite;
  try {
    const cases = await suite.settleCases(
      (script, scope, cancel) => runWorkspaceScript(script, scope, { scripts, modules }, cancel),
      signal,
    );
    return { ...suite, cases };
  } finally {
    await Promise.all([scripts.close(), modules.close(), python?.close()]);
  }
}
