import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

export interface ActionStep {
  name?: string;
  id?: string;
  if?: string;
  run?: string;
  uses?: string;
  env?: Texts;
  with?: { [name: string]: string | number };
}

interface Action {
  inputs: { [name: string]: { default?: string } };
  runs: { steps: ActionStep[] };
}

type Texts = { [name: string]: string };
type Outputs = { [step: string]: { outputs: Texts } };

export interface ActionRun {
  /** Names of the steps that ran or, being others' actions, would have. */
  steps: string[];
  /** The inputs of others' actions, by the step's name. */
  used: { [step: string]: Texts };
  outputs: Outputs;
  /** What all steps printed. */
  log: string;
  /** What the page of the run shows. */
  summary: string;
  failed: boolean;
}

export interface ActionOptions {
  /** The workspace, in which the steps run. */
  cwd: string;
  inputs?: Texts;
  secrets?: Texts;
  /** The context `github`, in addition to what every run has. */
  github: { [name: string]: unknown };
  environment?: Texts;
}

/**
 * Runs the shell steps of a composite action on this machine, as GitHub's runner would: expressions, conditions,
 * environment and the files for outputs and the summary. Steps that use others' actions are only noted.
 */
export function runAction(file: string, options: ActionOptions): ActionRun {
  const action = parse(readFileSync(file, 'utf8')) as Action;
  const defaults = Object.entries(action.inputs).map(([name, input]) => [
    name,
    fill(input.default ?? '', { github: options.github }, { run: startRun(), options }),
  ]);
  const inputs = { ...Object.fromEntries(defaults), ...options.inputs };
  return runSteps(action.runs.steps, { ...options, inputs }, path.dirname(file));
}

/** The same for the steps of a job. `folder` is that of the action. */
export function runSteps(steps: readonly ActionStep[], options: ActionOptions, folder = ''): ActionRun {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'touchstone-steps-'));
  const run = startRun();
  const { github, inputs = {}, secrets = {} } = options;
  const contexts = { github, inputs, secrets, steps: run.outputs, runner: { os: 'Linux' } };
  try {
    for (const step of steps) runStep(step, contexts, { run, options, scratch, folder });
    return run;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function startRun(): ActionRun {
  return { steps: [], used: {}, outputs: {}, log: '', summary: '', failed: false };
}

interface Place {
  run: ActionRun;
  options: ActionOptions;
  scratch: string;
  folder: string;
}

/** What an expression is evaluated for. */
type Around = Pick<Place, 'run' | 'options'>;

function runStep(step: ActionStep, contexts: object, place: Place): void {
  const { run, options, scratch, folder } = place;
  const name = step.name ?? step.uses ?? step.run ?? '';
  if (!isDue(step, contexts, place)) return;
  run.steps.push(name);
  const filled = (texts: object = {}): Texts =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, fill(String(text), contexts, place)]),
    );
  if (step.uses !== undefined) {
    run.used[name] = filled(step.with);
    return;
  }
  const [output, summary] = ['output', 'summary'].map((name) => path.join(scratch, name)) as [string, string];
  for (const each of [output, summary]) writeFileSync(each, '');
  const script = path.join(scratch, 'step.sh');
  writeFileSync(script, step.run ?? '');
  const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: options.cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...options.environment,
      ...filled(step.env),
      GITHUB_ACTION_PATH: folder,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_REPOSITORY: String(options.github['repository'] ?? ''),
      GITHUB_BASE_REF: String(options.github['base_ref'] ?? ''),
    },
  });
  run.log += stdout + stderr;
  run.summary += readFileSync(summary, 'utf8');
  run.failed ||= status !== 0;
  if (step.id !== undefined) run.outputs[step.id] = { outputs: outputsOf(output) };
}

function isDue(step: ActionStep, contexts: object, around: Around): boolean {
  if (step.if === undefined) return !around.run.failed;
  const says = evaluate(step.if.replace(/^\$\{\{(.*)\}\}$/s, '$1'), contexts, around);
  const seesFailures = /\b(?:always|cancelled|failure)\(\)/.test(step.if);
  return Boolean(says) && (seesFailures || !around.run.failed);
}

function outputsOf(file: string): Texts {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

function fill(text: string, contexts: object, around: Around): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    String(evaluate(expression, contexts, around) ?? ''),
  );
}

/** The parts of GitHub's expressions that an action of ours uses: names, texts, comparison, and, or, not. */
function evaluate(expression: string, contexts: object, around: Around): unknown {
  const script = expression.replace(
    /'[^']*'|\b(?!true\b|false\b)[a-z][\w-]*(?:\.[\w-]+)*(\()?/g,
    (found, call: string | undefined) => {
      if (found.startsWith("'") || call) return found;
      return `get(${JSON.stringify(found)})`;
    },
  );
  const get = (name: string): unknown =>
    name
      .split('.')
      .reduce<unknown>((at, key) => (at as { [key: string]: unknown } | undefined)?.[key], contexts) ?? '';
  const functions = {
    get,
    always: () => true,
    cancelled: () => false,
    failure: () => around.run.failed,
    hashFiles: (pattern: string) => globSync(pattern, { cwd: around.options.cwd }).join(),
  };
  return new Function(...Object.keys(functions), `return ${script};`)(...Object.values(functions));
}
