import type { ErrorPlace } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import type { Output } from '../../model/output.ts';
import type { Clock, Environment } from '../../ports.ts';
import { type ProcessEnd, runProcess } from '../../targets/command/childProcess.ts';
import { scrubbedEnvironment, traceEnvironment } from '../../targets/command/commandEnvironment.ts';
import { lastOutput } from '../../targets/command/lastOutput.ts';
import { programEnvironment } from '../../targets/command/programEnvironment.ts';
import { errorOutput, excerpt } from '../../targets/reply/agentReply.ts';
import { referredVariables, resolveEnvironment } from '../../targets/secrets/environmentReference.ts';
import type { TargetContext } from '../../targets/target.ts';

/** A program of a person, started once for each call. */
export interface Program {
  command: readonly [string, ...string[]];
  cwd: string;
  /** Variables on top of the allow-listed ones; values may hold `${env:NAME}`. */
  env: { [name: string]: string };
  /** What its interpreter needs. */
  interpreterEnv?: { [name: string]: string };
  /** What messages call it. */
  shown: string;
  /** Said behind an exit code. */
  note?: string;
  /** Takes the signs out of what it writes that mean something to a terminal alone. */
  plain?(text: string): string;
}

export interface ProgramPorts {
  environment: Environment;
  clock: Clock;
  redactor?: Redactor;
  /** Absolute path of the workspace. */
  root: string;
}

/** What it wrote until it ended by itself without an error, or the output of a call that failed. */
export type ProgramEnd =
  | { kind: 'ended'; stdout: Buffer; stderr: string; latencyMs: number }
  | { kind: 'failed'; output: Output };

export interface ProgramRun {
  /** What it takes from outside, as Target has it. */
  environment: { [name: string]: string };
  /** `args` go behind those of the command. */
  start(call: { args?: readonly string[]; input: string }, context: TargetContext): Promise<ProgramEnd>;
}

/** Limit of what it writes to each of its outputs. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Runs a program with a scrubbed environment. Whether it may be run is for the caller to know. Throws ConfigError for a
 * variable that is not set.
 */
export function programRun(
  program: Program,
  { environment, clock, redactor, root }: ProgramPorts,
  owner: { owner: string; where: ErrorPlace },
): ProgramRun {
  const { command, cwd, interpreterEnv } = program;
  const added = resolveEnvironment(program.env, environment, owner);
  const env = { ...scrubbedEnvironment(environment, added), ...interpreterEnv };

  return {
    environment: {
      ...programEnvironment(command[0], { cwd, root, search: env['PATH'] ?? '' }),
      ...referredVariables(program.env, environment),
    },

    async start({ args = [], input }, context) {
      const { timeoutMs, signal, span } = context;
      const begun = clock.monotonic();
      const end = await runProcess(
        {
          command: [...command, ...args],
          cwd,
          env: { ...env, ...traceEnvironment(span) },
          input,
          timeoutMs,
          maxBytes: MAX_BYTES,
          signal,
        },
        clock,
      );

      return toEnd(end, program, clock.monotonic() - begun, redactor);
    },
  };
}

function toEnd(
  end: ProcessEnd,
  { command, shown, note = '', plain = (text) => text }: Program,
  latencyMs: number,
  redactor: Redactor | undefined,
): ProgramEnd {
  const written = plain(end.stderr.toString('utf8'));
  const stderr = redactor?.text(written) ?? written;
  const failed = (code: string, message: string, transient = false): ProgramEnd => ({
    kind: 'failed',
    output: errorOutput(code, `${message}${lastOutput(stderr)}`, latencyMs, transient),
  });

  switch (end.kind) {
    case 'exited':
      if (end.code === 0) return { kind: 'ended', stdout: end.stdout, stderr, latencyMs };
      return failed('exit', `${shown} exited with code ${end.code}. ${note}`.trimEnd());
    case 'killed':
      return failed('exit', `${shown} was ended by ${end.signal}.`);
    case 'timeout':
    case 'lingered':
      return failed('timeout', `${shown} did not answer within its time limit.`, true);
    case 'overflow':
      return failed('too-large', `${shown} wrote more than ${MAX_BYTES} bytes to ${end.stream}.`);
    case 'unstarted':
      return failed('start', `The program ${excerpt(command[0])} could not be started: ${end.message}.`);
  }
}
