import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { absentSide, caseSide } from '../../../../src/engine/compare/pairs/caseSide.ts';
import { compareCase, pairCases } from '../../../../src/engine/compare/pairs/pairCases.ts';
import type { CaseHalf } from '../../../../src/engine/compare/sides/caseHalf.ts';
import type { CaseSide } from '../../../../src/engine/model/comparison.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';
import { casesOf, PAIR } from '../comparing.ts';

const side = (results: TrialResult[], contents: string[] = []) => ({
  results: () => results,
  contentOf: (caseIndex: number) => contents[caseIndex] ?? '',
});

describe('pairCases', () => {
  it('draws the line at 0.05, whatever the rounding', () => {
    const cases = casesOf([
      { before: 0.6, after: 0.65 },
      { before: 0.6, after: 0.651 },
      { before: 0.7, after: 0.65 },
      { before: 0.7, after: 0.6 },
      { before: 0.7, after: null },
    ]);
    assert.deepEqual(
      cases.map(({ change }) => change),
      ['neutral', 'improved', 'neutral', 'degraded', 'unmeasured'],
    );
    const edge = 0.05 + 1e-9;
    const changes = casesOf([
      { before: 0, after: edge },
      { before: edge, after: 0 },
      { before: 0, after: 0.0505 },
      { before: 0.0505, after: 0 },
    ]).map(({ change }) => change);
    assert.deepEqual(changes, ['neutral', 'neutral', 'improved', 'degraded']);
  });

  it('averages trials within a case, and leaves errors open', () => {
    const trials = (target: string, statuses: readonly ('passed' | 'errored')[]) =>
      statuses.map((status, trial) =>
        trialResult({ target, trial, status, score: status === 'passed' ? 1 : null }),
      );
    const before = trials('before', ['passed', 'passed', 'passed']);
    const after = trials('after', ['passed', 'errored', 'errored']);
    const [entry] = pairCases(side(before), side(after), [PAIR]).cases;
    assert.equal(entry?.candidate.passShare, 1);
    assert.deepEqual([entry?.candidate.unmeasured, entry?.candidate.unscored], [2, 2]);
    assert.equal(entry?.passDifference, 0);
    assert.equal(entry?.candidate.trial, 1, 'the trial that did not pass is the one to look at');
  });

  it('leaves out cases of one side, and those that ask something else', () => {
    const results = (target: string, indices: number[]) =>
      indices.map((caseIndex) => trialResult({ target, caseIndex }));
    const pairing = pairCases(
      side(results('before', [0, 1, 2, 3]), ['a', 'b', 'c', 'd']),
      side(results('after', [1, 2, 4]), ['', 'b', 'other', '', 'e']),
      [PAIR],
    );
    assert.deepEqual(
      pairing.cases.map(({ caseId }) => caseId),
      ['case-1'],
    );
    const { baselineOnly, candidateOnly, changedContent } = pairing;
    assert.deepEqual([baselineOnly, candidateOnly, changedContent], [2, 1, 1]);
  });

  it('takes a case that a side was to run and did not for unmeasured, and one that it never had for none', () => {
    const results = (target: string, indices: number[]) =>
      indices.map((caseIndex) => trialResult({ target, caseIndex }));
    const planned = (target: string, indices: number[], whole: boolean) => ({
      ...side(results(target, indices)),
      planned: { repeat: 2, whole },
    });
    const found = (whole: boolean) =>
      pairCases(planned('before', [0, 1], whole), planned('after', [1, 2], whole), [PAIR]);
    const { cases, ...counts } = found(true);
    assert.deepEqual([cases.length, counts.baselineOnly, counts.candidateOnly], [1, 1, 1]);

    const open = found(false);
    assert.deepEqual([open.cases.length, open.baselineOnly, open.candidateOnly], [3, 0, 0]);
    const [, second, first] = open.cases;
    assert.deepEqual([second?.caseId, first?.caseId], ['case-2', 'case-0']);
    assert.deepEqual([second?.change, first?.change], ['unmeasured', 'unmeasured']);
    assert.deepEqual(second?.baseline, absentSide('before', 2));
    assert.deepEqual(first?.candidate, {
      target: 'after',
      trials: 2,
      passed: 0,
      errored: 0,
      unmeasured: 2,
      unscored: 2,
      passShare: null,
      score: null,
      costUsd: null,
      tokens: null,
      latencyMs: null,
      reason: 'not run',
      trial: 0,
      traceId: '',
    });
  });

  it('adds up the tokens of a side, unless those of one trial are unknown', () => {
    const usage = { inputTokens: 5, outputTokens: 3 };
    const trial = (at: number, known: boolean) =>
      trialResult({ trial: at, output: complete('text', { usage: known ? usage : null }) });
    assert.equal(caseSide([trial(0, true), trial(1, true)]).tokens, 8);
    assert.equal(caseSide([trial(0, true), trial(1, false)]).tokens, null);
  });

  it('takes no notice of targets that are not compared, and names a cluster only where there is one', () => {
    const results = ['before', 'after', 'other'].map((target) => trialResult({ target }));
    const { cases, ...counts } = pairCases(side(results), side(results), [PAIR]);
    assert.deepEqual(
      cases.map(({ baseline, candidate }) => [baseline.target, candidate.target]),
      [['before', 'after']],
    );
    assert.deepEqual(counts, { baselineOnly: 0, candidateOnly: 0, changedContent: 0 });
    assert.equal('cluster' in (cases[0] ?? {}), false);
    const [clustered] = casesOf([{ before: 1, after: 1, cluster: 'source' }]);
    assert.equal(clustered?.cluster, 'source');
  });

  it('pairs several targets, each with its own', () => {
    const results = ['a', 'b', 'a2', 'b2'].flatMap((target) =>
      [0, 1].map((caseIndex) => trialResult({ target, caseIndex, score: target.length / 2 })),
    );
    const pairs = [
      { baseline: 'a', candidate: 'a2' },
      { baseline: 'b', candidate: 'b2' },
    ];
    const { cases } = pairCases(side(results), side(results), pairs);
    assert.deepEqual(
      cases.map(({ baseline, candidate }) => `${baseline.target}${candidate.target}`),
      ['aa2', 'aa2', 'bb2', 'bb2'],
    );
  });

  it('does not know a mean cost when one trial’s is unknown', () => {
    const results = ['before', 'after'].flatMap((target) =>
      [0.01, null].map((costUsd, trial) =>
        trialResult({ target, trial, output: complete('x', { costUsd, usage: null }) }),
      ),
    );
    const [entry] = pairCases(side(results), side(results), [PAIR]).cases;
    assert.equal(entry?.candidate.costUsd, null);
    assert.equal(entry?.candidate.tokens, null);
  });

  describe('one side of a case', () => {
    const trials = (...parts: Parameters<typeof trialResult>[0][]) => {
      const [first = trialResult({}), ...rest] = parts.map((part, trial) => trialResult({ trial, ...part }));
      return [first, ...rest] as const;
    };
    const answered = complete('x', { costUsd: 0.5, latencyMs: 20 });

    it('counts errors, and gives means only where all that was planned answered', () => {
      const both = caseSide(trials({ output: answered }, { output: answered }));
      assert.deepEqual([both.errored, both.costUsd, both.latencyMs], [0, 0.5, 20]);
      const failing = {
        ...emptyOutput(),
        status: 'error',
        error: { code: 'http', message: '', transient: false },
      } as const;
      const broken = { ...failing, costUsd: 0.5, latencyMs: 20 };
      const half = caseSide(trials({ output: answered }, { output: broken, status: 'errored', score: null }));
      assert.deepEqual([half.errored, half.costUsd, half.latencyMs], [1, null, null]);
      const missing = caseSide(trials({ output: answered }, { output: answered }), 3);
      assert.deepEqual([missing.errored, missing.costUsd, missing.latencyMs], [0, null, null]);
    });
  });

  describe('one case under both sides', () => {
    const half = (more: Partial<CaseSide>, outputs: string | null = null): CaseHalf => ({
      identity: { caseId: 'c', caseIndex: 0, tags: [] },
      side: { ...absentSide('t', 1), unmeasured: 0, unscored: 0, ...more },
      outputs,
    });

    it('is compared by its score, else by its passes, and only where those were measured', () => {
      const compared = (before: Partial<CaseSide>, after: Partial<CaseSide>) => {
        const { passDifference, scoreDifference, change } = compareCase(half(before), half(after));
        return [passDifference, scoreDifference, change];
      };
      const all = { passShare: 1, score: 1 };
      assert.deepEqual(compared({ ...all, passShare: 0 }, all), [1, 0, 'neutral']);
      assert.deepEqual(compared({ passShare: 0 }, { passShare: 1 }), [1, null, 'improved']);
      assert.deepEqual(compared({ score: 1 }, all), [null, null, 'unmeasured']);
    });

    it('has the same output only where both sides gave one', () => {
      const same = (before: string | null, after: string | null) =>
        compareCase(half({}, before), half({}, after)).sameOutput;
      assert.deepEqual([same('a', 'a'), same('a', 'b'), same(null, null)], [true, false, false]);
    });
  });
});
