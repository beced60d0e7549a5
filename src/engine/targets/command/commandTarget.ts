import { stat } from 'node:fs/promises';
import os from 'node:os';
import { ConfigError, type ErrorPlace } from '../../errors.ts';
import { contentHash } from '../../model/hash.ts';
import type { Output } from '../../model/output.ts';
import type { Clock, Environment, Random, Trust } from '../../ports.ts';
import { PROGRAM } from '../capabilities.ts';
import { looksLikeReply, type ReplyForm } from '../reply/agentReply.ts';
import { findReply } from '../reply/findReply.ts';
import type { ResponsePaths } from '../reply/foreignReply.ts';
import { parseUntrustedJson } from '../reply/untrustedJson.ts';
import { type Attempt, retriedCall } from '../retriedCall.ts';
import { referredVariables } from '../secrets/environmentReference.ts';
import type { Target, TargetContext, TargetRequest } from '../target.ts';
import { type ProcessEnd, runProcess } from './childProcess.ts';
import { scrubbedEnvironment, traceEnvironment } from './commandEnvironment.ts';
import { commandInvocation } from './commandInvocation.ts';
import { commandOutput } from './commandOutput.ts';
import { programEnvironment } from './programEnvironment.ts';
import { programFiles } from './programFiles.ts';
import { createSpanFiles, readScratch } from './spanFiles.ts';
import { withheldHint } from './withheldVariables.ts';

export interface CommandTargetOptions {
  name: string;
  /** Program and arguments, which may hold placeholders such as `{{input}}`; never passed through a shell. */
  command: readonly string[];
  /** Absolute path of the folder in which the program runs. */
  cwd: string;
  /** Absolute path of the workspace; `cwd` where absent. */
  root?: string;
  /** Variables on top of the allow-listed ones; values may hold `${env:NAME}` and placeholders. */
  env?: { [name: string]: string };
  /** `text`: standard output is the answer as it stands. Default `json`: the reply document. */
  reply?: 'json' | 'text';
  /** Where the answer stands in a JSON reply of another form (foreignReply.ts). */
  response?: ResponsePaths;
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
  random: Random;
  trust: Trust;
  /** Takes keys out of what the agent wrote, before it is cut short. */
  redact?(text: string): string;
}

/**
 * An agent that is a program: it reads one request document (agentRequest.ts) as JSON from its standard input, or
 * the case from its arguments, and writes one reply document (agentReply.ts) as JSON to its standard output, or to the
 * file named by TOUCHSTONE_REPLY_FILE.
 *
 * Its environment is scrubbed to an allow-list plus `env`. TRACEPARENT and BAGGAGE carry the trace; into the
 * file named by TOUCHSTONE_OTLP_FILE it may append its own spans, one OTLP JSON request per line.
 *
 * Throws ConfigError when commands are not trusted, the command is empty, or a variable is missing.
 */
