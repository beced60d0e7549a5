import { stripVTControlCharacters } from 'node:util';
import { ConfigError } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { JsonValue } from '../../model/json.ts';
import { emptyOutput, type Output } from '../../model/output.ts';
import type { Clock, Environment, Trust } from '../../ports.ts';
import { errorOutput, excerpt } from '../../targets/agentReply.ts';
import { PROGRAM } from '../../targets/capabilities.ts';
import { type ProcessEnd, runProcess } from '../../targets/childProcess.ts';
import { scrubbedEnvironment, traceEnvironment } from '../../targets/commandEnvironment.ts';
import { referredVariables, resolveEnvironment } from '../../targets/environmentReference.ts';
import { lastOutput } from '../../targets/lastOutput.ts';
import { programEnvironment } from '../../targets/programEnvironment.ts';
import { programFiles } from '../../targets/programFiles.ts';
import type { ExecCall } from '../providers/promptfooProvider.ts';
import type { CallerOwner, PromptfooCaller } from './promptfooCaller.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * A program that is started for each call with three further arguments: the prompt, its options and its context
 * (`vars`, `traceparent`) as JSON. What it writes to its standard output is the answer. Its environment is
 * scrubbed. Throws ConfigError when commands are not trusted.
 */
export function execCaller(
  options: ExecCall,
  { name, owner, where }: CallerOwner,
  ports: { environment: Environment; clock: Clock; trust: Trust; redactor?: Redactor; root: string },
): PromptfooCaller {
  const { command, cwd } = options;
  if (!ports.trust.commands) {
    throw new ConfigError(`${owner} runs a program, and this folder is not trusted to do so`, {
      where,
      remedy: 'Read what the command does, then trust the folder',
    });
  }
  const added = resolveEnvironment(options.env, ports.environment, { owner, where });
  const env = scrubbedEnvironment(ports.environment, added);
  const [program = '', ...words] = command;
  const identity: JsonValue = {
    command: [...command],
    options: options.options,
    env: options.env,
    files: programFiles(command, { cwd, root: ports.root }),
  };
  return {
    kind: 'command',
    capabilities: PROGRAM,
    lane: `exec:${name}`,
    identity,
    environment: {
      ...programEnvironment(program, { cwd, root: ports.root, search: env['PATH'] ?? '' }),
      ...referredVariables(options.env, ports.environment),
    },
    async call(prompt, vars, _request, context) {
      const told = {
        vars,
        prompt: { raw: prompt, label: prompt },
        ...(context.span.traceparent ? { traceparent: context.span.traceparent } : {}),
      };
      const start = ports.clock.monotonic();
      const end = await runProcess(
        {
          command: [program, ...words, prompt, JSON.stringify(options.options), JSON.stringify(told)],
          cwd,
          env: { ...env, ...traceEnvironment(context.span) },
          input: '',
          timeoutMs: context.timeoutMs,
          maxBytes: MAX_BYTES,
          signal: context.signal,
        },
        ports.clock,
      );
      return toOutput(end, program, ports.clock.monotonic() - start, ports.redactor);
    },
  };
}

function toOutput(
  end: ProcessEnd,
  program: string,
  latencyMs: number,
  redactor: Redactor | undefined,
): Output {
  const written = plain(end.stderr);
  const stderr = redactor?.text(written) ?? written;
  const failed = (code: string, message: string, transient = false) =>
    errorOutput(code, `${message}${lastOutput(stderr)}`, latencyMs, transient);
  switch (end.kind) {
    case 'exited': {
      if (end.code !== 0) return failed('exit', `The program exited with code ${end.code}.`);
      const text = plain(end.stdout);
      if (text === '' && stderr !== '') return failed('protocol', 'The program wrote nothing but errors.');
      return { ...emptyOutput(), status: 'complete', text, latencyMs };
    }
    case 'killed':
      return failed('exit', `The program was ended by ${end.signal}.`);
    case 'timeout':
    case 'lingered':
      return failed('timeout', 'The program did not answer within its time limit.', true);
    case 'overflow':
      return failed('too-large', `The program wrote more than ${MAX_BYTES} bytes to ${end.stream}.`);
    case 'unstarted':
      return failed('start', `The program ${excerpt(program)} could not be started: ${end.message}.`);
  }
}

function plain(bytes: Buffer): string {
  return stripVTControlCharacters(bytes.toString('utf8')).trim();
}
