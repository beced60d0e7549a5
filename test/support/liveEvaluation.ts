import type { LiveEvaluation } from '../../src/engine/model/liveEvaluation.ts';

/** An evaluation that passed, but for what is given. */
export function liveEvaluation(seq: number, given: Partial<LiveEvaluation> = {}): LiveEvaluation {
  return {
    seq,
    ...{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), monitor: 'support', evaluator: 'is-json' },
    ...{ type: 'is-json', stage: 'heuristic', score: 1, passed: true, reason: 'valid JSON' },
    ...{ costUsd: 0, latencyMs: 1, atMs: 1_800_000_000_000, spanEndMs: 1_799_999_999_000 },
    labels: { service: 'agent', model: null, release: null },
    ...given,
  };
}
