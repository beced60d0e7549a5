import assert from 'node:assert/strict';
import { FileError } from '../../../../src/engine/errors.ts';
import type { EvaluationContext, Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { PaidReplies } from '../../../../src/engine/evaluators/judge/paidReplies.ts';
import { PatternTimeout } from '../../../../src/engine/evaluators/patterns/pattern.ts';
import { type CascadeOptions, runCascade } from '../../../../src/engine/evaluators/scoring/cascade.ts';
import type { EvaluatorSpec, Score, Stage } from '../../../../src/engine/model/evaluation.ts';
import { ModelError } from '../../../../src/engine/models/modelClient.ts';
import { noLog, noSpan, systemClock } from '../../../../src/engine/ports.ts';
import { ScriptError } from '../../../../src/engine/processes/scripts/scriptCall.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import { inputWith } from '../evaluating.ts';

const INPUT = inputWith('text');

const scored = (score: number, more: Partial<Extract<Score, { status: 'scored' }>> = {}): Score => ({
  status: 'scored',
  score,
  pass: score >= 0.5,
  reason: `is ${score}`,
  ...more,
});

function evaluator(
  stage: Stage,
  evaluate: Score | Evaluator['evaluate'],
  more: Partial<EvaluatorSpec> = {},
): Evaluator {
  const spec = { type: 'fixed', name: stage, negated: false, options: {}, weight: 1, ...more };
  return { spec, stage, evaluate: typeof evaluate === 'function' ? evaluate : () => evaluate };
}

function run(evaluators: Evaluator[], more: Partial<CascadeOptions> = {}) {
  return runCascade(evaluators, INPUT, {
    mode: 'cascade',
    thresholds: {},
    weights: null,
    rule: { kind: 'all' },
    signal: new AbortController().signal,
    span: noSpan,
    clock: systemClock,
    log: noLog,
    ...more,
  });
}

/** What `evaluate` comes to after `turns` of the event loop. */
const later = (turns: number, score: Score) => async () => {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
  return score;
};

describe('the evaluators of a case', () => {
  it('are told who asks, and of which trial', async () => {
    const told: EvaluationContext[] = [];
    const tell: Evaluator['evaluate'] = (_, context) => {
      told.push(context);
      return scored(1);
    };
    const { signal } = new AbortController();
    const paid = new PaidReplies();
    await run([evaluator('judge', tell, { bulkhead: 'slow' })], { signal, trial: 2, caller: 'me', paid });
    await run([evaluator('judge', tell)], { signal });
    const [full, bare] = told.map(({ span, ...rest }) => ({ ...rest, hasSpan: span !== undefined }));
    assert.deepEqual(full, { signal, hasSpan: true, trial: 2, pool: 'slow', caller: 'me', paid });
    assert.deepEqual(bare, { signal, hasSpan: true });
  });

  it('are recorded with what they are, and how long they took', async () => {
    let now = 10;
    const clock = { ...systemClock, monotonic: () => now };
    const location = { path: 'touchstone.yaml', line: 7, column: 5 };
    const slow = (score: Score) => () => {
      now += 25;
      return score;
    };
    const verdict = await run(
      [
        evaluator('heuristic', slow(scored(1)), { metric: 'tone', location, weight: 2 }),
        evaluator('heuristic', slow(scored(1, { latencyMs: 400 }))),
        evaluator('heuristic', slow({ status: 'skipped', reason: 'not here' })),
      ],
      { clock },
    );
    const base = { type: 'fixed', name: 'heuristic', stage: 'heuristic' };
    assert.deepEqual(verdict.evaluations, [
      { ...scored(1), ...base, weight: 2, metric: 'tone', location, latencyMs: 25 },
      { ...scored(1), ...base, weight: 1, latencyMs: 400 },
      { status: 'skipped', reason: 'not here', ...base, weight: 1, latencyMs: 25 },
    ]);
  });

  it('are all waited for within a stage', async () => {
    const verdict = await run([
      evaluator('judge', later(4, scored(1)), { name: 'slow' }),
      evaluator('judge', later(1, scored(0.75)), { name: 'quick' }),
    ]);
    assert.deepEqual(
      verdict.evaluations.map(({ name, status }) => [name, status]),
      [
        ['slow', 'scored'],
        ['quick', 'scored'],
      ],
    );
  });

  it('keep what a score beyond 0–1 cost', async () => {
    const { evaluations } = await run([evaluator('judge', scored(1.5, { costUsd: 0.25 }))]);
    const [found] = evaluations;
    assert.deepEqual(
      [found?.status, found?.reason, found?.status === 'error' && found.costUsd],
      ['error', 'the score 1.5 is not between 0 and 1', 0.25],
    );
  });
});

describe('an evaluator that fails', () => {
  const failing = (error: unknown) =>
    evaluator('heuristic', () => {
      throw error;
    });

  /** What it is recorded as, and what was logged. */
  async function failed(error: unknown, more: Partial<CascadeOptions> = {}) {
    const logged: unknown[] = [];
    const log = { write: (_: string, __: string, fields?: object) => void logged.push(fields) };
    const { evaluations } = await run([failing(error)], { log, ...more });
    const [found] = evaluations;
    return { reason: found?.reason, detail: found?.status === 'error' && found.detail, logged };
  }

  it('is logged where nobody could expect it', async () => {
    for (const error of [
      new FileError('it is not there'),
      new ModelError('server', 'it is down', { transient: true }),
      new PatternTimeout('a+', 500),
      new ScriptError('threw', 'x is not defined'),
    ])
      assert.deepEqual((await failed(error)).logged, [], error.message);
    const bug = new TypeError('a bug');
    const { reason, logged } = await failed(bug);
    assert.deepEqual([reason, logged], ['a bug', [{ stack: bug.stack }]]);
    const odd = await failed('no error at all');
    assert.deepEqual([odd.reason, odd.logged], ['no error at all', [{ stack: 'no error at all' }]]);
    const bare = Object.assign(new Error('without a stack'), { stack: undefined });
    assert.deepEqual((await failed(bare)).logged, [{ stack: 'without a stack' }]);
  });

  it('is not logged where the trial was stopped meanwhile', async () => {
    const controller = new AbortController();
    const logged: unknown[] = [];
    const stopped = evaluator('heuristic', () => {
      controller.abort(new Error('stop'));
      throw new TypeError('torn down');
    });
    const log = { write: (...line: unknown[]) => void logged.push(line) };
    await run([stopped], { signal: controller.signal, log });
    assert.deepEqual(logged, []);
  });

  it('has the code of its model, and nothing else of others', async () => {
    const model = await failed(new ModelError('server', 'it is down', { transient: true }));
    assert.deepEqual([model.reason, model.detail], ['it is down', { code: 'server' }]);
    assert.equal((await failed(new FileError('it is not there'))).detail, undefined);
  });

  it('stops the case where its call was refused, once the others are paid', async () => {
    const refusal = (message: string) =>
      new ModelError('network', message, { transient: true, cause: new Rejected('breaker', message) });
    const [first, second] = [refusal('first'), refusal('second')];
    await assert.rejects(async () => run([failing(first)]), first);

    let paid = false;
    const refused = (error: Error) => evaluator('judge', () => Promise.reject(error));
    const judge = evaluator('judge', async () => {
      const score = await later(3, scored(1))();
      paid = true;
      return score;
    });
    await assert.rejects(async () => run([refused(first), judge, refused(second)]), first);
    assert.equal(paid, true);
  });
});

describe('a case that is settled', () => {
  const fail = evaluator('heuristic', scored(0));

  it('early says so, and at its last stage that every evaluator ran', async () => {
    const judge = evaluator('judge', scored(1));
    const early = await run([fail, judge]);
    assert.deepEqual(early.settlement, {
      stage: 'heuristic',
      early: true,
      reason: 'heuristic: is 0',
      skipped: [{ name: 'judge', stage: 'judge' }],
    });
    const last = await run([fail]);
    const whole = { stage: 'heuristic', early: false, reason: 'every evaluator ran', skipped: [] };
    assert.deepEqual(last.settlement, whole);
  });

  it('is audited by the judges that count, and only if all of them could tell', async () => {
    const audited = async (judges: [score: Score, weight?: number][]) => {
      const evaluators = judges.map(([score, weight = 1]) => evaluator('judge', score, { weight }));
      const { settlement, evaluations, status } = await run([fail, ...evaluators], { audit: () => true });
      assert.deepEqual([status, evaluations.length, settlement.early], ['failed', judges.length + 1, true]);
      return settlement.audited?.agrees;
    };
    const error: Score = { status: 'error', reason: 'broken' };
    assert.equal(await audited([[scored(0)]]), true);
    assert.equal(await audited([[scored(1)]]), false);
    assert.equal(await audited([[scored(1)], [scored(0)]]), true, 'one of them fails it as well');
    assert.equal(await audited([[scored(1)], [scored(0), 0]]), false, 'a judge of weight 0 does not count');
    assert.equal(await audited([[scored(0), 0]]), undefined);
    assert.equal(await audited([[scored(0)], [error]]), undefined);
    assert.equal(await audited([[error]]), undefined);
    assert.equal(await audited([[{ status: 'skipped', reason: 'x' }]]), undefined);
  });

  it('runs to its end where a function makes the verdict', async () => {
    const verdict = await run([fail, evaluator('judge', scored(1))], {
      scoring: async ({ evaluations }) => ({
        status: 'passed',
        score: 0.25,
        reason: `${evaluations.length} ran`,
      }),
    });
    assert.deepEqual([verdict.status, verdict.score, verdict.reason], ['passed', 0.25, '2 ran']);
    assert.deepEqual([verdict.evaluations.length, verdict.settlement.early], [2, false]);
  });
});
