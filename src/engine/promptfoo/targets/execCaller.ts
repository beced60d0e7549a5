import { stripVTControlCharacters } from 'node:util';
import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { emptyOutput, type Output } from '../../model/output.ts';
import type { Trust } from '../../ports.ts';
import { withTrace } from '../../targets/callTraces.ts';
import { PROGRAM } from '../../targets/capabilities.ts';
import { type ProcessEnd, runProcess } from '../../targets/command/childProcess.ts';
import { scrubbedEnvironment } from '../../targets/command/commandEnvironment.ts';
import { lastOutput } from '../../targets/command/lastOutput.ts';
import { programEnvironment } from '../../targets/command/programEnvironment.ts';
import { programFiles } from '../../targets/command/programFiles.ts';
import { ProgramTracing } from '../../targets/command/programTracing.ts';
import { errorOutput, excerpt } from '../../targets/reply/agentReply.ts';
import { referredVariables, resolveEnvironment } from '../../targets/secrets/environmentReference.ts';
import type { ExecCall } from '../providers/promptfooProvider.ts';
import type { ProgramPorts } from '../scripts/moduleProcess.ts';
import type { CallerOwner, PromptfooCaller } from './promptfooCaller.ts';

/** Limit of what it writes to each of its outputs. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * A program that is started for each call with three further arguments: the prompt, its options and its context
 * (`vars`, `traceparent`) as JSON. What it writes to its standard output is the answer. Its environment is
 * scrubbed, and has an endpoint for its spans. Throws ConfigError if commands are not trusted, and for a variable that is not set.
 */
export function execCaller(
  { command, cwd, options, env: own }: ExecCall,
  { name, owner, where }: CallerOwner,
  { environment, clock, redactor, root, trust }: ProgramPorts & { trust: Trust },
): PromptfooCaller {
  if (!trust.commands) {
    throw new ConfigError(`${owner} runs a program, and this folder is not trusted to do so`, {
      where,
      remedy: 'Read what the command does, then trust the folder',
    });
  }

  const [program = '', ...words] = command;
  const env = scrubbedEnvironment(environment, resolveEnvironment(own, environment, { owner, where }));

  const tracing = new ProgramTracing(environment);
  return {
    kind: 'command',
    capabilities: PROGRAM,
    lane: `exec:${name}`,
    identity: { command, options, env: own, files: programFiles(command, { cwd, root }) },
    environment: {
      ...programEnvironment(program, { cwd, root, search: env['PATH'] ?? '' }),
      ...referredVariables(own, environment),
    },

    async call(prompt, vars, _request, context) {
      const { timeoutMs, signal, span } = context;
      const traceparent = span.traceparent;
      const told = { vars, prompt: { raw: prompt, label: prompt }, ...defined({ traceparent }) };
      const traced = await tracing.open(env, context);
      const begun = clock.monotonic();
      const end = await runProcess(
        {
          command: [program, ...words, prompt, JSON.stringify(options), JSON.stringify(told)],
          cwd,
          env: traced.env,
          input: '',
          timeoutMs,
          maxBytes: MAX_BYTES,
          signal,
        },
        clock,
      );

      const written = plain(end.stderr);
      const latencyMs = clock.monotonic() - begun;
      traced.traces?.takeLines(end.stderr.toString('utf8').split('\n'));
      return withTrace(
        toOutput(end, program, redactor?.text(written) ?? written, latencyMs),
        await traced.close(),
      );
    },
  };
}

/** `stderr` without signs for terminals and without keys. */
function toOutput(end: ProcessEnd, program: string, stderr: string, latencyMs: number): Output {
  const failed = (code: string, message: string, transient = false): Output =>
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

function plain(written: Buffer): string {
  return stripVTControlCharacters(written.toString('utf8')).trim();
}
