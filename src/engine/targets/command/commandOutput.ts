import { entryAt } from '../../files/entryAt.ts';
import type { Output } from '../../model/output.ts';
import { errorOutput, excerpt, type ReplyForm, readReply } from '../reply/agentReply.ts';
import { type FoundReply, findReply } from '../reply/findReply.ts';
import { type Arrival, LINGER_MS, type ProcessEnd } from './childProcess.ts';
import { lastOutput } from './lastOutput.ts';

export interface CommandOutputOptions {
  end: ProcessEnd;
  form: ReplyForm;
  program: string;
  cwd: string;
  /** Limit for each stream, in bytes. */
  maxBytes: number;
  /** What the agent wrote to the file for its reply, and when, in milliseconds after the start. */
  file: { bytes: Buffer; ms: number } | undefined;
  redact(text: string): string;
  /** What to add when the agent failed; `said` is everything that it wrote about it. */
  hint(said: string): string;
}

/** The system was short of processes or descriptors, which may pass. */
const SHORT_OF = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

const REMEDY =
  'Print such lines to standard error, or write the reply to the file named by TOUCHSTONE_REPLY_FILE.';

/**
 * What a program answered. A reply that is whole counts, whatever became of the program afterwards; the latency is
 * when the reply was there. `lines` are what else it wrote to its standard output.
 */
export function commandOutput(options: CommandOutputOptions): { output: Output; lines: string[] } {
  const { end, form, file } = options;
  const reply = file?.bytes.length ? replyInFile(file, end, form) : replyOnStdout(end, form);
  if (reply === 'not-utf-8') {
    return { output: failed('protocol', 'The agent’s reply is not valid UTF-8.', options), lines: [] };
  }
  if (!reply) return { output: withoutReply(options), lines: [] };

  const output = readReply(reply.text, form, reply.ms, options.redact);
  const warnings = [...noiseWarning(reply, file !== undefined, options), ...endWarning(options)];
  return {
    output: {
      ...(output.status === 'error' ? explained(output, options) : output),
      exitMs: end.elapsedMs,
      ...(warnings.length > 0 ? { warnings } : {}),
    },
    lines: reply.noise,
  };
}

interface TimedReply extends FoundReply {
  ms: number;
}

function replyInFile(file: { bytes: Buffer; ms: number }, end: ProcessEnd, form: ReplyForm) {
  const text = decode(file.bytes);
  if (text === undefined) return 'not-utf-8';
  const noise = end.stdout.toString('utf8').split('\n');
  const whole =
    form.kind === 'text' ? end.kind === 'exited' && end.code === 0 : findReply(text, form) !== undefined;
  if (!whole && !endedWell(end)) return undefined;
  return {
    text,
    end: text.length,
    noise: noise.filter((line) => line.trim() !== ''),
    ms: Math.min(Math.max(file.ms, 0), end.elapsedMs),
  };
}

