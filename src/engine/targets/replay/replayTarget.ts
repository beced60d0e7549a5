import { FileError } from '../../errors.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { readText } from '../../files/readText.ts';
import { contentHash } from '../../model/hash.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { ASKS_NOBODY } from '../capabilities.ts';
import { errorOutput, readReply } from '../reply/agentReply.ts';
import type { Target } from '../target.ts';

interface ReplayTargetOptions {
  name: string;
  /** JSONL: one output a line. Relative to the workspace, for messages. */
  path: string;
  /** On this machine. */
  absolute: string;
}

interface RecordedLine {
  reply: JsonObject;
  line: number;
  /** In milliseconds; 0 where the line does not say. */
  latencyMs: number;
}

/**
 * Outputs that were produced elsewhere, by the id of their case. Each line is a reply document (agentReply.ts)
 * with `case_id`, and if wanted `trial` (from 0; without it the line serves every trial) and `latency_ms`.
 * Nothing is called. Throws FileError with the line of whatever cannot be used, and for two outputs of one trial.
 */
export function createReplayTarget({ name, path, absolute }: ReplayTargetOptions): Target {
  const text = readText(absolute, path);
  const outputs = readLines(text, path);
  return {
    name,
    kind: 'replay',
    capabilities: ASKS_NOBODY,
    lane: `replay:${name}`,
    hash: contentHash({ kind: 'replay', text }),

    call: async ({ case: { id }, trial }, { signal }) => {
      signal.throwIfAborted();
      const found = outputs.get(keyOf(id, trial)) ?? outputs.get(keyOf(id, undefined));
      if (!found) return errorOutput('not-recorded', `${path} has no output of the case "${id}"`, 0);
      return readReply(JSON.stringify(found.reply), { kind: 'json' }, found.latencyMs);
    },

    close: async () => {},
  };
}

function readLines(text: string, path: string): Map<string, RecordedLine> {
  const outputs = new Map<string, RecordedLine>();
  for (const [index, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const { key, ...recorded } = readLine(content, path, line);
    const earlier = outputs.get(key);
    if (earlier) {
      throw wrong(path, line, `this output has the same case and trial as the one in line ${earlier.line}`);
    }
    outputs.set(key, { ...recorded, line });
  }
  return outputs;
}

function readLine(content: string, path: string, line: number) {
  const { value } = parseJson(content, path, { line });
  if (!isJsonObject(value)) throw wrong(path, line, 'a line must be an object');

  const { case_id: caseId, trial, latency_ms: latency, ...reply } = value;
  if (typeof caseId !== 'string' || caseId === '') throw wrong(path, line, 'the "case_id" is missing');
  if (trial !== undefined && (!Number.isSafeInteger(trial) || Number(trial) < 0)) {
    throw wrong(path, line, '"trial" must be a whole number from 0');
  }
  if (latency !== undefined && !(typeof latency === 'number' && latency >= 0)) {
    throw wrong(path, line, '"latency_ms" must be a number from 0');
  }
  if (!('output' in reply || 'tool_calls' in reply || 'error' in reply)) {
    throw wrong(path, line, 'there is no "output", "tool_calls" or "error"');
  }

  return {
    key: keyOf(caseId, trial === undefined ? undefined : Number(trial)),
    reply,
    latencyMs: Number(latency ?? 0),
  };
}

function keyOf(caseId: string, trial: number | undefined): string {
  return `${trial ?? '*'} ${caseId}`;
}

function wrong(path: string, line: number, what: string): FileError {
  return new FileError(what, {
    where: { path, line, column: 1 },
    remedy: 'A line looks like this: {"case_id": "refund-001", "output": "Within 30 days."}',
  });
}
