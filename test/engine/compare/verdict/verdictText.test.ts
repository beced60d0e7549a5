import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type VerdictGrounds, verdictOf } from '../../../../src/engine/compare/verdict/verdictText.ts';
import type { MetricComparison } from '../../../../src/engine/model/comparison.ts';

const plain: MetricComparison = {
  metric: 'pass',
  pairs: 60,
  clusters: 60,
  baseline: 0.5,
  candidate: 0.5,
  difference: 0,
  interval: null,
  test: 'mcnemar',
  p: 1,
  adjustedP: 1,
  wilcoxonP: null,
  nonInferiorityP: 1,
  nonSuperiorityP: 1,
  effectSize: null,
  oddsRatio: null,
  smallestEffect: 0.2,
  casesToFind: null,
  casesToShowEquivalence: null,
  casesToDecide: null,
};
const pass = (more: Partial<MetricComparison> = {}): MetricComparison => ({ ...plain, ...more });
const score = (more: Partial<MetricComparison> = {}): MetricComparison => ({
  ...plain,
  metric: 'score',
  test: 'bootstrap',
  ...more,
});

const none = { shown: [], possible: [] };
const grounds: VerdictGrounds = {
  word: 'undecided',
  metrics: [pass(), score()],
  margin: 0.05,
  regressions: none,
  unmeasured: 0,
  without: 'undecided',
  same: false,
};
const reason = (more: Partial<VerdictGrounds>) => verdictOf({ ...grounds, ...more }).reason;

const gain = { difference: 0.25, candidate: 0.75, adjustedP: 0.01 };
const loss = { difference: -0.25, candidate: 0.25, adjustedP: 0.01 };

