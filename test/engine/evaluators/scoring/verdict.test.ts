import assert from 'node:assert/strict';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import {
  clearPass,
  concludeVerdict,
  settledReason,
} from '../../../../src/engine/evaluators/scoring/verdict.ts';
import type { Evaluation, Stage } from '../../../../src/engine/model/evaluation.ts';
import { evaluation } from '../../../support/sampleReport.ts';

type Scoring = Parameters<typeof concludeVerdict>[1];

const ALL: Scoring = { mode: 'cascade', thresholds: {}, weights: null, rule: { kind: 'all' } };
const atLeast = (min: number): Scoring => ({ ...ALL, rule: { kind: 'threshold', min } });

const at = (stage: Stage, score: number, weight = 1): Evaluation =>
  evaluation(stage, score, { stage, weight });
const failing = (name: string) => evaluation(name, 0, { reason: 'it does not fit' });
const error = (name: string, weight = 1) =>
  evaluation(name, 0, { status: 'error', reason: 'broken', weight });
const skipped = evaluation('skipped', 0, { status: 'skipped' });

function toCome(name: string, stage: Stage = 'judge', weight = 1): Evaluator {
  const spec = { type: 'fixed', name, negated: false, options: {}, weight };
  return { spec, stage, evaluate: () => assert.fail('it was asked') };
}

describe('the verdict on a case', () => {
  it('names the first evaluator that failed, and how many more', () => {
    const reasonOf = (...names: string[]) => concludeVerdict(names.map(failing), ALL).reason;
    assert.equal(reasonOf('a'), 'a: it does not fit');
    assert.equal(reasonOf('a', 'b'), 'a: it does not fit (and 1 more)');
    assert.equal(reasonOf('a', 'b', 'c'), 'a: it does not fit (and 2 more)');
  });

  it('is a pass by every evaluator, or by the total', () => {
    assert.deepEqual(concludeVerdict([at('heuristic', 0.75)], ALL), {
      status: 'passed',
      score: 0.75,
      reason: 'every evaluator passed',
    });
    const verdict = concludeVerdict([at('heuristic', 1), at('lexical', 0.25)], atLeast(0.6));
    assert.deepEqual(verdict, {
      status: 'passed',
      score: 0.625,
      reason: 'score 0.63 reaches the threshold 0.6',
    });
    const missed = concludeVerdict([at('heuristic', 1), at('lexical', 0.25)], atLeast(0.63));
    assert.deepEqual(missed, {
      status: 'failed',
      score: 0.625,
      reason: 'score 0.63 is below the threshold 0.63',
    });
  });

  it('does not hang on rounding', () => {
    // (0.1 + 0.7) / (0.1 + 0.7 + 0.2) is 0.7999999999999999.
    const evaluations = [0.1, 0.7, 0.2].map((weight, index) => at('heuristic', index < 2 ? 1 : 0, weight));
    assert.equal(concludeVerdict(evaluations, atLeast(0.8)).status, 'passed');
    assert.equal(concludeVerdict([at('heuristic', 0.7995)], atLeast(0.8)).status, 'failed');
  });

  it('is an error by the first that could not measure, unless the rest cannot reach the total', () => {
    const evaluations = [at('heuristic', 0), error('a'), error('b')];
    assert.deepEqual(concludeVerdict(evaluations, atLeast(0.6)), {
      status: 'errored',
      score: null,
      reason: 'a: broken',
    });
    assert.deepEqual(concludeVerdict(evaluations, atLeast(0.7)), {
      status: 'failed',
      score: 0,
      reason: 'score 0.67 is below the threshold 0.7',
    });
    const light = concludeVerdict([at('heuristic', 1), error('a', 0)], ALL);
    assert.deepEqual([light.status, light.score], ['passed', 1]);
    for (const nothing of [[], [skipped], [error('a', 0)], [at('heuristic', 1, 0)]])
      assert.deepEqual(concludeVerdict(nothing, ALL), {
        status: 'errored',
        score: null,
        reason: 'nothing was measured: no evaluator counts for this case',
      });
  });

  it('weighs stages alike where all of them weigh nothing', () => {
    const weights = { heuristic: 0, lexical: 0, judge: 0 };
    const evaluations = [at('heuristic', 1), at('heuristic', 0.5), at('lexical', 0.25)];
    assert.equal(concludeVerdict(evaluations, { ...ALL, weights }).score, 0.5);
    const some = { heuristic: 0, lexical: 2, judge: 1 };
    assert.equal(concludeVerdict(evaluations, { ...ALL, weights: some }).score, 0.25);
  });
});

describe('a limit of the case', () => {
  const limits = new Map([
    ['a', [{ kind: 'pass' as const }]],
    ['b', [{ kind: 'score' as const, limit: 'min_safety', metric: 'safety', min: 0.5 }]],
  ]);
  const missed = (...evaluations: Evaluation[]) => settledReason(evaluations, [], { ...atLeast(0), limits });

  it('fails the case whatever its rule, and says which it was', () => {
    assert.equal(missed(evaluation('a', 1), evaluation('b', 0.5)), undefined);
    assert.equal(missed(failing('a')), 'a: it does not fit');
    assert.equal(missed(evaluation('a', 1), evaluation('c', 0)), undefined);
    assert.equal(
      missed(evaluation('a', 1), evaluation('b', 0.25, { pass: true })),
      'b: safety 0.25, at least 0.5 required (min_safety)',
    );
    assert.equal(
      missed(evaluation('b', 0.4999, { pass: true })),
      'b: safety 0.50, at least 0.5 required (min_safety)',
    );
    assert.equal(missed(evaluation('b', 0.5 - 1e-12, { pass: false })), undefined, 'its score decides');
    assert.equal(missed(evaluation('a', 0.25, { pass: true })), undefined, 'its pass decides');
  });

  it('is not missed by what was not measured', () => {
    assert.equal(missed(error('a'), error('b')), undefined);
  });
});

