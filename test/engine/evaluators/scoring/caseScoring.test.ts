import assert from 'node:assert/strict';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { caseScoring } from '../../../../src/engine/evaluators/scoring/caseScoring.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { Evaluation, EvaluatorSpec } from '../../../../src/engine/model/evaluation.ts';
import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';
import { ScriptError } from '../../../../src/engine/processes/scripts/scriptCall.ts';
import { evaluation } from '../../../support/sampleReport.ts';
import { inputWith, scriptsWith } from '../evaluating.ts';

const SCRIPT = { code: 'verdict(output, context)' };
const GOOD = { pass: true, score: 0.75, reason: 'by hand' };
const { signal } = new AbortController();

/** An evaluator that has been asked already. */
function asked(name: string, more: Partial<EvaluatorSpec> = {}): Evaluator {
  const spec = { type: 'contains', name, negated: false, options: {}, weight: 1, ...more };
  return { spec, stage: 'heuristic', evaluate: () => assert.fail('it was asked') };
}

/** The verdict of a script that returns or throws this, and what it was told. */
async function score(
  returned: JsonValue | Error,
  evaluations: readonly Evaluation[],
  { evaluators = [], golden = {} }: { evaluators?: Evaluator[]; golden?: Partial<GoldenCase> } = {},
) {
  const told: unknown[] = [];
  const run = async (call: unknown) => {
    told.push(call);
    if (returned instanceof Error) throw returned;
    return returned;
  };
  const runners = scriptsWith({ javascript: { run, close: async () => {} } });
  const input = inputWith('text', golden);
  const verdict = await caseScoring(SCRIPT, runners)({ evaluators, evaluations, input }, signal);
  return { verdict, told };
}

describe('a scoring function', () => {
  const errored = (reason: string) => ({ status: 'errored', score: null, reason });

  it('makes the verdict of what was measured', async () => {
    const failed = { ...GOOD, pass: false, score: 0.9 };
    assert.deepEqual((await score(GOOD, [evaluation('a', 0)])).verdict, {
      status: 'passed',
      score: 0.75,
      reason: 'by hand',
    });
    assert.deepEqual((await score(failed, [evaluation('a', 1)])).verdict, {
      status: 'failed',
      score: 0.9,
      reason: 'by hand',
    });
    for (const [beyond, counted] of [
      [-0.5, 0],
      [1.5, 1],
    ] as const)
      assert.equal((await score({ ...GOOD, score: beyond }, [evaluation('a', 1)])).verdict.score, counted);
  });

  it('is not asked where nothing was measured, or not all of it', async () => {
    const broken = evaluation('b', 0, { status: 'error', reason: 'broken' });
    const { verdict, told } = await score(GOOD, [evaluation('a', 1), broken]);
    assert.deepEqual([verdict, told], [errored('b: broken'), []]);
    const skipped = evaluation('c', 0, { status: 'skipped' });
    for (const evaluations of [[], [skipped], [{ ...broken, weight: 0 }]]) {
      const nothing = await score(GOOD, evaluations);
      assert.deepEqual(nothing.verdict, errored('nothing was measured: no evaluator applies to this case'));
    }
    const worse = evaluation('c', 0, { status: 'error', reason: 'worse' });
    assert.equal((await score(GOOD, [broken, worse])).verdict.reason, 'b: broken');
    const light = await score(GOOD, [evaluation('a', 1), { ...broken, weight: 0 }]);
    assert.equal(light.verdict.status, 'passed');
  });

  it('is an error where it throws or returns something else', async () => {
    for (const returned of [
      null,
      true,
      {},
      { ...GOOD, pass: 'yes' },
      { ...GOOD, score: '1' },
      { pass: true, score: 1 },
    ] as JsonValue[])
      assert.deepEqual(
        (await score(returned, [evaluation('a', 1)])).verdict,
        errored('assertScoringFunction must return { pass, score, reason }'),
      );
    const thrown = await score(new ScriptError('threw', 'x is not defined'), [evaluation('a', 1)]);
    assert.deepEqual(thrown.verdict, errored('assertScoringFunction: x is not defined'));
    const bug = new TypeError('a bug');
    await assert.rejects(score(bug, [evaluation('a', 1)]), bug);
  });

  it('is stopped by the signal, and not run without trust', async () => {
    const measured = { evaluators: [], evaluations: [evaluation('a', 1)], input: inputWith('text') };
    const reason = new Error('stopped');
    const run = () => Promise.reject(new ScriptError('threw', 'killed'));
    const runners = scriptsWith({ javascript: { run, close: async () => {} } });
    await assert.rejects(caseScoring(SCRIPT, runners)(measured, AbortSignal.abort(reason)), reason);
    const untrusted = await caseScoring(SCRIPT, undefined)(measured, signal);
    assert.match(untrusted.reason, /^assertScoringFunction is JavaScript, .*--trust$/);
    assert.equal(untrusted.status, 'errored');
  });
});

