import type { LocatedCase } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { formatLocation } from '../model/location.ts';
import type { ToolCall } from '../model/message.ts';
import type { Output, Usage } from '../model/output.ts';
import { type ReplySource, sourceNote, standsIn } from '../model/replySource.ts';
import type { Rerun, TrialResult } from '../model/result.ts';
import { usageEntry } from '../model/usageEntry.ts';

/** One result as reports write it; described by media/schemas/report-1.schema.json. Keys in a fixed order. */
export function resultEntry(result: TrialResult, located: LocatedCase | undefined) {
  return {
    target: result.target,
    case_id: result.caseId,
    description: located?.case.description ?? null,
    case_index: result.caseIndex,
    trial: result.trial,
    status: result.status,
    score: result.score,
    reason: result.reason,
    settled: {
      stage: result.settlement.stage,
      early: result.settlement.early,
      left_out: result.settlement.skipped.map(({ name }) => name),
      ...defined({ audited: result.settlement.audited }),
    },
    input: located?.case.messages ?? located?.case.input ?? null,
    expected_output: located?.case.expected_output ?? null,
    output: outputEntry(result.output),
    evaluations: result.evaluations.map(evaluationEntry),
    location: located ? formatLocation(located.location) : null,
    tags: result.tags,
    cluster: result.cluster ?? null,
    trace_id: result.traceId,
    started_at: new Date(result.startedAt).toISOString(),
    ...(result.rerun ? { rerun: rerunEntry(result.rerun, result) } : {}),
  };
}

/** That a case was run again: in which run, when, and what came of it before. */
export function rerunEntry({ runId, before }: Rerun, { startedAt }: TrialResult) {
  return { run: runId, at: new Date(startedAt).toISOString(), before };
}

function outputEntry(output: Output) {
  return {
    status: output.status,
    text: output.text,
    ...(output.status === 'complete' && output.json !== undefined ? { json: output.json } : {}),
    ...(output.status === 'incomplete' ? { reason: output.reason } : {}),
    ...(output.status === 'error' ? { error: output.error } : {}),
    tool_calls: output.toolCalls.map(toolCallEntry),
    steps: output.steps.map(({ latencyMs, ...step }) => ({
      ...step,
      ...defined({ latency_ms: latencyMs }),
    })),
    model: output.model ?? null,
    usage: output.usage ? reportedUsage(output.usage) : null,
    cost_usd: output.costUsd,
    ...(output.costComputed ? { cost_computed: true } : {}),
    ...defined({ from_trace: output.fromTrace }),
    latency_ms: output.latencyMs,
    ...defined({ exit_ms: output.exitMs, attempts: output.attempts, warnings: output.warnings }),
    finish_reason: output.finishReason,
    ...(output.source ? { source: sourceEntry(output.source) } : {}),
  };
}

/** Where an answer comes from that is not a fresh one of the model's own; `text` says it in words. */
function sourceEntry(source: ReplySource) {
  const { kind, why } = source;
  return {
    kind,
    text: sourceNote(source),
    fallback: standsIn(source),
    why: why.kind === 'first' ? { kind: why.kind } : { kind: why.kind, message: why.message },
    ...('model' in source ? { model: source.model } : {}),
    ...('ageMs' in source ? { age_ms: source.ageMs, prompt_hash: source.promptHash } : {}),
    ...('similarity' in source ? { similarity: source.similarity, by: source.by } : {}),
  };
}

function toolCallEntry(call: ToolCall) {
  return { ...defined({ id: call.id }), name: call.name, arguments: call.arguments };
}

/** Says as well whether the tokens were counted here, where the provider reported none. */
function reportedUsage(usage: Usage) {
  return { ...usageEntry(usage), ...(usage.counted ? { counted: true } : {}) };
}

function evaluationEntry(evaluation: Evaluation) {
  return {
    name: evaluation.name,
    type: evaluation.type,
    stage: evaluation.stage,
    status: evaluation.status,
    ...(evaluation.status === 'scored' ? { score: evaluation.score, pass: evaluation.pass } : {}),
    reason: evaluation.reason,
    weight: evaluation.weight,
    ...defined({ metric: evaluation.metric }),
    ...conceptsOf(evaluation),
    ...(evaluation.status === 'skipped' ? {} : spending(evaluation)),
    latency_ms: evaluation.latencyMs,
    ...(evaluation.status !== 'skipped' && evaluation.source
      ? { source: sourceEntry(evaluation.source) }
      : {}),
    ...(evaluation.location ? { location: formatLocation(evaluation.location) } : {}),
  };
}

/** The words that an output lacks, or has although they are forbidden. */
function conceptsOf(evaluation: Evaluation): { missing?: string[]; forbidden?: string[] } {
  const detail = evaluation.status === 'scored' && isJsonObject(evaluation.detail) ? evaluation.detail : {};
  if (evaluation.type === 'concepts' && detail['missing']) return { missing: texts(detail['missing']) };
  if (evaluation.type === 'forbidden-concepts' && detail['found'])
    return { forbidden: texts(detail['found']) };
  return {};
}

function texts(value: JsonValue): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function spending(evaluation: Exclude<Evaluation, { status: 'skipped' }>) {
  return {
    ...(evaluation.usage ? { usage: reportedUsage(evaluation.usage) } : {}),
    ...defined({ cost_usd: evaluation.costUsd }),
  };
}
