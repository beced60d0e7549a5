import { z } from 'zod';
import { FileError } from '../errors.ts';
import type { SourceDocument } from '../files/formats/document.ts';
import { readLineBatches } from '../files/formats/jsonLines.ts';
import { parseJson } from '../files/formats/parseJson.ts';
import { defined } from '../model/defined.ts';
import { fromStart, type Tape, type TapeAttempt, type TapeCall } from './tape.ts';

/** More requests than this are refused: the tape is held in memory. */
const MOST_LINES = 1_000_000;

const amount = z.number().min(0);

const lineSchema = z.strictObject({
  at_ms: amount,
  provider: z.string().min(1),
  call: z.union([z.string().min(1), z.int()]).optional(),
  duration_ms: amount,
  status: z.union([z.int().min(100).max(599), z.enum(['network', 'timeout', 'cut'])]),
  retry_after_ms: amount.optional(),
  input_tokens: z.int().min(0).nullish(),
  output_tokens: z.int().min(0).nullish(),
  cost_usd: amount.nullish(),
  bulkhead: z.string().min(1).default('target'),
  caller: z.string().default('tape'),
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

  return { name: options.shownAs, calls: ordered([...calls.values(), ...alone]), arrivals: 'as-recorded' };
}

function readLine(document: SourceDocument): TapeLine {
  const read = lineSchema.safeParse(document.value);
  if (read.success) return read.data;

  const [issue] = read.error.issues;
  const pointer = issue?.path.filter((key) => typeof key !== 'symbol') ?? [];
  const name = pointer.length > 0 ? `'${pointer.join('.')}': ` : '';
  throw new FileError(`this is no request of a tape: ${name}${issue?.message ?? 'not understood'}`, {
    where: document.locate(pointer),
    remedy:
      'A request has at_ms, provider, duration_ms and status (an HTTP status, "network", "timeout" or "cut"), and may have call, retry_after_ms, input_tokens, output_tokens, cost_usd, bulkhead and caller.',
  });
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
