import type { TrialResult } from '../../model/result.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import { evaluatedCall } from '../evaluatedCalls.ts';
import { evaluationRecords } from '../evaluationRecords.ts';
import { createOtlpClient } from './otlpClient.ts';
import type { OtlpSettings } from './otlpSettings.ts';
import { type ExportOutcome, OtlpSink } from './otlpSink.ts';

/**
 * Sends a stored run to an OTLP collector: its spans, its log lines, and an event for each evaluation. One
 * trace is in memory at a time. What cannot be sent is told, never thrown; only an abort rejects. A kind of
 * record that failed once is not tried again.
 */
export async function exportRun(
  runId: string,
  store: RunStore,
  options: { settings: OtlpSettings; clock: Clock; random: Random; signal: AbortSignal },
): Promise<ExportOutcome> {
  const { settings, signal } = options;
  const sink = new OtlpSink(createOtlpClient(settings, options));
  for (const { id, results } of traces(runId, store)) {
    const spans = store.traces.spans(id);
    const logs = store.traces.logs(id);
    const evaluations = results.flatMap((result) =>
      evaluationRecords(result, runId, evaluatedCall(result, spans)),
    );
    await sink.take({ spans, logs, evaluations }, signal);
  }
  await sink.flush(signal);
  return sink.outcome;
}

/** The trace of the run itself, then that of each case at each target with its results. */
function* traces(runId: string, store: RunStore): IterableIterator<{ id: string; results: TrialResult[] }> {
  const own = store.runTraceId(runId);
  if (own !== undefined) yield { id: own, results: [] };
  let results: TrialResult[] = [];
  for (const result of store.results(runId)) {
    const id = results[0]?.traceId;
    if (id !== undefined && id !== result.traceId) {
      yield { id, results };
      results = [];
    }
    results.push(result);
  }
  const last = results[0]?.traceId;
  if (last !== undefined) yield { id: last, results };
}
