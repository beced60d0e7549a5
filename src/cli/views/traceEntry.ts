import type { ListedTrace } from '../../engine/traces/traceSummary.ts';

/** A trace of a list in JSON, as all commands print it. */
export function traceEntry(trace: ListedTrace) {
  const { traceId, title, role, services, startMs, endMs, spans, errors, tokens, costUsd, models } = trace;
  const { session, user, release, incomplete, score, origin } = trace;
  return {
    trace_id: traceId,
    title,
    role,
    services,
    started_at: new Date(startMs).toISOString(),
    duration_ms: endMs - startMs,
    spans,
    errors,
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cost_usd: costUsd,
    models,
    session,
    user,
    release,
    incomplete,
    score,
    run: origin && { id: origin.runId, case: origin.caseId, target: origin.target },
  };
}
