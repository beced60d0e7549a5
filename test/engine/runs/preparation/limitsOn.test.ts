import assert from 'node:assert/strict';
import { clearPass, concludeVerdict } from '../../../../src/engine/evaluators/scoring/verdict.ts';
import type { EvaluationCriteria, GoldenCase } from '../../../../src/engine/model/case.ts';
import type { Evaluation, EvaluatorSpec } from '../../../../src/engine/model/evaluation.ts';
import { impliedBy, limitsOn, unmeasuredLimits } from '../../../../src/engine/runs/preparation/caseLimits.ts';

function spec(type: string, more: Partial<EvaluatorSpec> = {}): EvaluatorSpec {
  return { type, name: type, negated: false, options: {}, weight: 1, ...more };
}

function entry(criteria: EvaluationCriteria, expected: GoldenCase['expected_output'] = {}): GoldenCase {
  return { id: 'a', input: 'x', expected_output: expected, evaluation_criteria: criteria };
}

const ACCURACY = entry({ min_accuracy: 0.93 });
const set = (members: object[], more: object = {}) =>
  spec('assert-set', { options: { assert: JSON.parse(JSON.stringify(members)), ...more } });

describe('limits of a case', () => {
  const measured: [what: string, specs: EvaluatorSpec[], asks: boolean][] = [
    ['a rubric', [spec('rubric')], true],
    ['g-eval', [spec('g-eval')], true],
    ['factuality', [spec('factuality')], true],
    ['a yes or no', [spec('closed-qa')], true],
    ['a rubric with a threshold of its own', [spec('rubric', { options: { threshold: 0.3 } })], false],
    ['a rubric turned round', [spec('rubric', { negated: true })], false],
    ['a rubric that weighs nothing', [spec('rubric', { weight: 0 })], false],
    ['a judge that goes by something else', [spec('similar'), spec('context-recall')], false],
    ['no judge', [spec('contains')], false],
    ['a set with a rubric', [set([spec('rubric')])], true],
    ['a set with a threshold', [set([spec('rubric')], { threshold: 0.1 })], false],
    ['a set whose rubric has a threshold', [set([spec('rubric', { options: { threshold: 0.1 } })])], false],
    ['a set whose rubric is turned round', [set([spec('rubric', { negated: true })])], false],
    ['a set whose rubric weighs nothing', [set([spec('rubric', { weight: 0 })])], false],
    ['a set without a judge', [set([spec('contains')])], false],
    ['the metric', [spec('contains', { metric: 'accuracy' })], true],
    ['the metric, turned round', [spec('contains', { metric: 'accuracy', negated: true })], false],
    ['the metric at no weight', [spec('contains', { metric: 'accuracy', weight: 0 })], false],
    ['another metric', [spec('contains', { metric: 'safety' })], false],
  ];
  for (const [what, specs, asks] of measured) {
    it(`of accuracy are ${asks ? 'asked of' : 'told beside'} ${what}`, () => {
      assert.equal(limitsOn(ACCURACY, specs).size, asks ? 1 : 0);
      assert.deepEqual(unmeasuredLimits(ACCURACY, specs), asks ? [] : ['min_accuracy']);
    });
  }

  it('are asked as a pass of who reads them, and as a score of who names the metric', () => {
    const both = spec('concepts', { metric: 'relevance' });
    const found = limitsOn(entry({ min_relevance: 0.93 }), [both, spec('contains')]);
    const score = { kind: 'score', limit: 'min_relevance', metric: 'relevance', min: 0.93 };
    assert.deepEqual([...found], [['concepts', [{ kind: 'pass' }, score]]]);
  });

  it('are not asked where the case has none, or those of an upgrade', () => {
    const { evaluation_criteria: _, ...without } = ACCURACY;
    assert.equal(limitsOn(without, [spec('rubric')]).size, 0);
    assert.equal(limitsOn(entry({}), [spec('rubric')]).size, 0);
    const upgraded = entry({ min_relevance: 0.7, min_accuracy: 0.7, min_safety: 1 });
    assert.equal(limitsOn(upgraded, [spec('rubric')]).size, 0);
    assert.deepEqual(impliedBy(upgraded, []), []);
    assert.deepEqual(unmeasuredLimits(upgraded, []), []);
    assert.deepEqual([impliedBy(without, []), unmeasuredLimits(without, [])], [[], []]);
  });

  it('leave an evaluator with a limit of its own alone, and get one for themselves', () => {
    const slow = entry({ max_latency_ms: 5 });
    const own = spec('latency', { options: { max_ms: 100 } });
    assert.equal(limitsOn(slow, [own]).size, 0);
    assert.deepEqual(
      impliedBy(slow, [own]).map(({ name }) => name),
      ['max_latency_ms'],
    );
    assert.deepEqual(impliedBy(slow, [spec('latency')]), []);
    assert.deepEqual([...limitsOn(slow, [spec('latency')]).keys()], ['latency']);
  });

  it('of safety look for what the case forbids, whatever else looks after its safety', () => {
    const forbidding = entry({ min_safety: 0.93 }, { forbidden_concepts: ['guaranteed'] });
    const names = (specs: EvaluatorSpec[], of = forbidding) => impliedBy(of, specs).map(({ name }) => name);
    assert.deepEqual(names([spec('pii')]), ['min_safety']);
    assert.deepEqual(impliedBy(forbidding, [spec('pii')])[0]?.type, 'forbidden-concepts');
    assert.deepEqual(names([]), ['min_safety: secrets', 'min_safety: forbidden-concepts']);
    assert.deepEqual(names([spec('forbidden-concepts')]), []);
    assert.deepEqual(names([spec('forbidden-concepts', { weight: 0 })]).length, 2);
    assert.deepEqual(names([spec('rubric', { metric: 'safety' })]), []);
    assert.deepEqual(names([spec('pii')], entry({ min_safety: 0.93 })), []);
    assert.deepEqual(names([], entry({ min_safety: 0.93 })), ['min_safety']);
  });

  describe('hold whatever the rule is:', () => {
    const scored = (type: string, score: number, pass: boolean, weight = 1): Evaluation => ({
      ...{ status: 'scored', score, pass, reason: 'so', name: type, type, stage: 'heuristic', weight },
      latencyMs: 0,
    });
    const scoring = (specs: EvaluatorSpec[], of: GoldenCase) => ({
      mode: 'cascade' as const,
      thresholds: {},
      pass: { heuristic: 0.9 },
      weights: null,
      rule: { kind: 'threshold' as const, min: 0.1 },
      limits: limitsOn(of, specs),
    });

    it('a judge below min_accuracy, under a low threshold', () => {
      const { status, reason } = concludeVerdict(
        [scored('rubric', 0.6, false), scored('contains', 1, true)],
        scoring([spec('rubric'), spec('contains')], ACCURACY),
      );
      assert.deepEqual([status, reason], ['failed', 'rubric: so']);
    });

    it('a score below that of its metric; at it, and by rounding, it passes', () => {
      const specs = [spec('contains', { metric: 'accuracy' })];
      const verdict = (score: number) =>
        concludeVerdict([scored('contains', score, true)], scoring(specs, ACCURACY));
      assert.equal(verdict(0.92).status, 'failed');
      assert.match(verdict(0.92).reason, /accuracy 0\.92, at least 0\.93 required \(min_accuracy\)/);
      assert.equal(verdict(0.93 - 1e-12).status, 'passed');
    });

    it('a clear pass waits for the judge that measures one, and for no other', () => {
      const judge = (type: string) => ({
        spec: spec(type),
        stage: 'judge' as const,
        evaluate: () => never(),
      });
      const clear = (type: string) =>
        clearPass(
          [scored('contains', 1, true)],
          [judge(type)],
          scoring([spec('contains'), spec(type)], ACCURACY),
        );
      assert.equal(clear('rubric'), undefined);
      assert.match(clear('similar') ?? '', /a clear pass/);
    });
  });
});

function never(): never {
  throw new Error('this is not asked');
}
