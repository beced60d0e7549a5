import type { EvaluatorDeps } from '../evaluators/evaluator.ts';
import { createPythonRunner } from '../evaluators/pythonProcess.ts';
import { createScriptRunner } from '../evaluators/scriptProcess.ts';
import type { Environment, Trust } from '../ports.ts';
import { scrubbedEnvironment } from '../targets/commandEnvironment.ts';

const JAVASCRIPT_LIMIT_MS = 5_000;
/** Modules that Python code imports may take their time. */
const PYTHON_LIMIT_MS = 30_000;

/** What runs the scripts of a workspace; nothing where they are not trusted. No process is started yet. */
export function scriptRunners(
  root: string,
  { environment, trust }: { environment: Environment; trust: Trust },
): Pick<EvaluatorDeps, 'scripts' | 'python'> {
  if (!trust.scripts) return { scripts: undefined };
  const program = environment.get('PROMPTFOO_PYTHON');
  return {
    scripts: createScriptRunner({ timeoutMs: JAVASCRIPT_LIMIT_MS }),
    python: createPythonRunner({
      timeoutMs: PYTHON_LIMIT_MS,
      env: scrubbedEnvironment(environment, {}),
      cwd: root,
      ...(program === undefined ? {} : { program }),
    }),
  };
}
