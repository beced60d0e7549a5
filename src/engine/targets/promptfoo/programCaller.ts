import path from 'node:path';
import type { ErrorPlace } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { Clock, Environment, Trust } from '../../ports.ts';
import { errorOutput, excerpt } from '../agentReply.ts';
import { type ProcessEnd, runProcess } from '../childProcess.ts';
import { scrubbedEnvironment, traceEnvironment } from '../commandEnvironment.ts';
import { resolveEnvironment } from '../environmentReference.ts';
import { programFiles } from '../programFiles.ts';
import { parseUntrustedJson } from '../untrustedJson.ts';
import { JAVASCRIPT_PROVIDER, PYTHON_PROVIDER } from './programSources.ts';
import type { PromptfooCaller } from './promptfooTarget.ts';
import { providerReply } from './providerReply.ts';
import { unsupportedCaller } from './simpleCallers.ts';

export interface ProgramCallerOptions {
  language: 'javascript' | 'python';
  /** Absolute path of the module. */
  file: string;
  /** Its export or function; `callApi` of the default export or `call_api` where absent. */
  function?: string;
  cwd: string;
  /** The provider's options (`id`, `label`, `config`), handed to the module. */
  options: JsonObject;
  env: { [name: string]: string };
  name: string;
  where: ErrorPlace;
}

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * A provider that is a module of the workspace in JavaScript, TypeScript or Python. It is run in a process of its own
 * for each call, with a scrubbed environment; its calls are errors where scripts are not trusted.
 */
export function programCaller(
  options: ProgramCallerOptions,
  ports: { environment: Environment; clock: Clock; trust: Trust },
): PromptfooCaller {
  const { language, file, cwd, name, where } = options;
  const shown = path.relative(cwd, file).replaceAll(path.sep, '/');
  if (!ports.trust.scripts || !ports.trust.commands) {
    return unsupportedCaller(
      name,
      `the provider ${shown} is a program, which is not trusted to run; read it, then use --trust`,
    );
  }
  const added = resolveEnvironment(options.env, ports.environment, { owner: `The target "${name}"`, where });
  const env = { ...scrubbedEnvironment(ports.environment, added), ...INTERPRETER_ENVIRONMENT[language] };
  const command = commandOf(language, ports.environment);
  return {
    kind: 'command',
    lane: `program:${name}`,
    identity: {
      program: shown,
      function: options.function ?? null,
      options: options.options,
      // As written: what a ${env:…} stands for may be a key.
      env: options.env,
      files: programFiles([shown], cwd),
    },
    async call(prompt, vars, { case: golden }, context) {
      const told: JsonValue = {
        file,
        name: options.function ?? null,
        prompt,
        options: options.options,
        context: {
          vars,
          prompt: { raw: prompt, label: prompt },
          test: { vars, metadata: (golden.metadata ?? {}) as JsonObject },
          ...(/^0+$/.test(context.span.traceId) ? {} : { traceparent: context.span.traceparent }),
        },
      };
      const start = ports.clock.monotonic();
      const end = await runProcess(
        {
          command,
          cwd,
          env: { ...env, ...traceEnvironment(context.span) },
          input: JSON.stringify(told),
          timeoutMs: context.timeoutMs,
          maxBytes: MAX_BYTES,
          signal: context.signal,
        },
        ports.clock,
      );
      return toOutput(end, command[0], ports.clock.monotonic() - start);
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
    return [process.execPath, '--no-warnings', '--input-type=module', '-e', JAVASCRIPT_PROVIDER];
  }
  const usual = process.platform === 'win32' ? 'python' : 'python3';
  return [environment.get('PROMPTFOO_PYTHON') ?? usual, '-c', PYTHON_PROVIDER];
}

function toOutput(end: ProcessEnd, program: string, latencyMs: number): Output {
  const failed = (code: string, message: string, transient = false) =>
    errorOutput(code, `${message}${lastWords(end.stderr)}`, latencyMs, transient);
  switch (end.kind) {
    case 'exited': {
      if (end.code !== 0) return failed('exit', `The provider exited with code ${end.code}.`);
      const reply = readReply(end.stdout);
      return reply === undefined
        ? failed('protocol', 'The provider ended without a reply.')
        : providerReply(reply, latencyMs);
    }
    case 'killed':
      return failed('exit', `The provider was ended by ${end.signal}.`);
    case 'timeout':
      return failed('timeout', 'The provider did not answer within its time limit.', true);
    case 'overflow':
      return failed('too-large', `The provider wrote more than ${MAX_BYTES} bytes to ${end.stream}.`);
    case 'unstarted':
      return failed('start', `The program ${excerpt(program)} could not be started: ${end.message}.`);
  }
}

/** The last line is the reply; whatever stands before it was printed by something that the module started. */
function readReply(stdout: Buffer): JsonValue | undefined {
  try {
    return parseUntrustedJson(stdout.toString('utf8').split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

/** The end of what the module wrote to its standard error: at most 10 lines and 2,000 characters. */
function lastWords(stderr: Buffer): string {
  const text = stderr.subarray(-2_000).toString('utf8').trim();
  return text === '' ? '' : ` Its last words:\n${text.split(/\r?\n/).slice(-10).join('\n')}`;
}
