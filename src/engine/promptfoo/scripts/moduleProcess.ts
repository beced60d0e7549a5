import path from 'node:path';
import type { ErrorPlace } from '../../errors.ts';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { Environment } from '../../ports.ts';
import { type Interpreter, moduleProgram, pythonProgram } from '../../processes/interpreters.ts';
import { lastOutput } from '../../targets/command/lastOutput.ts';
import { programFiles } from '../../targets/command/programFiles.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { TargetContext } from '../../targets/target.ts';
import { type ProgramEnd, type ProgramPorts, programRun } from './programRun.ts';
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
const NOTE = 'It sees only those variables of the environment that the file names under env.';

/**
 * Runs a module in a process of its own for each call. Whether it may be run is for the caller to know. Throws ConfigError
 * for a variable that is not set.
 */
export function moduleProcess(
  module: PromptfooProgram,
  ports: ProgramPorts,
  owner: { owner: string; where: ErrorPlace },
): ModuleProcess {
  const { language, file, cwd, env } = module;
  const name = module.function ?? null;
  const shown = path.relative(cwd, file).replaceAll(path.sep, '/');
  const { command, env: interpreterEnv } = interpreterOf(language, ports.environment);
  const run = programRun({ command, cwd, env, interpreterEnv, shown, note: NOTE }, ports, owner);

  return {
    shown,
    // As written: what a ${env:…} stands for may be a key, and counts by its digest.
    identity: {
      program: shown,
      function: name,
      env,
      files: programFiles([file], { cwd, root: ports.root }),
    },
    environment: run.environment,
    async call({ args, options = null }, context) {
      const input = JSON.stringify({ file, name, args, options });
      return toReply(await run.start({ input }, context), shown);
    },
  };
}

function interpreterOf(language: PromptfooProgram['language'], environment: Environment): Interpreter {
  return language === 'javascript'
    ? moduleProgram(JAVASCRIPT_MODULE)
    : pythonProgram(PYTHON_MODULE, environment.get('PROMPTFOO_PYTHON'));
}

function toReply(end: ProgramEnd, shown: string): ModuleReply {
  if (end.kind === 'failed') return end;
  const { stdout, stderr, latencyMs } = end;
  const value = lastLine(stdout);
  if (value !== undefined) return { kind: 'reply', value, latencyMs };
  const message = `${shown} ended without a reply.${lastOutput(stderr)}`;
  return { kind: 'failed', output: errorOutput('protocol', message, latencyMs) };
}

/** The last line is the reply; whatever stands before it was printed by something that the module started. */
function lastLine(stdout: Buffer): JsonValue | undefined {
  try {
    return parseUntrustedJson(stdout.toString('utf8').trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
