import path from 'node:path';
import type { ErrorPlace } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import { defined } from '../../model/defined.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { Clock, Environment } from '../../ports.ts';
import { nodeProgram, pythonProgram } from '../../processes/scripts/interpreters.ts';
import { ScriptError } from '../../processes/scripts/scriptCall.ts';
import { ScriptPool } from '../../processes/scripts/scriptPool.ts';
import type { ShownByTrace } from '../../targets/callTraces.ts';
import { scrubbedEnvironment, traceEnvironment } from '../../targets/command/commandEnvironment.ts';
import { lastOutput } from '../../targets/command/lastOutput.ts';
import { programEnvironment } from '../../targets/command/programEnvironment.ts';
import { programFiles } from '../../targets/command/programFiles.ts';
import { ProgramTracing } from '../../targets/command/programTracing.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import { referredVariables, resolveEnvironment } from '../../targets/secrets/environmentReference.ts';
import type { TargetContext } from '../../targets/target.ts';
import type { PromptfooProgram } from './promptfooProgram.ts';

export interface ProgramPorts {
  environment: Environment;
  clock: Clock;
  redactor?: Redactor;
  /** Absolute path of the workspace. */
  root: string;
}

type ModuleReply =
  | { kind: 'reply'; value: JsonValue; latencyMs: number }
  | { kind: 'failed'; output: Output };

export interface ModuleProcess {
  /** Path relative to its folder, for messages. */
  shown: string;
  /** Everything that determines what it answers. */
  identity: JsonValue;
  /** As in Target. */
  environment: { [name: string]: string };
  /** Calls its function with `args`; a class is created with `options` and its `callApi` is called. */
  call(call: { args: JsonValue[]; options?: JsonValue }, context: TargetContext): Promise<ModuleReply>;
  /** As `call`, and what its spans show. */
  tracedCall(
    call: { args: JsonValue[]; options?: JsonValue },
    context: TargetContext,
  ): Promise<{ reply: ModuleReply; shown: ShownByTrace | null }>;
}

const MAX_BYTES = 4 * 1024 * 1024;
/** Most modules that fail at once lack their key. */
const NOTE = 'It sees only those variables of the environment that the file names under env.';

/**
 * Runs a module in a process of its own for each call, with a scrubbed environment. The caller checks trust. Throws
 * ConfigError for a variable that is not set.
 */
export function moduleProcess(
  module: PromptfooProgram,
  { environment, clock, redactor, root }: ProgramPorts,
  owner: { owner: string; where: ErrorPlace },
): ModuleProcess {
  const { language, file, cwd, function: name } = module;
  const shown = path.relative(cwd, file).replaceAll(path.sep, '/');
  const isPython = language === 'python';
  const program = isPython ? pythonProgram(environment.get('PROMPTFOO_PYTHON')) : nodeProgram();
  const env = scrubbedEnvironment(environment, resolveEnvironment(module.env, environment, owner));
  const pool = new ScriptPool(
    { ...program, env: { ...env, ...program.env }, cwd, shown },
    { fresh: true, processes: Number.POSITIVE_INFINITY, resultBytes: MAX_BYTES },
  );
  const tracing = new ProgramTracing(environment);
  const called = {
    kind: 'module',
    file,
    ...defined({ name: isPython ? (name ?? 'call_api') : name }),
  } as const;

  return {
    shown,
    // As written: what a ${env:…} refers to may be a key, and counts by its digest.
    identity: {
      program: shown,
      function: name ?? null,
      env: module.env,
      files: programFiles([file], { cwd, root }),
    },
    environment: {
      ...programEnvironment(program.command[0], { cwd, root, search: env['PATH'] ?? '' }),
      ...referredVariables(module.env, environment),
    },

    call: (call, context) => answer(call, context, traceEnvironment(context.span)),
    async tracedCall(call, context) {
      const traced = await tracing.open(env, context);
      const reply = await answer(call, context, traced.env);
      return { reply, shown: await traced.close() };
    },
  };

  async function answer(
    { args, options = null }: { args: JsonValue[]; options?: JsonValue },
    { signal, timeoutMs }: TargetContext,
    added: { [name: string]: string },
  ): Promise<ModuleReply> {
    const begun = clock.monotonic();
    try {
      const value = await pool.run(
        { ...called, method: 'callApi', args, options },
        { signal, timeoutMs, env: added },
      );
      return { kind: 'reply', value, latencyMs: clock.monotonic() - begun };
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      const redact = redactor?.text ?? ((text: string) => text);
      const { kind } = error;
      const message = `${messageOf(error, shown)}${lastOutput(redact(error.written))}`;
      const output = errorOutput(
        kind === 'threw' ? 'agent' : kind,
        redact(message),
        clock.monotonic() - begun,
        kind === 'timeout',
      );
      return { kind: 'failed', output };
    }
  }
}

function messageOf({ kind, message }: ScriptError, shown: string): string {
  if (kind === 'threw') return `${shown} failed: ${message}. ${NOTE}`;
  return kind === 'exit' ? `${message}. ${NOTE}` : `${message}.`;
}