describe('a stage below its threshold', () => {
  const settled = (evaluations: Evaluation[], more: Partial<Scoring> = {}) =>
    settledReason(evaluations, [], {
      ...atLeast(0),
      thresholds: { heuristic: 0.5, lexical: 0.6 },
      ...more,
    });

  it('fails the case, by the weighted mean of its scores', () => {
    assert.equal(settled([at('heuristic', 0.25, 2)]), 'heuristic score 0.25 is below 0.5');
    assert.equal(settled([at('heuristic', 0.75, 0.5)]), undefined);
    assert.equal(settled([at('lexical', 0.5)]), 'lexical score 0.50 is below 0.6');
    assert.equal(settled([at('heuristic', 0.5), at('lexical', 0.6)]), undefined);
    assert.equal(settled([at('heuristic', 0.5 - 1e-12)]), undefined);
    assert.equal(settled([at('heuristic', 0.499)]), 'heuristic score 0.50 is below 0.5');
    assert.equal(settled([at('judge', 0), at('heuristic', 0, 0), skipped]), undefined);
  });

  it('counts what could not be measured for perfect, since it is open still', () => {
    assert.equal(settled([at('heuristic', 0), error('a')]), undefined);
    assert.equal(settled([at('heuristic', 0, 2), error('a')]), 'heuristic score 0.33 is below 0.5');
  });

  it('is asked about in a cascade only, and by the default where the suite names none', () => {
    assert.equal(settled([at('heuristic', 0)], { mode: 'full' }), undefined);
    const byDefault = { thresholds: {}, defaultThresholds: { heuristic: 0.5 } };
    assert.equal(settled([at('heuristic', 0.25)], byDefault), 'heuristic score 0.25 is below 0.5');
    assert.equal(settled([at('lexical', 0)], byDefault), undefined);
    const low = evaluation('own', 0.25, { pass: true });
    const ownThresholds = new Set(['own']);
    assert.equal(settled([low], { ...byDefault, ownThresholds }), undefined);
    assert.equal(
      settled([{ ...low, pass: false } as Evaluation], { ...byDefault, ownThresholds }),
      'heuristic score 0.25 is below 0.5',
    );
    assert.equal(
      settled([low], { ...byDefault, ownThresholds: new Set(['other']) }),
      'heuristic score 0.25 is below 0.5',
    );
    assert.equal(
      settled([low], { ownThresholds }),
      'heuristic score 0.25 is below 0.5',
      'the suite names it',
    );
  });
});

describe('a total that cannot be reached any more', () => {
  it('counts what is to come for perfect, by its weight', () => {
    const evaluations = [at('heuristic', 0)];
    const reason = (min: number, ...later: Evaluator[]) => settledReason(evaluations, later, atLeast(min));
    assert.equal(reason(0.5, toCome('j')), undefined);
    assert.equal(reason(0.51, toCome('j')), 'the score cannot exceed 0.50, the threshold is 0.51');
    assert.equal(reason(0.75, toCome('j', 'judge', 3)), undefined);
    assert.equal(reason(0.66, toCome('j'), toCome('l', 'lexical')), undefined);
    assert.equal(reason(0.1), 'score 0.00 is below the threshold 0.1');
    assert.equal(settledReason([], [], atLeast(0.5)), undefined, 'nothing is known yet');
  });
});

describe('a clear pass', () => {
  const judge = [toCome('judge')];
  const pass = { heuristic: 0.9 };
  const clear = (evaluations: Evaluation[], more: Partial<Scoring> = {}, later = judge) =>
    clearPass(evaluations, later, { ...ALL, pass, ...more });

  it('is one by the score of either stage', () => {
    assert.equal(clear([at('heuristic', 0.95, 2)]), 'heuristic score 0.95 reaches 0.9: a clear pass');
    assert.equal(clear([at('heuristic', 0.9)]), 'heuristic score 0.90 reaches 0.9: a clear pass');
    assert.equal(clear([at('heuristic', 0.85, 2)]), undefined);
    assert.equal(clear([at('lexical', 1)]), undefined);
    assert.equal(
      clear([at('lexical', 1)], { pass: { lexical: 0.8 } }),
      'lexical score 1.00 reaches 0.8: a clear pass',
    );
    assert.equal(clear([at('lexical', 1), at('heuristic', 1, 0)]), undefined);
  });

  it('is none without a threshold for it, or where anything speaks against the case', () => {
    assert.equal(clearPass([at('heuristic', 1)], judge, ALL), undefined);
    assert.equal(clear([at('heuristic', 1), failing('a')]), undefined);
    assert.equal(clear([at('heuristic', 1), error('a')]), undefined);
    assert.equal(clear([at('heuristic', 1)], {}, [toCome('l', 'lexical'), ...judge]), undefined);
  });

  it('is none while a limit of the case is to be measured', () => {
    const limits = new Map([['judge', [{ kind: 'pass' as const }]]]);
    const later = [toCome('other'), ...judge];
    assert.equal(clear([at('heuristic', 1)], { limits }, later), undefined);
    assert.notEqual(clear([at('heuristic', 1)], { limits }, [toCome('other')]), undefined);
  });
});
