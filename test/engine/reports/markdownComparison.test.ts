import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { COMPARISON_WORDS, type Comparison } from '../../../src/engine/model/comparison.ts';
import { markdownComparison } from '../../../src/engine/reports/markdownComparison.ts';
import { comparisonWord } from '../../../src/protocol/comparisonWord.ts';

const side = { label: 'v1', runId: 'r', targets: [], reusedTrials: 0 };

const COMPARISON: Comparison = {
  suite: 'support',
  dataset: { path: 'x.golden.yaml', version: '1.0.0' },
  baseline: side,
  candidate: { ...side, label: 'v2' },
  margin: 0.05,
  verdict: { word: 'undecided', reason: 'Why.', evidence: [], regressions: { shown: [], possible: [] } },
  metrics: [],
  consistency: null,
  tags: [],
  resources: [],
  counts: {
    pairs: 0,
    improved: 0,
    degraded: 0,
    neutral: 0,
    unmeasured: 0,
    clusters: 0,
    unseen: 0,
    baselineOnly: 0,
    candidateOnly: 0,
    changedContent: 0,
  },
  cases: [],
  sequential: null,
  gate: null,
  notes: [],
};

describe('a comparison in Markdown', () => {
  it('marks every word', () => {
    const marks = COMPARISON_WORDS.map((word) => {
      const text = markdownComparison([{ ...COMPARISON, verdict: { ...COMPARISON.verdict, word } }]);
      return text.split('\n')[1];
    });
    assert.deepEqual(marks, [
      '### 🔴 `support`: worse',
      '### 🔴 `support`: mixed',
      '### 🟡 `support`: undecided',
      '### 🟢 `support`: equivalent',
      '### 🟢 `support`: identical',
      '### 🟢 `support`: better',
    ]);
  });

  it('says which clause failed the gate', () => {
    const clause = { name: 'min_score', status: 'undecided' as const, reason: 'there is no mean score' };
    const gate = { passed: false, reason: 'min_score: undecided, there is no mean score', clauses: [clause] };
    assert.match(
      markdownComparison([{ ...COMPARISON, gate }]),
      /^\*\*Gate failed\*\*: `min_score: undecided, there is no mean score`\n\n- undecided: `min_score`/m,
    );
    const passed = { passed: true, reason: null, clauses: [] };
    assert.match(markdownComparison([{ ...COMPARISON, gate: passed }]), /^\*\*Gate passed\*\*\n/m);
  });

  it('has the same words as the protocol', () => {
    assert.deepEqual(comparisonWord.options, COMPARISON_WORDS);
  });
});
