import { stat } from 'node:fs/promises';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { Clock, Environment } from '../../ports.ts';
import { type CallTraces, withTrace } from '../callTraces.ts';
import { type AgentAttempt, statedAttempt } from '../guardedOutput.ts';
import { looksLikeReply, type ReplyForm } from '../reply/agentReply.ts';
import { findReply } from '../reply/findReply.ts';
import type { TargetContext, TargetRequest } from '../target.ts';
import { runProcess } from './childProcess.ts';
import { scrubbedEnvironment } from './commandEnvironment.ts';
import type { Invocation } from './commandInvocation.ts';
import { commandOutput } from './commandOutput.ts';
import { ProgramTracing } from './programTracing.ts';
import { readScratch, type SpanFiles } from './spanFiles.ts';
import { withheldHint } from './withheldVariables.ts';

interface CommandCallsOptions {
  program: string;
  cwd: string;
  /** Limit for standard output and for standard error, each. */
  maxBytes: number;
  form: ReplyForm;
  files: SpanFiles;
  environment: Environment;
  clock: Clock;
  invoke(request: TargetRequest): Invocation;
  redact(text: string): string;
}

/** The calls of one program: starts it, waits for its end, and collects its reply, spans and log lines. */
export class CommandCalls {
  readonly #options: CommandCallsOptions;
  readonly #files: SpanFiles;
  readonly #tracing: ProgramTracing;

  constructor(options: CommandCallsOptions) {
    this.#options = options;
    this.#files = options.files;
    this.#tracing = new ProgramTracing(options.environment);
  }

  /** One call of the program. Rejects with the reason of the signal, unless that is the time limit. */
  async attempt(request: TargetRequest, context: TargetContext, signal: AbortSignal): Promise<AgentAttempt> {
    const { program, cwd, maxBytes, form, environment, clock, redact } = this.#options;
    const spanFile = await this.#files.next();
    const replyFile = `${spanFile}.reply`;
    const invocation = this.#options.invoke(request);
    const traced = await this.#tracing.open(scrubbedEnvironment(environment, invocation.env), context);
    const { traces } = traced;
    const given = {
      ...traced.env,
      ...(traces ? { TOUCHSTONE_OTLP_FILE: spanFile } : {}),
      TOUCHSTONE_REPLY_FILE: replyFile,
    };

    const begunAt = clock.now();
    const end = await runProcess(
      {
        command: [program, ...invocation.args],
        cwd,
        env: given,
        input: invocation.input,
        maxBytes,
        signal,
        hasAnswered: async (stdout) => answered(stdout, await readScratch(replyFile, maxBytes), form),
      },
      clock,
    );

    const file = await this.#takeReply(replyFile, begunAt);
    if (traces) await this.#handOverSpans(spanFile, traces, context);
    const hint = (said: string): string => withheldHint(environment, given, said);
    const { output, lines } = commandOutput({
      ...{ end, form, program, cwd, maxBytes, file, redact, hint },
    });
    const others = traces ? linesBeside(traces, end.stderr, lines) : lines;

    const shown = await traced.close();

    for (const line of others.slice(0, MOST_LOGGED)) context.span.log('info', redact(line));

    return statedAttempt(withTrace(output, shown));
  }

  async #takeReply(file: string, begunAt: number) {
    const bytes = await readScratch(file, this.#options.maxBytes);
    const written = await stat(file).catch(() => undefined);
    await this.#files.remove(file);
    return bytes.length === 0 || !written ? undefined : { bytes, ms: written.mtimeMs - begunAt };
  }

  async #handOverSpans(file: string, traces: CallTraces, { span }: TargetContext): Promise<void> {
    const { requests, dropped } = await this.#files.take(file);
    for (const request of requests) traces.take(request);
    if (dropped > 0) span.log('warn', 'Some lines of the agent’s spans are not JSON', { dropped });
  }
}

/** Log lines with ids go to their spans, from wherever they come; what is left of those beside the reply. */
function linesBeside(traces: CallTraces, stderr: Buffer, beside: readonly string[]): string[] {
  traces.takeLines(stderr.toString('utf8').split('\n'));
  return traces.takeLines(beside);
}

/** Of the lines beside the reply, so many go into the log. */
const MOST_LOGGED = 100;

/** Whether the reply is there. A text is whole when the program ends, and not before. */
function answered(stdout: Buffer, file: Buffer, form: ReplyForm): boolean {
  if (form.kind === 'text') return false;
  return [file, stdout].some((bytes) => {
    const found = findReply(bytes.toString('utf8'), form);
    return found !== undefined && looksLikeReply(parseUntrustedJson(found.text), form);
  });
}