export function createCommandTarget(options: CommandTargetOptions, ports: CommandTargetPorts): Target {
  const { name, cwd, env = {}, maxOutputBytes: maxBytes = 4 * 1024 * 1024 } = options;
  const { clock, environment, redact = (text: string) => text } = ports;
  const [program, ...args] = options.command;
  const place = options.where ? { where: options.where } : {};
  requireTrust(options, ports.trust);
  if (!program) {
    throw new ConfigError(`The target "${name}" has an empty command`, {
      ...place,
      remedy: 'Name the program and its arguments, e.g. command: [node, agent/main.mjs]',
    });
  }

  const invoke = commandInvocation({ args, env }, environment, { owner: `the target "${name}"`, ...place });
  const files = createSpanFiles(options.scratchFolder ?? os.tmpdir());
  const form = replyForm(options);

  async function attempt(
    request: TargetRequest,
    context: TargetContext,
    timeoutMs: number,
  ): Promise<Attempt> {
    const spanFile = await files.next();
    const replyFile = `${spanFile}.reply`;
    const invocation = invoke(request);
    const given = {
      ...scrubbedEnvironment(environment, invocation.env),
      ...traceEnvironment(context.span),
      ...(context.receiveSpans ? { TOUCHSTONE_OTLP_FILE: spanFile } : {}),
      TOUCHSTONE_REPLY_FILE: replyFile,
    };

    const begunAt = clock.now();
    const end = await runProcess(
      {
        command: [program ?? '', ...invocation.args],
        cwd,
        env: given,
        input: invocation.input,
        timeoutMs,
        maxBytes,
        signal: context.signal,
        hasAnswered: async (stdout) => answered(stdout, await readScratch(replyFile, maxBytes), form),
      },
      clock,
    );

    const file = await takeReply(replyFile, begunAt);
    await handOverSpans(spanFile, context);

    const hint = (said: string): string => withheldHint(environment, given, said);
    const { output, lines } = commandOutput({
      ...{ end, form, cwd, maxBytes, file, redact, hint },
      program: program ?? '',
    });
    for (const line of lines.slice(0, MOST_LOGGED)) context.span.log('info', redact(line));

    return { output, ...(mayRetry(output, end.kind) ? { retry: {} } : {}) };
  }

  async function takeReply(file: string, begunAt: number) {
    const bytes = await readScratch(file, maxBytes);
    const written = await stat(file).catch(() => undefined);
    await files.remove(file);
    return bytes.length === 0 || !written ? undefined : { bytes, ms: written.mtimeMs - begunAt };
  }

  async function handOverSpans(file: string, { receiveSpans, span }: TargetContext): Promise<void> {
    if (!receiveSpans) return;
    const { requests, dropped } = await files.take(file);
    for (const request of requests) receiveSpans(request);
    if (dropped > 0) span.log('warn', 'Some lines of the agent’s spans are not JSON', { dropped });
  }

  return {
    name,
    kind: 'command',
    capabilities: PROGRAM,
    lane: `command:${name}`,
    hash: contentHash({
      kind: 'command',
      command: options.command,
      // As written: what a ${env:…} stands for may be a key, and counts by its digest.
      env,
      reply: options.reply ?? 'json',
      ...(options.response ? { response: { ...options.response } } : {}),
      files: programFiles(options.command, { cwd, root: options.root ?? cwd }),
    }),
    environment: {
      ...programEnvironment(program, {
        ...{ cwd, root: options.root ?? cwd },
        search: scrubbedEnvironment(environment, env)['PATH'] ?? '',
      }),
      ...referredVariables([env, args], environment),
    },

    async call(request, context) {
      requireTrust(options, ports.trust);

      const { signal, span } = context;
      const limitMs = Math.min(context.timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
      return retriedCall((leftMs) => attempt(request, context, leftMs), {
        ...{ clock, random: ports.random, signal, span, limitMs },
      });
    },

    close: () => files.close(),
  };
}

/** Of the lines beside the reply, so many go into the log. */
const MOST_LOGGED = 100;

/** Where the agent says that it may succeed later, or the system was too busy to start it; not at the end of its time. */
function mayRetry(output: Output, end: ProcessEnd['kind']): boolean {
  if (output.status !== 'error' || !output.error.transient) return false;
  return end !== 'timeout';
}

function replyForm({ response, reply }: CommandTargetOptions): ReplyForm {
  return response ? { kind: 'path', paths: response } : { kind: reply ?? 'json' };
}

/** Whether the reply is there. A text is whole when the program ends, and not before. */
function answered(stdout: Buffer, file: Buffer, form: ReplyForm): boolean {
  if (form.kind === 'text') return false;
  return [file, stdout].some((bytes) => {
    const found = findReply(bytes.toString('utf8'), form);
    return found !== undefined && looksLikeReply(parseUntrustedJson(found.text), form);
  });
}

function requireTrust({ name, where }: CommandTargetOptions, trust: Trust): void {
  if (trust.commands) return;
  throw new ConfigError(`The target "${name}" runs a program, and this folder is not trusted to do so`, {
    where,
    remedy: 'Read what the command does, then trust the folder',
  });
}
