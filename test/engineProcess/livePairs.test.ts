import assert from 'node:assert/strict';
import { liveComparison } from '../../src/engine/compare/live/liveComparison.ts';
import { openLivePairs, pair } from '../support/gateway/livePairs.ts';
import { TestWindow } from './window.ts';

describe('engine process: comparisons of live pairs', () => {
  it('follows the pairs that another process stores, to the verdict', async () => {
    const live = await openLivePairs();
    try {
      const offer = (at: number) =>
        live.comparison.offer(pair(`x-${at}`, `question ${at}`, ['no', 'yes, please']));
      offer(0);
      await live.settled();
      const runId = live.comparison.status.runId ?? '';

      await using window = await TestWindow.open(live.root);
      const { comparison: begun } = await window.call('compare/open', { runId });
      assert.ok(begun?.live);
      assert.deepEqual(
        [begun.suite, begun.baseline, begun.candidate],
        ['tone', 'support: local/old', 'local/new'],
      );
      const first = await window.heard(
        'compare/progress',
        ({ id, cases }) => id === begun.id && cases.length > 0,
      );
      assert.deepEqual([first.done, first.counts.improved, first.runId], [2, 1, runId]);

      const [shown] = first.cases;
      const { baseline, candidate } = await window.call('compare/pair', {
        id: begun.id,
        caseId: shown?.case_id ?? '',
        baseline: { target: shown?.baseline.target ?? '', trial: 0 },
        candidate: { target: shown?.candidate.target ?? '', trial: 0 },
      });
      assert.deepEqual(
        [baseline?.['output'], candidate?.['output']].map((output) => (output as { text: string }).text),
        ['no', 'yes, please'],
      );
      assert.deepEqual([baseline?.['trace_id'], candidate?.['trace_id']], ['a'.repeat(32), 'c'.repeat(32)]);

      for (let at = 1; at < 60; at += 1) offer(at);
      await live.settled();
      const end = await window.heard('compare/finished', ({ id }) => id === begun.id);
      assert.equal(end.outcome, 'complete');
      const { comparison } = await window.call('compare/result', { id: begun.id });
      assert.equal(comparison.verdict.word, 'better');
      assert.equal(comparison.verdict.reason, liveComparison(live.store, runId)?.verdict.reason);

      const { runs } = await window.call('run/list', { what: 'comparisons' });
      assert.deepEqual(
        runs.map(({ id, word }) => [id, word]),
        [[runId, 'better']],
      );
    } finally {
      await live.comparison.close();
      live.store.close();
    }
  });
});
