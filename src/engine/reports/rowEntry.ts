import type { LocatedCase } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import { sourceNote } from '../model/replySource.ts';
import type { TrialResult } from '../model/result.ts';
import { actualText, inputText, isBad } from './caseText.ts';
import { rerunEntry } from './resultEntry.ts';

/** UTF-16 units of a text that a row keeps: enough for one line on a wide screen. */
const PREVIEW_LENGTH = 200;

/** One result as a line of a table: small, so that tens of thousands fit; `resultEntry` has the whole. */
export function rowEntry(result: TrialResult, located: LocatedCase | undefined) {
  const { output } = result;
  return {
    target: result.target,
    case_id: result.caseId,
    description: preview(located?.case.description ?? ''),
    case_index: result.caseIndex,
    trial: result.trial,
    status: result.status,
    score: result.score,
    reason: preview(result.reason),
    stage: result.settlement.stage,
    early: result.settlement.early,
    tags: result.tags,
    failed_by: result.evaluations.filter(isBad).map(({ name }) => name),
    input: preview(located ? inputText(located.case) : ''),
    output: preview(actualText(output)),
    latency_ms: output.latencyMs,
    cost_usd: output.costUsd,
    input_tokens: output.usage?.inputTokens ?? null,
    output_tokens: output.usage?.outputTokens ?? null,
    trace_id: result.traceId,
    ...(output.source
      ? { source: { kind: output.source.kind, text: preview(sourceNote(output.source)) } }
      : {}),
    ...defined({ attempts: output.attempts }),
    ...(result.rerun ? { rerun: rerunEntry(result.rerun, result) } : {}),
  };
}

/** On one line, cut between characters. */
function preview(text: string): string {
  // Looked at in full, a text of megabytes would cost more than the row.
  const line = text
    .slice(0, 4 * PREVIEW_LENGTH)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= PREVIEW_LENGTH) return line;
  return `${line
    .slice(0, PREVIEW_LENGTH)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}
