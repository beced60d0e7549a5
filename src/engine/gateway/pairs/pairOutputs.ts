import type { Output, Usage } from '../../model/output.ts';
import { outputOf } from '../apis/outputOf.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ShadowPair, ToolDivergence } from '../shadow/shadowPair.ts';
import { shown } from './askedOf.ts';

/** What both sides answered. */
export function outputsOf(pair: ShadowPair): { baseline: Output; candidate: Output } {
  const candidate = whole(pair.candidateCalls.length > 0 ? pair.candidateCalls : [pair.candidate]);
  return {
    baseline: withSteps(ofTarget(pair.primary)),
    candidate: pair.divergence ? diverged(candidate, pair.divergence) : candidate,
  };
}

/** What a fallback of the route answered is not the target's own. */
function ofTarget(exchange: FinishedExchange): Output {
  const output = outputOf(exchange);
  if (exchange.source !== 'fallback' || output.source !== undefined) return output;
  const message = exchange.reason ?? 'the target did not answer';
  return {
    ...output,
    source: { kind: 'model', why: { kind: 'transient', message }, model: output.model ?? 'a fallback' },
  };
}

/** The last answer of a loop over tools, at the cost of all its calls. */
function whole(calls: readonly FinishedExchange[]): Output {
  const outputs = calls.map(ofTarget);
  const last = outputs.at(-1);
  if (!last) throw new Error('a candidate was asked at least once');
  if (outputs.length === 1) return withSteps(last);
  return withSteps({
    ...last,
    toolCalls: outputs.flatMap(({ toolCalls }) => toolCalls),
    usage: sumOf(outputs.map(({ usage }) => usage)),
    costUsd: total(outputs.map(({ costUsd }) => costUsd)),
    latencyMs: outputs.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
  });
}

/** The tools that it asked for are the steps that it took. */
function withSteps(output: Output): Output {
  if (output.steps.length > 0) return output;
  const steps = output.toolCalls.map(({ name, arguments: given }) => {
    return { type: 'tool' as const, name, arguments: given };
  });
  return { ...output, steps };
}

function diverged(output: Output, divergence: ToolDivergence): Output {
  return { ...output, warnings: [...(output.warnings ?? []), divergenceText(divergence)] };
}

/** For people. */
export function divergenceText({ at, wanted, recorded }: ToolDivergence): string {
  const call = (one: ToolDivergence['wanted']) => `${one.name}(${shown(one.arguments)})`;
  const instead =
    recorded === null
      ? 'where the primary called nothing more'
      : `where the primary called ${call(recorded)}`;
  return `first divergence: tool call ${at + 1} was ${call(wanted)} ${instead}; no result is recorded for it`;
}

/** Null where any is unknown. */
export function total(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function sumOf(usages: readonly (Usage | null)[]): Usage | null {
  const known = usages.filter((usage) => usage !== null);
  if (known.length < usages.length) return null;
  const sum = (of: (usage: Usage) => number | undefined) =>
    known.reduce((all, usage) => all + (of(usage) ?? 0), 0);
  return {
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    cachedInputTokens: sum(({ cachedInputTokens }) => cachedInputTokens),
    reasoningTokens: sum(({ reasoningTokens }) => reasoningTokens),
    ...(known.some(({ counted }) => counted) ? { counted: true as const } : {}),
  };
}
