import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { candidateVerdict, isNotWorse } from '../../../../src/engine/compare/verdict/candidateVerdict.ts';
import {
  isRegression,
  isSignificant,
  wordFor,
} from '../../../../src/engine/compare/verdict/comparisonWord.ts';
import type { Comparison, MetricComparison } from '../../../../src/engine/model/comparison.ts';
import type { GateReport } from '../../../../src/engine/model/gateReport.ts';

/** What decides of a metric: its difference, the adjusted p, and the p-values against the margin. */
type Deciding = [difference: number, p: number | null, inferior?: number | null, superior?: number | null];

function metric([
  difference,
  adjustedP,
  nonInferiorityP = 1,
  nonSuperiorityP = 1,
]: Deciding): MetricComparison {
  return {
    metric: 'pass',
    pairs: 60,
    clusters: 60,
    baseline: 0.5,
    candidate: 0.5 + difference,
    difference,
    interval: null,
    test: 'mcnemar',
    p: adjustedP,
    adjustedP,
    wilcoxonP: null,
    nonInferiorityP,
    nonSuperiorityP,
    effectSize: null,
    oddsRatio: null,
    smallestEffect: null,
    casesToDecide: null,
    casesToFind: null,
    casesToShowEquivalence: null,
  };
}

describe('what is kept of a comparison', () => {
  const figures = metric([0, 1]);
  const of = (more: Partial<Comparison['verdict']['regressions']>, metrics = [figures]) => ({
    metrics,
    verdict: {
      word: 'undecided' as const,
      reason: 'so it is',
      evidence: [],
      regressions: { shown: [], possible: [], ...more },
    },
  });

  it('holds where something was measured and nothing is, or may be, worse', () => {
    assert.equal(isNotWorse(of({})), true);
    assert.equal(isNotWorse(of({}, [])), false);
    assert.equal(isNotWorse(of({}, [figures, figures])), true);
    assert.equal(isNotWorse(of({ shown: ['pass'] })), false);
    assert.equal(isNotWorse(of({ possible: ['score'] })), false);
    assert.equal(isNotWorse(of({ shown: ['pass'], possible: ['score'] })), false);
  });

  it('is decided by its gate, else by the verdict', () => {
    const gate = (passed: boolean) => ({ passed, reason: null, clauses: [] });
    const kept = (found: ReturnType<typeof of>, judged: GateReport | null) =>
      candidateVerdict({ ...found, gate: judged });
    const comparison = { word: 'undecided', reason: 'so it is' };
    assert.deepEqual(kept(of({}), null), { passed: true, gate: null, comparison });
    assert.deepEqual(kept(of({}, []), null), { passed: false, gate: null, comparison });
    assert.deepEqual(kept(of({}), gate(false)), { passed: false, gate: gate(false), comparison });
    assert.deepEqual(kept(of({}, []), gate(true)), { passed: true, gate: gate(true), comparison });
  });
});

describe('wordFor', () => {
  for (const { word, metrics } of [
    { word: 'undecided', metrics: [] },
    { word: 'better', metrics: [[0.1, 0.05]] },
    { word: 'undecided', metrics: [[0.1, 0.0501]] },
    { word: 'undecided', metrics: [[0.1, null]] },
    { word: 'worse', metrics: [[-0.1, 0.05]] },
    { word: 'undecided', metrics: [[0, 0.01]] },
    {
      word: 'better',
      metrics: [
        [0.1, 0.01],
        [-0.1, 0.06],
      ],
    },
    {
      word: 'worse',
      metrics: [
        [0.1, 0.06],
        [-0.1, 0.01],
      ],
    },
    {
      word: 'mixed',
      metrics: [
        [0.1, 0.05],
        [-0.1, 0.05],
      ],
    },
    {
      word: 'mixed',
      metrics: [
        [-0.1, 0.05],
        [0.1, 0.05],
      ],
    },
    {
      word: 'equivalent',
      metrics: [
        [0.01, 0.5, 0.05, 0.05],
        [0, 1, 0.01, 0.01],
      ],
    },
    {
      word: 'undecided',
      metrics: [
        [0.01, 0.5, 0.0501, 0.01],
        [0, 1, 0.01, 0.01],
      ],
    },
    {
      word: 'undecided',
      metrics: [
        [0.01, 0.5, 0.01, 0.0501],
        [0, 1, 0.01, 0.01],
      ],
    },
    {
      word: 'undecided',
      metrics: [
        [0, 1, 0.01, 0.01],
        [0.01, 0.5, 0.06, 0.01],
      ],
    },
    { word: 'undecided', metrics: [[0, 1, null, 0.01]] },
    { word: 'undecided', metrics: [[0, 1, 0.01, null]] },
    { word: 'better', metrics: [[0.01, 0.04, 0.01, 0.01]] },
  ] as { word: string; metrics: Deciding[] }[])
    it(`is ${word} for ${JSON.stringify(metrics)}`, () => {
      assert.equal(wordFor(metrics.map(metric)), word);
    });
});

describe('isRegression', () => {
  it('is a significant loss, and nothing else', () => {
    const found = (
      [
        [-0.1, 0.05],
        [-0.1, 0.06],
        [0.1, 0.01],
        [0, 0.01],
        [-0.1, null],
      ] as Deciding[]
    ).map(metric);
    assert.deepEqual(found.map(isRegression), [true, false, false, false, false]);
    assert.deepEqual(found.map(isSignificant), [true, false, true, true, false]);
  });
});
