import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunReport } from '../../../src/engine/reports/runReport.ts';
import type { RunHead } from '../../../src/webview/report/entries.ts';
import { verdictOf } from '../../../src/webview/report/verdict.ts';
import { plan } from '../../support/runFixtures.ts';
import { reportOf, sampleReport } from '../../support/sampleReport.ts';
import { runMessage } from '../reportMessages.ts';

function head(report: RunReport): RunHead {
  const message = runMessage(report);
  assert.ok(message.type === 'run');
  return message.head;
}

describe('the verdict in words', () => {
  it('is the gate’s where there is one', () => {
    const { words, counts, kind } = verdictOf(head(sampleReport()));
    assert.deepEqual([words, kind], ['Gate failed', 'failed']);
    assert.equal(counts, '6 passed, 2 failed, 8 errored');
  });

  it('is that of all cases where there is none', () => {
    assert.equal(verdictOf(head(sampleReport({ gate: null }))).words, 'Not all cases passed');
  });

  it('names cases that were chosen one by one', () => {
    const { run, ...rest } = head(sampleReport({ gate: null }));
    const chosen = { ...rest, run: { ...run, filter: { ids: ['a'] } } };
    assert.equal(verdictOf(chosen).words, 'Not all selected cases passed');
    assert.equal(verdictOf({ ...chosen, passed: true }).words, 'All selected cases passed');
  });

  it('is not final while results are missing', () => {
    const interrupted = head(sampleReport({ missing: 4 }));
    assert.equal(verdictOf(interrupted).kind, 'interrupted');
    const running = { ...interrupted, run: { ...interrupted.run, state: 'running' as const } };
    assert.equal(verdictOf(running).words, 'Running: 12 of 16 results');
  });

  it('says nothing of both sides of a comparison together', () => {
    const { run, ...rest } = head(sampleReport({ gate: null }));
    const comparison = { baseline: 'HEAD', candidate: 'files' };
    const verdict = verdictOf({ ...rest, run: { ...run, comparison } });
    assert.deepEqual(
      [verdict.kind, verdict.words],
      ['compared', 'Comparison of HEAD and files, both sides together'],
    );
  });

  it('is never a pass without a result, whatever the host says', () => {
    const empty = head(reportOf({ plan: plan({ cases: 0 }), cases: [], results: [] }));
    assert.equal(verdictOf({ ...empty, passed: true }).kind, 'empty');
  });
});