function replyOnStdout(end: ProcessEnd, form: ReplyForm): TimedReply | 'not-utf-8' | undefined {
  const text = decode(end.stdout);
  if (text === undefined) return endedWell(end) ? 'not-utf-8' : undefined;
  if (form.kind === 'text') {
    if (!endedWell(end)) return undefined;
    return { text, end: text.length, noise: [], ms: end.arrivals.at(-1)?.ms ?? end.elapsedMs };
  }
  if (end.kind === 'overflow' && end.stream === 'stdout') return undefined;

  const reply = findReply(text, form);
  if (reply) return { ...reply, ms: arrivalOf(Buffer.byteLength(text.slice(0, reply.end)), end) };
  // Whatever it is, the reader says what is wrong with it.
  if (!endedWell(end) || text.trim() === '') return undefined;
  return { text, end: text.length, noise: [], ms: end.elapsedMs };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function arrivalOf(bytes: number, { arrivals, elapsedMs }: ProcessEnd): number {
  return arrivals.find((arrival: Arrival) => arrival.bytes >= bytes)?.ms ?? elapsedMs;
}

function endedWell(end: ProcessEnd): boolean {
  return end.kind === 'exited' && end.code === 0;
}

function noiseWarning({ noise }: FoundReply, inFile: boolean, { redact }: CommandOutputOptions): string[] {
  const [first] = noise;
  if (first === undefined || inFile) return [];
  const lines = noise.length === 1 ? 'another line' : `${noise.length} other lines`;
  return [`The agent wrote ${lines} to its standard output: ${excerpt(redact(first))}. ${REMEDY}`];
}

function endWarning({ end, redact }: CommandOutputOptions): string[] {
  const tail = lastOutput(redact(end.stderr.toString('utf8')));
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? [] : [`The agent exited with code ${end.code} after its reply.${tail}`];
    case 'killed':
      return [`The agent was ended by ${end.signal} after its reply.${tail}`];
    case 'lingered':
      return [
        `The agent went on for ${LINGER_MS / 1000} s after its reply and was ended: close what keeps it running, e.g. servers, timers or exporters.`,
      ];
    case 'timeout':
      return ['The agent had not ended at its time limit, after its reply, and was ended.'];
    case 'overflow':
      return [`The agent wrote too much to ${end.stream} after its reply and was ended.`];
    case 'unstarted':
      return [];
  }
}

function withoutReply(options: CommandOutputOptions): Output {
  const { end, maxBytes } = options;
  switch (end.kind) {
    case 'exited':
      if (end.code !== 0) return failed('exit', `The agent exited with code ${end.code}.`, options);
      return failed('protocol', 'The agent wrote nothing to its standard output.', options);
    case 'killed':
      return failed('exit', `The agent was ended by ${end.signal}.`, options);
    case 'timeout':
    case 'lingered':
      return failed('timeout', 'The agent did not answer within its time limit.', options, true);
    case 'overflow':
      return failed('too-large', `The agent wrote more than ${maxBytes} bytes to ${end.stream}.`, options);
    case 'unstarted':
      return failed('start', unstarted(end, options), options, SHORT_OF.has(end.code));
  }
}

function failed(code: string, message: string, options: CommandOutputOptions, transient = false): Output {
  const { end, redact, hint } = options;
  const stderr = redact(end.stderr.toString('utf8'));
  const advice = end.kind === 'unstarted' ? '' : hint(`${stderr}\n${end.stdout.toString('utf8')}`);
  return {
    ...errorOutput(code, `${message}${advice}${lastOutput(stderr)}`, end.elapsedMs, transient),
    exitMs: end.elapsedMs,
  };
}

/** The agent's own error, or that its reply cannot be read: with what may be the reason. */
function explained(output: Extract<Output, { status: 'error' }>, options: CommandOutputOptions): Output {
  const { code, message } = output.error;
  const { end, redact, hint } = options;
  const stderr = redact(end.stderr.toString('utf8'));
  const several =
    code === 'protocol' && end.stdout.toString('utf8').trim().includes('\n') ? ` ${REMEDY}` : '';
  const tail = code === 'protocol' ? lastOutput(stderr) : '';
  const said = `${message}${several}${hint(`${message}\n${stderr}`)}${tail}`;
  return { ...output, error: { ...output.error, message: said } };
}

function unstarted(end: { code: string; message: string }, { program, cwd }: CommandOutputOptions): string {
  if (!entryAt(cwd)?.isDirectory()) {
    return `The agent could not be started: its folder ${cwd} does not exist.`;
  }
  if (end.code === 'ENOENT') {
    return `The agent could not be started: the program ${excerpt(program)} was not found. Install it, or correct the target’s command.`;
  }
  if (end.code === 'EACCES') {
    return `The agent could not be started: ${excerpt(program)} may not be executed.`;
  }
  if (end.code === 'E2BIG') {
    return 'The agent could not be started: the case is too long for an argument. Let the agent read it from its standard input.';
  }
  return `The agent could not be started: ${end.message}.`;
}
