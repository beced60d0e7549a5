import os from 'node:os';
import { ConfigError, type ErrorPlace } from '../../errors.ts';
import { contentHash } from '../../model/hash.ts';
import { mostTokens } from '../../models/callEstimate.ts';
import type { Clock, Environment, Trust } from '../../ports.ts';
import type { ProviderGuards } from '../../resilience/providerGuards.ts';
import { PROGRAM } from '../capabilities.ts';
import { guardedOutput } from '../guardedOutput.ts';
import type { ReplyForm } from '../reply/agentReply.ts';
import type { ResponsePaths } from '../reply/foreignReply.ts';
import { referredVariables } from '../secrets/environmentReference.ts';
import type { Target } from '../target.ts';
import { CommandCalls } from './commandCalls.ts';
import { scrubbedEnvironment } from './commandEnvironment.ts';
import { commandInvocation } from './commandInvocation.ts';
import { programEnvironment } from './programEnvironment.ts';
import { programFiles } from './programFiles.ts';
import { createSpanFiles } from './spanFiles.ts';

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
  guards: ProviderGuards;
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
  const calls = new CommandCalls({
    ...{ program, cwd, maxBytes, files, environment, clock, redact },
    form: replyForm(options),
    invoke,
  });
  const lane = `command:${name}`;
  const guard = ports.guards.of({ provider: name, origin: lane, credential: [] });

  return {
    name,
    kind: 'command',
    capabilities: PROGRAM,
    lane,
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

      const timeoutMs = Math.min(context.timeoutMs, options.timeoutMs ?? Number.POSITIVE_INFINITY);
      const inputTokens = () => mostTokens(JSON.stringify(request.case));
      return guardedOutput({ guard, clock }, { ...context, timeoutMs, inputTokens }, (signal) =>
        calls.attempt(request, context, signal),
      );
    },

    close: () => files.close(),
  };
}

function replyForm({ response, reply }: CommandTargetOptions): ReplyForm {
  return response ? { kind: 'path', paths: response } : { kind: reply ?? 'json' };
}

function requireTrust({ name, where }: CommandTargetOptions, trust: Trust): void {
  if (trust.commands) return;
  throw new ConfigError(`The target "${name}" runs a program, and this folder is not trusted to do so`, {
    where,
    remedy: 'Read what the command does, then trust the folder',
  });
}
