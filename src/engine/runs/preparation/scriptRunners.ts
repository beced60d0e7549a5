import {
  createModuleRunner,
  createPythonRunner,
  createScriptRunner,
  type ScriptRunners,
} from '../../evaluators/scripts/scriptRunner.ts';
import { defined } from '../../model/defined.ts';
import type { Environment, Trust } from '../../ports.ts';
import { scrubbedEnvironment } from '../../targets/command/commandEnvironment.ts';

const JAVASCRIPT_LIMIT_MS = 5_000;
/** What Python code and modules import may take its time. */
const MODULE_LIMIT_MS = 30_000;

/** What runs the scripts of a workspace; undefined if they are not trusted. No process is started yet. */
export function scriptRunners(
  root: string,
  { environment, trust }: { environment: Environment; trust: Trust },
): ScriptRunners | undefined {
  if (!trust.scripts) return undefined;
  const env = scrubbedEnvironment(environment, {});
  const program = environment.get('PROMPTFOO_PYTHON');
  return {
    javascript: createScriptRunner({ timeoutMs: JAVASCRIPT_LIMIT_MS }),
    modules: createModuleRunner({ timeoutMs: MODULE_LIMIT_MS, env, cwd: root }),
    python: createPythonRunner({
      timeoutMs: MODULE_LIMIT_MS,
      env,
      cwd: root,
      ...defined({ program }),
    }),
  };
}
