import { hash } from 'node:crypto';
import { SAME } from '../../compare/live/liveComparison.ts';
import { deriveId } from '../../datasets/import/caseIds.ts';
import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { ApiRequest } from '../apis/apiRequest.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ShadowPair } from '../shadow/shadowPair.ts';
import { askedOf } from './askedOf.ts';
import { outputsOf, type ReadOutput } from './pairOutputs.ts';

/** How exchanges are read. */
export interface ExchangeReader {
  request(exchange: FinishedExchange): ApiRequest;
  output: ReadOutput;
}

/** A pair as it is stored: what was asked as a case without an expectation, and both answers. */
export interface PairCase {
  /** Of the primary's exchange. */
  exchange: string;
  located: LocatedCase;
  baseline: PairAnswer;
  candidate: PairAnswer;
}

export interface PairAnswer {
  output: Output;
  /** Milliseconds since the epoch. */
  startedAt: number;
  traceId: string;
}

/** Tags of tools; a request may have hundreds. */
const MOST_TOOLS = 20;
/** Where a case says from which exchange it is. */
export const EXCHANGE = 'exchange';

/** `same`: both sides were asked the very same thing. */
export function pairCase(
  pair: ShadowPair,
  at: { position: number; same: boolean },
  reader: ExchangeReader,
): PairCase {
  const { primary, candidate } = pair;
  const request = reader.request(primary);
  const asked = askedOf(request, primary.request.body) ?? { input: '' };
  const answers = outputsOf(pair, reader.output);
  const tools = [...answers.baseline.toolCalls, ...answers.candidate.toolCalls].map(({ name }) => name);
  const cluster = clusterOf(primary.stickyKey);

  const metadata: JsonObject = {
    [EXCHANGE]: primary.id,
    ...(primary.arm === null ? {} : { target: primary.arm }),
    trace_id: primary.traceId,
    ...(at.same ? { [SAME]: true } : {}),
    ...(pair.divergence ? { divergence: pair.divergence as unknown as JsonObject } : {}),
  };
  return {
    exchange: primary.id,
    located: {
      case: {
        id: `${deriveId(contentOf(asked))}-${at.position + 1}`,
        ...asked,
        ...defined({ cluster }),
        tags: tagsOf(primary, [...new Set(tools)]),
        metadata,
      },
      index: at.position,
      location: { path: `gateway/${primary.route}`, line: at.position + 1, column: 1 },
    },
    baseline: answerOf(answers.baseline, primary),
    candidate: answerOf(answers.candidate, pair.candidateCalls[0] ?? candidate),
  };
}

/** Sessions may be named after people. */
function clusterOf(stickyKey: string | null): string | undefined {
  return stickyKey === null ? undefined : `session ${hash('sha256', stickyKey, 'hex').slice(0, 12)}`;
}

function contentOf(asked: object): JsonValue {
  return Object.values(asked)[0] as JsonValue;
}

function tagsOf({ route, api }: FinishedExchange, tools: readonly string[]): string[] {
  return [`route:${route}`, `api:${api}`, ...tools.slice(0, MOST_TOOLS).map((name) => `tool:${name}`)];
}

function answerOf(output: Output, { startedMs, traceId }: FinishedExchange): PairAnswer {
  return { output, startedAt: startedMs, traceId };
}
