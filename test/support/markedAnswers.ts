import type { GoldenCase } from '../../src/engine/model/case.ts';
import { type ReplySource, sourceNote, standsIn } from '../../src/engine/model/replySource.ts';
import type { TrialResult } from '../../src/engine/model/result.ts';
import { complete, plan, trialResult } from './runFixtures.ts';
import { evaluation, reportOf } from './sampleReport.ts';

const DOWN = { kind: 'overloaded', message: '503 the server is down' } as const;
const STORED = { model: 'openai/gpt-5', ageMs: 3 * 3_600_000, promptHash: 'a'.repeat(64) };

/** One of each kind. */
export const SOURCES: { [name: string]: ReplySource } = {
  model: { kind: 'model', why: DOWN, model: 'openai/gpt-5-mini' },
  cache: { kind: 'cache', why: DOWN, ...STORED },
  similar: { kind: 'similar', why: DOWN, similarity: 0.9612, by: 'words', ...STORED },
  fixed: { kind: 'fixed', why: { kind: 'rejected', message: 'the breaker is open until 12:00:30' } },
  first: { kind: 'cache', why: { kind: 'first' }, ...STORED },
};

/** A run in which some answers came from elsewhere, one took three calls, and another model judged one. */
export function markedReport() {
  const names = ['own', ...Object.keys(SOURCES), 'retried', 'judged'];
  const cases: GoldenCase[] = names.map((id) => ({ id, input: `the question of ${id}` }));
  return reportOf({ plan: plan({ cases: cases.length }), cases, results: names.map(markedResult) });
}

function markedResult(id: string, caseIndex: number): TrialResult {
  const source = SOURCES[id];
  const output = complete(`the answer of ${id}`, {
    latencyMs: 100,
    ...(source ? { source } : {}),
    ...(id === 'retried' ? { attempts: 3 } : {}),
  });
  const judge = evaluation('rubric', 1, {
    stage: 'judge',
    ...(id === 'judged' ? { source: SOURCES['model'] } : {}),
  });

  const isScored = !standsIn(source);
  return {
    ...trialResult({
      caseIndex,
      output,
      status: isScored ? 'passed' : 'errored',
      score: isScored ? 1 : null,
    }),
    caseId: id,
    evaluations: isScored ? [judge] : [],
    ...(source && !isScored ? { reason: `not scored: ${sourceNote(source)}` } : {}),
  };
}
