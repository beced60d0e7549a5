import { statSync } from 'node:fs';
import os from 'node:os';
import { ConfigError, type ErrorPlace } from '../errors.ts';
import { contentHash } from '../model/hash.ts';
import type { Output } from '../model/output.ts';
import type { Clock, Environment, Trust } from '../ports.ts';
import { errorOutput, excerpt, type ReplyForm, readReply } from './agentReply.ts';
import { agentRequest } from './agentRequest.ts';
import { type ProcessEnd, runProcess } from './childProcess.ts';
import { scrubbedEnvironment, traceEnvironment } from './commandEnvironment.ts';
import { resolveEnvironment } from './environmentReference.ts';
import { programFiles } from './programFiles.ts';
import { createSpanFiles } from './spanFiles.ts';
import type { Target, TargetContext, TargetRequest } from './target.ts';

export interface CommandTargetOptions {
  name: string;
  /** Program and arguments; never passed through a shell. */
  command: readonly string[];
  /** Absolute path of the folder in which the program runs. */
  cwd: string;
  /** Variables on top of the allow-listed ones; values may hold `${env:NAME}`. */
  env?: { [name: string]: string };
  /** `text`: standard output is the answer as it stands. Default `json`: the reply document. */
  reply?: 'json' | 'text';
  /** Further limit of one call in milliseconds; the call's own limit holds as well. */
  timeoutMs?: number;
  /** Limit for standard output and for standard error, each. Default 4 MiB. */
  maxOutputBytes?: number;
  /** Where the files for the agent's spans are put. Default: the system's folder for temporary files. */
  scratchFolder?: string;
  /** Where the target stands in the configuration. */
  where?: ErrorPlace;
}

export interface CommandTargetPorts {
  environment: Environment;
  clock: Clock;
  trust: Trust;
}

/** The system was short of processes or descriptors, which may pass. */
const SHORT_OF = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * An agent that is a program: it reads one request document (agentRequest.ts) as JSON from its standard
 * input, writes one reply document (agentReply.ts) as JSON to its standard output, and exits with code 0.
 *
 * Its environment is scrubbed to an allow-list plus `env`. TRACEPARENT and BAGGAGE carry the trace; into the
 * file named by TOUCHSTONE_OTLP_FILE it may append its own spans, one OTLP JSON request per line.
 *
 * Throws ConfigError when commands are not trusted, the command is empty, or a variable is missing.
 */
export function createCommandTarget(options: CommandTargetOptions, ports: CommandTargetPorts): Target {
  const { name, cwd, env = {}, reply = 'json', maxOutputBytes = 4 * 1024 * 1024 } = options;
  const [program, ...args] = options.command;
  const place = options.where ? { where: options.where } : {};
  requireTrust(options, ports.trust);
  if (!program) {
    throw new ConfigError(`The target "${name}" has an empty command`, {
      ...place,
      remedy: 'Name the program and its arguments, e.g. command: [node, agent/main.mjs]',
    });
  }
  const added = resolveEnvironment(env, ports.environment, { owner: `The target "${name}"`, ...place });
  const fixedEnv = scrubbedEnvironment(ports.environment, added);
  const spanFiles = createSpanFiles(options.scratchFolder ?? os.tmpdir());
  const form: ReplyForm = { kind: reply };

  async function call(request: TargetRequest, context: TargetContext): Promise<Output> {
    requireTrust(options, ports.trust);
    const spanFile = context.receiveSpans ? await spanFiles.next() : undefined;
    const start = ports.clock.monotonic();
    const end = await runProcess(
      {
        command: [program ?? '', ...args],
        cwd,
        env: {
          ...fixedEnv,
          ...traceEnvironment(context.span),
          ...(spanFile ? { TOUCHSTONE_OTLP_FILE: spanFile } : {}),
        },
        input: JSON.stringify(agentRequest(request)),
        timeoutMs: Math.min(context.timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY),
        maxBytes: maxOutputBytes,
        signal: context.signal,
      },
      ports.clock,
    );
    const latencyMs = ports.clock.monotonic() - start;
    if (spanFile) await handOverSpans(spanFile, context);
    return toOutput(end, latencyMs);
  }

  async function handOverSpans(file: string, { receiveSpans, span }: TargetContext): Promise<void> {
    const { requests, dropped } = await spanFiles.take(file);
    for (const request of requests) receiveSpans?.(request);
    if (dropped > 0) span.log('warn', 'Some lines of the agent’s spans are not JSON', { dropped });
  }

  function toOutput(end: ProcessEnd, latencyMs: number): Output {
    const failed = (code: string, message: string, transient = false) =>
      errorOutput(code, `${message}${lastLines(end.stderr)}`, latencyMs, transient);
    switch (end.kind) {
      case 'exited':
        if (end.code !== 0) return failed('exit', `The agent exited with code ${end.code}.`);
        return readStandardOutput(end.stdout, form, latencyMs);
      case 'killed':
        return failed('exit', `The agent was ended by ${end.signal}.`);
      case 'timeout':
        return failed('timeout', 'The agent did not answer within its time limit.', true);
      case 'overflow':
        return failed('too-large', `The agent wrote more than ${maxOutputBytes} bytes to ${end.stream}.`);
      case 'unstarted':
        return failed('start', unstarted(program ?? '', cwd, end), SHORT_OF.has(end.code));
    }
  }

  return {
    name,
    kind: 'command',
    lane: `command:${name}`,
    hash: contentHash({
      kind: 'command',
      command: options.command,
      // As written: what a ${env:…} stands for may be a key, and is not part of the agent.
      env,
      reply,
      files: programFiles(options.command, cwd),
    }),
    call,
    close: () => spanFiles.close(),
  };
}

function requireTrust({ name, where }: CommandTargetOptions, trust: Trust): void {
  if (trust.commands) return;
  throw new ConfigError(`The target "${name}" runs a program, and this folder is not trusted to do so`, {
    ...(where ? { where } : {}),
    remedy: 'Read what the command does, then trust the folder',
  });
}

function readStandardOutput(bytes: Buffer, form: ReplyForm, latencyMs: number): Output {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return errorOutput('protocol', 'The agent’s reply is not valid UTF-8.', latencyMs);
  }
  if (form.kind === 'json' && text.trim() === '') {
    return errorOutput('protocol', 'The agent wrote nothing to its standard output.', latencyMs);
  }
  return readReply(text, form, latencyMs);
}

function unstarted(program: string, cwd: string, end: { code: string; message: string }): string {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return `The agent could not be started: its folder ${cwd} does not exist.`;
  }
  if (end.code === 'ENOENT') {
    return `The agent could not be started: the program ${excerpt(program)} was not found. Install it, or correct the target’s command.`;
  }
  if (end.code === 'EACCES') {
    return `The agent could not be started: ${excerpt(program)} may not be executed.`;
  }
  return `The agent could not be started: ${end.message}.`;
}

/** The end of what the agent wrote to its standard error: at most 10 lines and 2,000 characters. */
function lastLines(stderr: Buffer): string {
  const text = stderr.subarray(-2_000).toString('utf8').trim();
  return text === '' ? '' : ` Its last words:\n${text.split(/\r?\n/).slice(-10).join('\n')}`;
}
