import { defined } from '../../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { ArmTarget } from '../../../suites/gateway/gatewayConfig.ts';
import type { AskUpstream } from '../../exchange/exchangeListener.ts';
import type { FinishedExchange } from '../../exchange/finishedExchange.ts';
import type { ToolDivergence } from '../shadowPair.ts';
import type { TurnCall } from './assistantTurn.ts';
import { bodyObject } from './bodyJson.ts';
import { asResultOf, extended, isToolApi, resultItems, type ToolApi } from './conversation.ts';
import { readTurn } from './readTurn.ts';
import { type RecordedCall, RecordedCalls } from './recordedCalls.ts';

/** The upstream's name for the bulkhead of copies, and what tells an agent that nobody waits for its answer. */
const POOL = 'shadow';
const COPY_HEADERS = { 'x-touchstone-shadow': '1', 'accept-encoding': 'identity' };
/** A candidate may take more turns than the primary, but not forever. */
const EXTRA_ROUNDS = 4;
const MOST_ROUNDS = 32;
/** Of a request that grew by its own calls. */
const MOST_BYTES = 4 * 1024 * 1024;

interface CandidateAnswer {
  calls: FinishedExchange[];
  divergence: ToolDivergence | null;
}

/**
 * Asks the candidate what the primary was asked. Where it asks for tools, it gets what the primary's tools said; no tool is ever
 * called. Ends with its answer, with the first call that the primary had not made, or with a call that fails.
 * Rejects only with the signal's reason.
 */
export async function askCandidate({
  upstream,
  target,
  primary,
  recorded,
  signal,
}: {
  upstream: AskUpstream;
  target: ArmTarget;
  primary: FinishedExchange;
  recorded: readonly RecordedCall[];
  signal: AbortSignal;
}): Promise<CandidateAnswer> {
  const { id, route, api, request } = primary;
  const calls: FinishedExchange[] = [];
  const answers = new RecordedCalls(recorded);
  const rounds = Math.min(MOST_ROUNDS, recorded.length + EXTRA_ROUNDS);
  const said: JsonValue[] = [];
  let body: Buffer | undefined;

  for (;;) {
    const reply = await upstream.ask({
      like: { id, route, api, request },
      target,
      ...defined({ body }),
      headers: COPY_HEADERS,
      pool: POOL,
      signal,
    });
    const before = calls.pop();
    if (before) calls.push(withoutBodies(before));
    calls.push(reply);
    if (!isSuccess(reply) || !isToolApi(api)) return { calls, divergence: null };

    const turn = readTurn(api, reply);
    const [first] = turn.calls;
    if (!first) return { calls, divergence: null };
    if (calls.length > rounds) return { calls, divergence: answers.divergence(first) };

    const results = resultsFor(api, turn.calls, answers);
    if (!Array.isArray(results)) return { calls, ...results };

    said.push(...turn.items, ...resultItems(api, results));
    body = grown(api, request.body, said);
    if (!body) return { calls, divergence: answers.divergence(first) };
  }
}

export function isSuccess({ ending, status }: FinishedExchange): boolean {
  return ending === 'done' && status !== null && status >= 200 && status < 300;
}

/** For all calls of a turn; or how the loop ends at one of them. */
function resultsFor(
  api: ToolApi,
  calls: readonly TurnCall[],
  answers: RecordedCalls,
): JsonObject[] | { divergence: ToolDivergence | null } {
  const results: JsonObject[] = [];
  let isEnd = false;
  for (const call of calls) {
    const answer = answers.answer(call);
    if (answer === 'end') isEnd = true;
    else if ('divergence' in answer) return answer;
    else results.push(asResultOf(api, answer.result, call.id));
  }
  return isEnd ? { divergence: null } : results;
}

/** Undefined where it became too long. */
function grown(api: ToolApi, body: Buffer | null, said: readonly JsonValue[]): Buffer | undefined {
  const request = bodyObject(body);
  if (!request) return undefined;
  const next = Buffer.from(JSON.stringify(extended(api, request, said)));
  return next.length > MOST_BYTES ? undefined : next;
}

/** The summary tells what a call on the way said. */
function withoutBodies({ request, reply, ...exchange }: FinishedExchange): FinishedExchange {
  return {
    ...exchange,
    request: { ...request, body: null },
    reply: reply && { ...reply, body: null },
  };
}
