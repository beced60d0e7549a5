import type { EvaluatorDeps } from '../../evaluators/evaluator.ts';
import { createModuleRunner } from '../../evaluators/scripts/moduleRunner.ts';
import { createPythonRunner } from '../../evaluators/scripts/pythonProcess.ts';
import { createScriptRunner } from '../../evaluators/scripts/scriptProcess.ts';
import { defined } from '../../model/defined.ts';
import type { Environment, Trust } from '../../ports.ts';
import { scrubbedEnvironment } from '../../targets/command/commandEnvironment.ts';

const JAVASCRIPT_LIMIT_MS = 5_000;
/** What Python code and modules import may take its time. */
const MODULE_LIMIT_MS = 30_000;

/** What runs the scripts of a workspace; nothing where they are not trusted. No process is started yet. */
export function scriptRunners(
  root: string,
  { environment, trust }: { environment: Environment; trust: Trust },
): Pick<EvaluatorDeps, 'scripts' | 'python' | 'modules'> {
  if (!trust.scripts) return { scripts: undefined };
  const env = scrubbedEnvironment(environment, {});
  const program = environment.get('PROMPTFOO_PYTHON');
  return {
    scripts: createScriptRunner({ timeoutMs: JAVASCRIPT_LIMIT_MS }),
    modules: createModuleRunner({ timeoutMs: MODULE_LIMIT_MS, env, cwd: root }),
    python: createPythonRunner({
      timeoutMs: MODULE_LIMIT_MS,
      env,
      cwd: root,
      ...defined({ program }),
    }),
  };
}
