import path from 'node:path';
import type { ErrorPlace } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { Clock, Environment } from '../../ports.ts';
import { errorOutput, excerpt } from '../../targets/agentReply.ts';
import { type ProcessEnd, runProcess } from '../../targets/childProcess.ts';
import { scrubbedEnvironment, traceEnvironment } from '../../targets/commandEnvironment.ts';
import { referredVariables, resolveEnvironment } from '../../targets/environmentReference.ts';
import { lastOutput } from '../../targets/lastOutput.ts';
import { programEnvironment } from '../../targets/programEnvironment.ts';
import { programFiles } from '../../targets/programFiles.ts';
import type { TargetContext } from '../../targets/target.ts';
import { parseUntrustedJson } from '../../targets/untrustedJson.ts';
import { JAVASCRIPT_MODULE, PYTHON_MODULE } from './programSources.ts';
import type { PromptfooProgram } from './promptfooProgram.ts';

/** What its function is called with, in this order. */
export interface ModuleCall {
  args: JsonValue[];
  /** For a class: what it is made with. */
  options?: JsonValue;
}

type ModuleReply =
  | { kind: 'reply'; value: JsonValue; latencyMs: number }
  | { kind: 'failed'; output: Output };

export interface ModuleProcess {
  /** Path relative to its folder, for messages. */
  shown: string;
  /** Everything that decides what it answers. */
  identity: JsonValue;
  /** What it takes from outside, as Target has it. */
  environment: { [name: string]: string };
  call(call: ModuleCall, context: TargetContext): Promise<ModuleReply>;
}

/** Most modules that fail at once miss their key. */
const ENVIRONMENT = 'It sees only those variables of the environment that the file names under env.';
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Runs a module in a process of its own for each call, with a scrubbed environment. Whether it may be run is for the
 * caller to know. Throws ConfigError for a variable that is not set.
 */
export function moduleProcess(
  module: PromptfooProgram,
  ports: { environment: Environment; clock: Clock; redactor?: Redactor; root: string },
  owner: { owner: string; where: ErrorPlace },
): ModuleProcess {
  const { language, file, cwd } = module;
  const shown = path.relative(cwd, file).replaceAll(path.sep, '/');
  const added = resolveEnvironment(module.env, ports.environment, owner);
  const env: { [name: string]: string } = {
    ...scrubbedEnvironment(ports.environment, added),
    ...INTERPRETER_ENVIRONMENT[language],
  };
  const command = commandOf(language, ports.environment);
  return {
    shown,
    identity: {
      program: shown,
      function: module.function ?? null,
      // As written: what a ${env:…} stands for may be a key, and counts by its digest.
      env: module.env,
      files: programFiles([file], { cwd, root: ports.root }),
    },
    environment: {
      ...programEnvironment(command[0], { cwd, root: ports.root, search: env['PATH'] ?? '' }),
      ...referredVariables(module.env, ports.environment),
    },
    async call({ args, options = null }, context) {
      const start = ports.clock.monotonic();
      const end = await runProcess(
        {
          command,
          cwd,
          env: { ...env, ...traceEnvironment(context.span) },
          input: JSON.stringify({ file, name: module.function ?? null, args, options }),
          timeoutMs: context.timeoutMs,
          maxBytes: MAX_BYTES,
          signal: context.signal,
        },
        ports.clock,
      );
      return toReply(end, shown, command[0], ports.clock.monotonic() - start, ports.redactor);
    },
  };
}

const INTERPRETER_ENVIRONMENT = {
  // Inside the editor, Node is the editor's own program, which must be told so.
  javascript: process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {},
  python: { PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
};

function commandOf(language: 'javascript' | 'python', environment: Environment): [string, ...string[]] {
  if (language === 'javascript') {
    return [process.execPath, '--no-warnings', '--input-type=module', '-e', JAVASCRIPT_MODULE];
  }
  const usual = process.platform === 'win32' ? 'python' : 'python3';
  return [environment.get('PROMPTFOO_PYTHON') ?? usual, '-c', PYTHON_MODULE];
}

function toReply(
  end: ProcessEnd,
  shown: string,
  program: string,
  latencyMs: number,
  redactor: Redactor | undefined,
): ModuleReply {
  const stderr = end.stderr.toString('utf8');
  const failed = (code: string, message: string, transient = false): ModuleReply => ({
    kind: 'failed',
    output: errorOutput(
      code,
      `${message}${lastOutput(redactor?.text(stderr) ?? stderr)}`,
      latencyMs,
      transient,
    ),
  });
  switch (end.kind) {
    case 'exited': {
      if (end.code !== 0) return failed('exit', `${shown} exited with code ${end.code}. ${ENVIRONMENT}`);
      const value = lastLine(end.stdout);
      return value === undefined
        ? failed('protocol', `${shown} ended without a reply.`)
        : { kind: 'reply', value, latencyMs };
    }
    case 'killed':
      return failed('exit', `${shown} was ended by ${end.signal}.`);
    case 'timeout':
    case 'lingered':
      return failed('timeout', `${shown} did not answer within its time limit.`, true);
    case 'overflow':
      return failed('too-large', `${shown} wrote more than ${MAX_BYTES} bytes to ${end.stream}.`);
    case 'unstarted':
      return failed('start', `The program ${excerpt(program)} could not be started: ${end.message}.`);
  }
}

/** The last line is the reply; whatever stands before it was printed by something that the module started. */
function lastLine(stdout: Buffer): JsonValue | undefined {
  try {
    return parseUntrustedJson(stdout.toString('utf8').split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