describe('the words of a verdict', () => {
  it('name what decided, and nothing that did not', () => {
    assert.equal(reason({ metrics: [] }), 'Nothing was measured on both sides, so nothing can be said.');
    assert.equal(
      reason({ word: 'better', metrics: [pass(gain), score({ ...gain, adjustedP: 0.2 })] }),
      'The candidate is better: it passes 75.0 % of the cases, the baseline 50.0 %.',
    );
    assert.equal(
      reason({ word: 'worse', metrics: [pass(loss), score(loss)] }),
      "The candidate is worse: it passes 25.0 % of the cases, the baseline 50.0 %, and its mean score is 0.250, the baseline's 0.500.",
    );
    assert.equal(
      reason({ word: 'worse', metrics: [pass({ ...loss, adjustedP: 0.2 }), score(loss)] }),
      "The candidate is worse: its mean score is 0.250, the baseline's 0.500.",
    );
    assert.equal(
      reason({ word: 'mixed', metrics: [pass(gain), score(loss)] }),
      "Pass rate and score differ in opposite directions: it passes 75.0 % of the cases, the baseline 50.0 %, but its mean score is 0.250, the baseline's 0.500.",
    );
    assert.equal(
      reason({ word: 'equivalent', margin: 0.025 }),
      'The candidate is as good as the baseline, give or take 2.5 points.',
    );
  });

  it('say what is missing and what it could change', () => {
    assert.match(
      reason({ unmeasured: 1, without: 'better' }),
      /^1 case was not fully measured; .* would be better,/,
    );
    assert.match(reason({ unmeasured: 2, without: 'worse' }), /^2 cases were not fully measured;/);
    assert.equal(
      reason({ unmeasured: 1200, regressions: { shown: [], possible: ['pass'] } }),
      '1,200 cases were not fully measured; if the missing results went against the candidate, it would be worse.',
    );
  });

  it('say that there are too few cases only where no metric could show anything', () => {
    const few = 'There are too few independent cases to show any difference.';
    assert.equal(reason({ metrics: [pass({ smallestEffect: null }), score({ smallestEffect: null })] }), few);
    assert.notEqual(reason({ metrics: [pass({ smallestEffect: null }), score()] }), few);
    assert.notEqual(reason({ metrics: [pass({ test: 'betting', smallestEffect: null })] }), few);
  });

  it('say what more cases would be for: the nearest difference, or that there is none in either metric', () => {
    const tell = 'These cases cannot tell whether the candidate is better or worse';
    const plan = (first: Partial<MetricComparison>, second: Partial<MetricComparison>) =>
      reason({ metrics: [pass(first), score(second)] }).replace(tell, '');
    const find = { difference: -0.125, casesToFind: 1500 };
    assert.equal(plan({}, {}), '.');
    assert.equal(
      plan(find, { casesToFind: 2000 }),
      '; about 1,500 such cases would find a difference of −12.5 points in the pass rate (80 % power).',
    );
    assert.equal(
      plan(find, { difference: 0.125, casesToFind: 900 }),
      '; about 900 such cases would find a difference of +0.125 in the mean score (80 % power).',
    );
    assert.equal(
      plan({ ...find, casesToShowEquivalence: 400 }, { casesToShowEquivalence: 500 }),
      '; about 500 such cases would show that there is none beyond 5 points, if there is none (80 % power).',
    );
    assert.match(plan({ ...find, casesToShowEquivalence: 400 }, {}), /about 1,500 such cases would find/);
    assert.match(
      plan({ ...find, casesToShowEquivalence: 1500 }, { casesToShowEquivalence: 1500 }),
      /about 1,500 such cases would find/,
    );
    assert.match(plan({ casesToShowEquivalence: 61 }, { casesToShowEquivalence: 61 }), /about 61 such cases/);
    assert.equal(plan({ casesToFind: 60 }, {}), '.', 'there are as many already');
    assert.equal(plan({ casesToFind: 55 }, { pairs: 50 }), '.', 'passes of as many are known');
  });

  it('give the evidence of each metric', () => {
    const interval = { low: -0.1, high: 0.355 };
    const [first, second] = verdictOf({
      ...grounds,
      metrics: [
        pass({
          ...gain,
          clusters: 40,
          pairs: 1080,
          p: 0.00001,
          adjustedP: 0.012,
          test: 'sign-flip',
          interval,
        }),
        score({ ...loss, p: 0.0123, adjustedP: 1e-300, interval }),
      ],
    }).evidence;
    assert.equal(
      first,
      'pass rate 75.0 %, was 50.0 %: +25.0 points, 95 % interval −10.0 to +35.5 (p < 0.0001, sign-flip test, 1,080 cases in 40 clusters; p = 0.012 adjusted for 2 metrics)',
    );
    assert.equal(
      second,
      'mean score 0.250, was 0.500: −0.250, 95 % interval −0.100 to +0.355 (p = 0.012, paired bootstrap, 60 cases; p < 1e-300 adjusted for 2 metrics)',
    );
    const [alone] = verdictOf({
      ...grounds,
      metrics: [pass({ p: null, adjustedP: null, difference: -0.0001, test: 'betting' })],
    }).evidence;
    assert.equal(
      alone,
      'pass rate 50.0 %, was 50.0 %: 0.0 points (too little data for a test, anytime-valid test, 60 cases)',
    );
    const [below] = verdictOf({ ...grounds, metrics: [pass({ p: 0.00009 })] }).evidence;
    assert.match(below ?? '', /\(p < 0\.0001,/);
    const [exact] = verdictOf({ ...grounds, metrics: [pass({ p: 0.0001, adjustedP: 0.0001 })] }).evidence;
    assert.match(exact ?? '', /\(p = 0\.00010, exact McNemar test, 60 cases\)$/);
  });

  it('adjust no p that is not there, and give a margin with one decimal', () => {
    const open = { p: null, adjustedP: null, test: 'betting' } as const;
    const [first] = verdictOf({ ...grounds, metrics: [pass(open), score(open)] }).evidence;
    assert.match(first ?? '', /\(too little data for a test, anytime-valid test, 60 cases\)$/);
    assert.match(reason({ word: 'equivalent', margin: 0.0512 }), /give or take 5\.1 points\.$/);
    assert.match(reason({ word: 'equivalent', margin: 0.2 }), /give or take 20 points\.$/);
  });
});
