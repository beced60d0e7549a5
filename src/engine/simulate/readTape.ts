import { z } from 'zod';
import { FileError } from '../errors.ts';
import type { SourceDocument } from '../files/formats/document.ts';
import { readLineBatches } from '../files/formats/jsonLines.ts';
import { parseJson } from '../files/formats/parseJson.ts';
import { excerpt } from '../files/text/excerpt.ts';
import { defined } from '../model/defined.ts';
import { isJsonObject } from '../model/json.ts';
import { type AttemptOutcome, fromStart, type Tape, type TapeAttempt, type TapeCall } from './tape.ts';

/** More requests than this are refused: the tape is held in memory. */
const MOST_LINES = 1_000_000;
/** A clock of numbers as large as they may be would stand still. One year, in milliseconds. */
const LONGEST_MS = 366 * 86_400_000;

const TIME = 'expected milliseconds, from 0 to one year';
const time = z.number(TIME).min(0, TIME).max(LONGEST_MS, TIME);
const COUNT = 'expected a whole number, 0 or more';
const count = z.int(COUNT).min(0, COUNT).nullish();
const NAME = 'expected a name';
const name = z.string(NAME).min(1, NAME);
const COST = 'expected US dollars, 0 or more';
const STATUS = 'expected an HTTP status from 100 to 599, "network", "timeout" or "cut"';
const isStatus = (value: unknown): value is AttemptOutcome =>
  value === 'network' ||
  value === 'timeout' ||
  value === 'cut' ||
  (typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599);

const lineSchema = z.strictObject({
  at_ms: time,
  provider: name,
  call: z.union([name, z.int()], 'expected a name or a whole number').optional(),
  duration_ms: time,
  status: z.custom<AttemptOutcome>(isStatus, STATUS),
  retry_after_ms: time.optional(),
  input_tokens: count,
  output_tokens: count,
  cost_usd: z.number(COST).min(0, COST).nullish(),
  bulkhead: name.default('target'),
  caller: z.string(NAME).default('tape'),
});

type TapeLine = z.output<typeof lineSchema>;

/**
 * Reads a tape from a JSONL file: one line for each request that was sent. Lines with the same `call` are attempts at
 * one call. Throws FileError with the line and column of what is wrong.
 */
export async function readTape(
  path: string,
  options: { shownAs: string; signal: AbortSignal },
): Promise<Tape> {
  const calls = new Map<string | number, TapeCall>();
  const alone: TapeCall[] = [];
  let count = 0;

  for await (const batch of readLineBatches(path, options)) {
    for (const { text, line } of batch) {
      count += 1;
      if (count > MOST_LINES) throw tooMany(options.shownAs, line);
      const read = readLine(parseJson(text, options.shownAs, { line }));
      addLine(read, calls, alone);
    }
  }

  if (count === 0) {
    const remedy =
      'Write one line for each request, such as {"at_ms": 0, "provider": "openai", "duration_ms": 800, "status": 200}.';
    throw new FileError('the tape has no requests', { where: { path: options.shownAs }, remedy });
  }

  return {
    name: options.shownAs,
    missing: 0,
    calls: ordered([...calls.values(), ...alone]),
    arrivals: 'as-recorded',
  };
}

function readLine(document: SourceDocument): TapeLine {
  const read = lineSchema.safeParse(document.value);
  if (read.success) return read.data;

  const [issue] = read.error.issues;
  const pointer = issue?.path.filter((key) => typeof key !== 'symbol') ?? [];
  const [key] = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const where = key === undefined ? document.locate(pointer) : document.locateKey([key]);
  throw new FileError(problemOf(document.value, pointer.join('.'), key, issue?.message ?? ''), {
    where,
    remedy:
      'A request has at_ms, provider, duration_ms and status (an HTTP status, "network", "timeout" or "cut"), and may have call, retry_after_ms, input_tokens, output_tokens, cost_usd, bulkhead and caller.',
  });
}

function problemOf(value: unknown, field: string, unknown: string | undefined, message: string): string {
  if (!isJsonObject(value)) return 'a line of a tape must be an object';
  if (unknown !== undefined) return `'${excerpt(unknown)}' is not a field of a request`;
  return Object.hasOwn(value, field) ? `${field}: ${message}` : `a request needs ${field}`;
}

function addLine(line: TapeLine, calls: Map<string | number, TapeCall>, alone: TapeCall[]): void {
  const attempt: TapeAttempt = {
    atMs: line.at_ms,
    durationMs: line.duration_ms,
    outcome: line.status,
    ...defined({ retryAfterMs: line.retry_after_ms }),
  };

  const known = line.call === undefined ? undefined : calls.get(line.call);
  if (known) {
    known.attempts.push(attempt);
    known.atMs = Math.min(known.atMs, attempt.atMs);
    known.inputTokens ??= line.input_tokens ?? null;
    known.outputTokens ??= line.output_tokens ?? null;
    known.costUsd ??= line.cost_usd ?? null;
    return;
  }

  const call: TapeCall = {
    provider: line.provider,
    pool: line.bulkhead,
    caller: line.caller,
    atMs: line.at_ms,
    attempts: [attempt],
    inputTokens: line.input_tokens ?? null,
    outputTokens: line.output_tokens ?? null,
    costUsd: line.cost_usd ?? null,
  };
  if (line.call === undefined) alone.push(call);
  else calls.set(line.call, call);
}

/** Lines may come in the order in which requests ended; a tape is in the order in which they began, from time 0. */
function ordered(calls: TapeCall[]): TapeCall[] {
  for (const { attempts } of calls) attempts.sort((a, b) => a.atMs - b.atMs);
  return fromStart(calls);
}

function tooMany(path: string, line: number): FileError {
  return new FileError(`the tape has more than ${MOST_LINES} requests`, {
    where: { path, line, column: 1 },
    remedy: 'Cut it: a few thousand requests around the trouble say as much.',
  });
}