describe('what a scoring function is told', () => {
  /** Its two arguments. */
  async function toldOf(
    evaluations: readonly Evaluation[],
    more: Parameters<typeof score>[2],
  ): Promise<[JsonObject, JsonObject]> {
    const [call] = (await score(GOOD, evaluations, more)).told as [{ args: [JsonObject, JsonObject] }];
    return call.args;
  }

  it('are the metrics, the threshold of the case and the tokens of its judges', async () => {
    const usage = { inputTokens: 10, outputTokens: 3 };
    const [metrics, context] = await toldOf(
      [
        evaluation('a', 0.5, { metric: 'm', usage }),
        evaluation('b', 0, { status: 'error', weight: 0, usage: { inputTokens: 5, outputTokens: 2 } }),
        evaluation('c', 0, { status: 'skipped' }),
        evaluation('d', 1),
      ],
      { golden: { threshold: 0.7 } },
    );
    assert.deepEqual(metrics, { m: 0.5 });
    assert.deepEqual(context, {
      threshold: 0.7,
      componentResults: [],
      tokensUsed: { total: 20, prompt: 15, completion: 5 },
    });
    const [, without] = await toldOf([evaluation('a', 1)], {});
    assert.deepEqual(without, { componentResults: [], tokensUsed: { total: 0, prompt: 0, completion: 0 } });
  });

  const component = (name: string, more: JsonObject = {}) => ({
    pass: true,
    score: 1,
    reason: 'it fits',
    assertion: { type: 'contains', weight: 1 },
    ...(name === 'written' ? { assertion: { type: 'contains', value: 'x' } } : {}),
    ...more,
  });

  it('are the assertions as they were written, where all of them are known', async () => {
    const golden = { assert: [{ type: 'contains', value: 'x' }] };
    const evaluations = [evaluation('a', 1), evaluation('b', 1)];
    const [, one] = await toldOf(evaluations, { evaluators: [asked('a')], golden });
    assert.deepEqual(one['componentResults'], [component('written')]);
    const [, two] = await toldOf(evaluations, { evaluators: [asked('a'), asked('b')], golden });
    assert.deepEqual(two['componentResults'], [component('a'), component('b')], 'the suite has some as well');
  });

  it('are those that were scored, where one without weight passes', async () => {
    const evaluators = [
      asked('a', { negated: true, weight: 2 }),
      asked('b'),
      asked('c', { weight: 0 }),
      asked('none'),
    ];
    const [, { componentResults }] = await toldOf(
      [
        evaluation('a', 0, { weight: 2 }),
        evaluation('b', 0, { status: 'skipped' }),
        evaluation('c', 0, { weight: 0 }),
      ],
      { evaluators },
    );
    const missed = { score: 0, reason: 'it does not fit' };
    assert.deepEqual(componentResults, [
      component('a', { ...missed, pass: false, assertion: { type: 'not-contains', weight: 2 } }),
      component('c', { ...missed, assertion: { type: 'contains', weight: 0 } }),
    ]);
  });

  it('are the members of a set behind it, each with what was written', async () => {
    const member = (score: number, more: JsonObject = {}): JsonObject => ({
      status: 'scored',
      score,
      pass: score >= 0.5,
      reason: `it is ${score}`,
      ...more,
    });
    const detail = [member(1), member(0, { weight: 0 }), member(0.25), { status: 'error' }, 'x'];
    const set = asked('set', { type: 'assert-set' });
    const evaluations = [evaluation('set', 1, { type: 'assert-set', detail })];
    const written = { type: 'assert-set', assert: [{ type: 'a' }, { type: 'b' }] };
    const results = [
      { pass: true, score: 1, reason: 'it fits' },
      { pass: true, score: 1, reason: 'it is 1' },
      { pass: true, score: 0, reason: 'it is 0' },
      { pass: false, score: 0.25, reason: 'it is 0.25' },
    ];
    const [, named] = await toldOf(evaluations, { evaluators: [set], golden: { assert: [written] } });
    assert.deepEqual(named['componentResults'], [
      results[0],
      { ...results[1], assertion: { type: 'a' } },
      { ...results[2], assertion: { type: 'b' } },
      results[3],
    ]);
    const [, unnamed] = await toldOf(evaluations, { evaluators: [set] });
    assert.deepEqual(unnamed['componentResults'], results);
    const [, alone] = await toldOf([evaluation('set', 1, { type: 'assert-set' })], { evaluators: [set] });
    assert.deepEqual(alone['componentResults'], results.slice(0, 1));
  });
});
