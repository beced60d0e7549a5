import { FileError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { FromTrace, Output, RawAnswer } from '../../model/output.ts';
import { notRecorded, type Recordings } from '../../models/recordings/recordings.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import { agentRequest } from '../agentRequest.ts';
import { errorOutput, readReply } from '../reply/agentReply.ts';
import { NOT_NEEDED } from '../secrets/environmentReference.ts';
import type { Target, TargetRequest } from '../target.ts';
import { replyDocument } from './replyDocument.ts';

/**
 * Keeps each answer of an agent. A failure that may pass (a timeout, a broken connection) is no answer and is
 * not kept.
 */
export function recordingTarget(target: Target, recordings: Recordings): Target {
  return {
    ...target,

    call: async (request, context) => {
      const output = recordings.clean(await target.call(request, context));
      if (output.status === 'incomplete' || (output.status === 'error' && output.error.transient)) {
        return output;
      }

      recordings.write(keyOf(target, request), {
        request: {
          target: { name: target.name, kind: target.kind, hash: target.hash },
          ...(JSON.parse(canonicalJson(agentRequest(request))) as JsonObject),
        },
        reply: replyDocument(output),
        environment: environmentOf(target, recordings),
      });

      return output;
    },

    close: () => target.close(),
  };
}

/**
 * Answers from recordings alone; the target itself is never called. A request that was not recorded is an
 * error `not-recorded`.
 */
export function replayedTarget(target: Target, recordings: Recordings): Target {
  return {
    ...target,

    call: async (request, { signal, span }) => {
      signal.throwIfAborted();

      span.set({ [TOUCHSTONE.replayed]: true });
      const key = keyOf(target, request);
      const found = recordings.read(key);
      if (!found) {
        const message = notRecorded(`the target "${target.name}"`, recordings.shownName(key));
        return errorOutput('not-recorded', message, 0);
      }

      const now = environmentOf(target, recordings);
      const changed = Object.keys(now).filter((name) => (found.environment[name] ?? now[name]) !== now[name]);
      if (changed.length > 0) {
        const names = changed.sort().join(', ');
        const message = `the reply in ${found.file} was recorded with another value of ${names}; set it as it was, or record anew with: touchstone eval --record DIR`;
        return errorOutput('not-recorded', message, 0);
      }

      return readRecorded(found.reply, found.file);
    },

    close: () => target.close(),
  };
}

/** Names of variables that hold keys: those change, and the answers stay. */
const SECRET = /key|token|secret|passw|credential|auth|cookie|private/i;

/**
 * Variables that the target is given, as far as they are set here: a replay needs none, but must not contradict the
 * recording. Keys, files of variables and installed packages do not count, since a replay may be made elsewhere.
 */
function environmentOf({ environment = {} }: Target, recordings: Recordings): JsonObject {
  const counting = Object.entries(environment).filter(
    ([name, value]) => /^\w+$/.test(name) && !SECRET.test(name) && value !== NOT_NEEDED,
  );
  return Object.fromEntries(counting.map(([name, value]) => [name, recordings.digest(value)]));
}

/** The trial's number stands for its seed, so that recordings serve whatever the run's seed is. */
function keyOf(target: Target, request: TargetRequest) {
  const { trial, seed: _seed, ...asked } = agentRequest(request);
  // What a promptfoo case says of its prompt is not part of the document, but of what is asked.
  const { promptfoo } = request.case;
  const { earlier } = request;
  const said = {
    target: target.hash,
    request: asked,
    ...defined({ promptfoo, variables: earlier === undefined ? undefined : earlier.variables }),
  };
  return { kind: 'targets', request: said, trial } as const;
}

function readRecorded(reply: JsonObject, file: string): Output {
  const { latency_ms: latencyMs } = reply;
  if (typeof latencyMs !== 'number' || !(latencyMs >= 0)) {
    throw new FileError('the recording has no "latency_ms"', {
      where: { path: file },
      remedy: 'Record it anew with: touchstone eval --record DIR',
    });
  }

  const output = readReply(JSON.stringify(reply), { kind: 'json' }, latencyMs);
  const { exit_ms: exitMs, attempts, warnings, from_trace: fromTrace } = reply;
  const raw = output.status === 'complete' ? rawAnswer(reply['raw']) : undefined;
  return {
    ...output,
    ...defined({
      exitMs: typeof exitMs === 'number' ? exitMs : undefined,
      attempts: typeof attempts === 'number' ? attempts : undefined,
      warnings: Array.isArray(warnings) ? warnings.map(String) : undefined,
      fromTrace: Array.isArray(fromTrace) ? FROM_TRACE.filter((part) => fromTrace.includes(part)) : undefined,
    }),
    ...defined({ raw }),
    metadata: { ...output.metadata, replayed: true },
  };
}

const FROM_TRACE = ['steps', 'tool_calls', 'usage', 'model', 'cost_usd'] satisfies FromTrace[];

function rawAnswer(value: JsonValue | undefined): RawAnswer | undefined {
  if (!isJsonObject(value)) return undefined;
  const { prompt, output, provider } = value;
  return defined({
    prompt: typeof prompt === 'string' ? prompt : undefined,
    output,
    provider: isJsonObject(provider) ? provider : undefined,
  });
}
