import { hash } from 'node:crypto';
import { SAME } from '../../compare/live/liveComparison.ts';
import { deriveId } from '../../datasets/import/caseIds.ts';
import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import { readApiRequest } from '../apis/readApiRequest.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ShadowPair } from '../shadow/shadowPair.ts';
import { askedOf } from './askedOf.ts';
import { outputsOf } from './pairOutputs.ts';
import { isSame } from './pairPlan.ts';

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

/** What a pair is of. */
export interface PairPlace {
  position: number;
  route: Pick<RouteConfig, 'arms'>;
  shadow: Pick<ShadowConfig, 'to'>;
}

export function pairCase(pair: ShadowPair, { position, route, shadow }: PairPlace): PairCase {
  const { primary, candidate } = pair;
  const { api, request: sent } = primary;
  const request = readApiRequest(api, sent.body ?? Buffer.alloc(0));
  const asked = askedOf(request, sent.body) ?? { input: '' };
  const answers = outputsOf(pair);
  const arm = route.arms.find(({ name }) => name === primary.arm);
  const same = arm !== undefined && isSame(arm.target, shadow.to, request.model);
  const tools = [...answers.baseline.toolCalls, ...answers.candidate.toolCalls].map(({ name }) => name);
  const cluster = clusterOf(primary.stickyKey);

  const metadata: JsonObject = {
    [EXCHANGE]: primary.id,
    ...(primary.arm === null ? {} : { target: primary.arm }),
    trace_id: primary.traceId,
    ...(same ? { [SAME]: true } : {}),
    ...(pair.divergence ? { divergence: pair.divergence as unknown as JsonObject } : {}),
  };
  return {
    exchange: primary.id,
    located: {
      case: {
        id: `${deriveId(contentOf(asked))}-${position + 1}`,
        ...asked,
        ...defined({ cluster }),
        tags: tagsOf(primary, [...new Set(tools)]),
        metadata,
      },
      index: position,
      location: { path: `gateway/${primary.route}`, line: position + 1, column: 1 },
    },
    baseline: answerOf(answers.baseline, primary),
    candidate: answerOf(answers.candidate, pair.candidateCalls[0] ?? candidate),
  };
}

/** The client itself, or a policy of ours, kept the primary from answering: that says nothing of either target. */
export function isUnanswered({ primary: { ending, status } }: ShadowPair): boolean {
  if (ending === 'left' || ending === 'refused') return true;
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
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
