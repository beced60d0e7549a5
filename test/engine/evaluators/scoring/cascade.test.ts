import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { type CascadeOptions, runCascade } from '../../../../src/engine/evaluators/scoring/cascade.ts';
import type { Score, Stage } from '../../../../src/engine/model/evaluation.ts';
import type { Verdict } from '../../../../src/engine/model/result.ts';
import {
  type Attributes,
  type Log,
  noLog,
  noSpan,
  type Span,
  systemClock,
} from '../../../../src/engine/ports.ts';
import { assertClose, inputWith } from '../evaluating.ts';

const INPUT = inputWith('text');
const WEIGHTS = { heuristic: 0.2, lexical: 0.3, judge: 0.5 };

/** A measurement that is what it is; `later` makes it asynchronous. */
function measured(
  stage: Stage,
  score: Score,
  given: { weight?: number; name?: string; later?: boolean } = {},
): Evaluator {
  const name = given.name ?? stage;
  return {
    spec: { type: 'fixed', name, negated: false, options: {}, weight: given.weight ?? 1 },
    stage,
    evaluate: () => (given.later ? Promise.resolve(score) : score),
  };
}

const scored = (score: number, pass = score >= 0.5): Score => ({
  status: 'scored',
  score,
  pass,
  reason: `is ${score}`,
});
const ERROR: Score = { status: 'error', reason: 'broken' };
const SKIPPED: Score = { status: 'skipped', reason: 'not for this case' };

function optionsWith(given: Partial<CascadeOptions> = {}): CascadeOptions {
  return {
    mode: 'cascade',
    thresholds: { heuristic: 0.5, lexical: 0.6 },
    weights: WEIGHTS,
    rule: { kind: 'all' },
    signal: new AbortController().signal,
    span: noSpan,
    clock: systemClock,
    log: noLog,
    ...given,
  };
}

function run(evaluators: Evaluator[], given: Partial<CascadeOptions> = {}): Verdict {
  const verdict = runCascade(evaluators, INPUT, optionsWith(given));
  assert.ok(!(verdict instanceof Promise), 'synchronous evaluators give a verdict at once');
  return verdict;
}

describe('runCascade', () => {
  it('weighs stages 0.2 / 0.3 / 0.5', () => {
    const verdict = run([
      measured('heuristic', scored(1)),
      measured('lexical', scored(0.8)),
      measured('judge', scored(0.6)),
    ]);
    assert.equal(verdict.status, 'passed');
    assertClose(verdict.score ?? 0, 0.2 * 1 + 0.3 * 0.8 + 0.5 * 0.6);
    assert.deepEqual(verdict.settlement, {
      stage: 'judge',
      early: false,
      reason: 'every evaluator ran',
      skipped: [],
    });
  });
  it('gives the weight of a stage that is not configured, or does not apply, to the others', () => {
    assertClose(
      run([measured('heuristic', scored(1)), measured('judge', scored(0.6))]).score ?? 0,
      0.5 / 0.7,
    );
    assertClose(run([measured('lexical', SKIPPED), measured('judge', scored(0.6))]).score ?? 0, 0.6);
  });
  it('takes the plain weighted mean without stage weights', () => {
    const verdict = run([measured('heuristic', scored(1), { weight: 3 }), measured('judge', scored(0.6))], {
      weights: null,
    });
    assertClose(verdict.score ?? 0, 0.9);
  });
  it('runs stages from the cheapest, whatever the order in the suite', () => {
    const verdict = run([
      measured('judge', scored(1)),
      measured('lexical', scored(1)),
      measured('heuristic', scored(1)),
    ]);
    assert.deepEqual(
      verdict.evaluations.map((evaluation) => evaluation.stage),
      ['heuristic', 'lexical', 'judge'],
    );
  });
  it('leaves later stages out once an evaluator failed under rule all', () => {
    const verdict = run([
      measured('heuristic', scored(1)),
      measured('heuristic', scored(0.9, false), { name: 'is-json' }),
      measured('lexical', scored(1)),
      measured('judge', scored(1), { name: 'rubric' }),
    ]);
    assert.equal(verdict.status, 'failed');
    assert.equal(verdict.reason, 'is-json: is 0.9');
    assert.deepEqual(verdict.settlement, {
      stage: 'heuristic',
      early: true,
      reason: 'is-json: is 0.9',
      skipped: [
        { name: 'lexical', stage: 'lexical' },
        { name: 'rubric', stage: 'judge' },
      ],
    });
  });
  it('fails a stage below its threshold although its evaluators pass', () => {
    const verdict = run([measured('lexical', scored(0.55, true)), measured('judge', scored(1))]);
    assert.equal(verdict.status, 'failed');
    assert.match(verdict.reason, /lexical score 0.55 is below 0.6/);
    assert.equal(verdict.evaluations.length, 1);
    assert.equal(
      run([measured('lexical', scored(0.6, true))]).status,
      'passed',
      'the threshold itself is enough',
    );
  });
  it('stops when even perfect later stages cannot reach the threshold of the case', () => {
    const low = [
      measured('heuristic', scored(0.5, false)),
      measured('lexical', scored(0.6)),
      measured('judge', scored(1)),
    ];
    const verdict = run(low, { rule: { kind: 'threshold', min: 0.95 } });
    assert.deepEqual(
      [verdict.status, verdict.settlement.stage, verdict.settlement.early],
      ['failed', 'heuristic', true],
    );
    assert.match(verdict.settlement.reason, /cannot exceed 0.90/);
    assert.equal(
      run(low, { rule: { kind: 'threshold', min: 0.75 } }).status,
      'passed',
      'a failure can be made up for',
    );
  });
  it('runs everything in mode full, where stage thresholds do not count', () => {
    const verdict = run([measured('heuristic', scored(0, false)), measured('judge', scored(1))], {
      mode: 'full',
    });
    assert.equal(verdict.status, 'failed');
    assert.equal(verdict.evaluations.length, 2);
    assert.equal(run([measured('lexical', scored(0.1, true))], { mode: 'full' }).status, 'passed');
  });
  describe('without thresholds of the suite', () => {
    const defaults = { thresholds: {}, defaultThresholds: { heuristic: 0.5, lexical: 0.6 } };
    const own = (
      score: number,
      pass: boolean,
      stage: Stage = 'lexical',
      name: string = stage,
    ): Evaluator => ({
      ...measured(stage, scored(score, pass), { name }),
      ownThreshold: true,
    });
    const rest = (score: number, stage: Stage = 'lexical'): Evaluator =>
      measured(stage, scored(score, true), { name: 'rest' });

    for (const [what, evaluators, status] of [
      ['passes what passes a threshold of its own', [own(0.5, true)], 'passed'],
      ['passes it in each stage', [own(0.1, true, 'heuristic'), own(0.1, true)], 'passed'],
      ['fails what does not', [own(0.5, false)], 'failed'],
      ['holds a score without one to the default', [rest(0.59)], 'failed'],
      ['lets one pass that reaches it', [rest(0.6)], 'passed'],
      ['holds each stage to its own default', [rest(0.5, 'heuristic')], 'passed'],
      ['leaves what has passed out of the score that is held', [own(0.9, true), rest(0.59)], 'failed'],
      ['is not lowered by it, either', [own(0.1, true), rest(0.6)], 'passed'],
    ] as [string, Evaluator[], string][]) {
      it(what, () => assert.equal(run(evaluators, defaults).status, status));
    }

    it('holds everything to a threshold that the suite names', () => {
      const verdict = run([own(0.5, true)], { ...defaults, thresholds: { lexical: 0.6 } });
      assert.deepEqual([verdict.status, verdict.reason], ['failed', 'lexical score 0.50 is below 0.6']);
      assert.equal(run([own(0.5, true)], { ...defaults, thresholds: { heuristic: 0.6 } }).status, 'passed');
    });

    it('holds what has failed its own threshold to the default, where the total decides', () => {
      const rule = { kind: 'threshold', min: 0.1 } as const;
      assert.match(
        run([own(0.5, false)], { ...defaults, rule }).reason ?? '',
        /lexical score 0\.50 is below 0\.6/,
      );
      assert.equal(run([own(0.5, true)], { ...defaults, rule }).status, 'passed');
    });
  });

  it('has no score where one of its evaluators could not measure', () => {
    const verdict = run([measured('heuristic', scored(1)), measured('judge', ERROR)]);
    assert.deepEqual([verdict.status, verdict.score], ['errored', null]);
  });

  it('is errored when nothing was measured', () => {
    for (const evaluators of [
      [],
      [measured('heuristic', SKIPPED)],
      [measured('judge', scored(1), { weight: 0 })],
    ]) {
      const verdict = run(evaluators);
      assert.deepEqual(
        [verdict.status, verdict.score, verdict.reason],
        ['errored', null, 'nothing was measured: no evaluator counts for this case'],
      );
    }
    assert.equal(run([]).settlement.stage, 'none');
  });
  it('reports evaluators of weight 0 without letting them decide', () => {
    const verdict = run([
      measured('heuristic', scored(0, false), { weight: 0 }),
      measured('lexical', scored(1)),
    ]);
    assert.deepEqual([verdict.status, verdict.score, verdict.evaluations.length], ['passed', 1, 2]);
    assert.equal(
      run([measured('heuristic', ERROR, { weight: 0 }), measured('lexical', scored(1))]).status,
      'passed',
    );
  });
  it('is errored after an error, unless something else failed for certain', () => {
    assert.equal(run([measured('heuristic', ERROR), measured('judge', scored(1))]).status, 'errored');
    assert.equal(run([measured('heuristic', ERROR), measured('judge', scored(0))]).status, 'failed');
    const threshold = { rule: { kind: 'threshold', min: 0.9 } } as const;
    assert.equal(
      run([measured('heuristic', ERROR), measured('heuristic', scored(1))], threshold).status,
      'errored',
    );
    assert.equal(
      run([measured('heuristic', ERROR), measured('heuristic', scored(0.5))], threshold).status,
      'failed',
    );
  });
  it('takes a score that is no number from 0 to 1 for an error', () => {
    for (const score of [Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1]) {
      const verdict = run([measured('heuristic', scored(score, true))]);
      assert.deepEqual([verdict.status, verdict.score], ['errored', null], String(score));
    }
  });
  it('records an evaluator that throws as an error, and logs a bug with its stack', async () => {
    const written: string[] = [];
    const log: Log = {
      write: (level, message, fields) => written.push(`${level} ${message} ${String(fields?.['stack'])}`),
    };
    const broken = (evaluate: Evaluator['evaluate']): Evaluator => ({
      ...measured('heuristic', ERROR),
      evaluate,
    });
    const thrown = run(
      [
        broken(() => {
          throw new TypeError('oops');
        }),
      ],
      { log },
    );
    assert.deepEqual([thrown.status, thrown.reason], ['errored', 'heuristic: oops']);
    const rejected = await runCascade(
      [
        broken(async () => {
          throw new TypeError('late');
        }),
      ],
      INPUT,
      optionsWith({ log }),
    );
    assert.equal(rejected.reason, 'heuristic: late');
    assert.equal(written.length, 2);
    assert.match(written[0] ?? '', /^error .*TypeError: oops\n/);
  });
  it('keeps the order of the suite when results arrive in another', async () => {
    const verdict = await runCascade(
      [
        measured('judge', scored(1), { name: 'slow', later: true }),
        measured('judge', scored(0.9), { name: 'quick' }),
      ],
      INPUT,
      optionsWith(),
    );
    assert.deepEqual(
      verdict.evaluations.map((evaluation) => evaluation.name),
      ['slow', 'quick'],
    );
    assert.equal(verdict.evaluations[0]?.status, 'scored');
  });
  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const hanging: Evaluator = {
      ...measured('judge', ERROR),
      evaluate: (_input, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    const verdict = Promise.resolve(runCascade([hanging], INPUT, optionsWith({ signal: controller.signal })));
    controller.abort(new Error('stopped by hand'));
    await assert.rejects(verdict, /stopped by hand/);
    assert.throws(
      () => run([measured('heuristic', scored(1))], { signal: controller.signal }),
      /stopped by hand/,
    );
  });
  it('runs the judge for an audit, and says whether it agrees, without changing the verdict', async () => {
    for (const [judged, agrees] of [
      [scored(1), false],
      [scored(0.1), true],
    ] as const) {
      const verdict = await runCascade(
        [
          measured('heuristic', scored(0)),
          measured('lexical', scored(1)),
          measured('judge', judged, { later: true }),
        ],
        INPUT,
        optionsWith({ audit: () => true }),
      );
      assert.deepEqual([verdict.status, verdict.score, verdict.settlement.stage], ['failed', 0, 'heuristic']);
      assert.deepEqual(verdict.settlement.audited, { agrees });
      assert.deepEqual(verdict.settlement.skipped, [{ name: 'lexical', stage: 'lexical' }]);
      assert.equal(verdict.evaluations.length, 2);
    }
  });
  it('lets a clear pass through without the judge, and only a clear one', () => {
    const pass = { lexical: 0.9 };
    const judge = measured('judge', scored(0));
    const clear = run([measured('heuristic', scored(1)), measured('lexical', scored(0.9)), judge], { pass });
    assert.deepEqual(
      [clear.status, clear.settlement.stage, clear.settlement.early],
      ['passed', 'lexical', true],
    );
    assert.deepEqual(clear.settlement.skipped, [{ name: 'judge', stage: 'judge' }]);
    assert.equal(clear.settlement.reason, 'lexical score 0.90 reaches 0.9: a clear pass');
    for (const unclear of [
      [measured('lexical', scored(0.89)), judge],
      [measured('lexical', scored(1)), measured('lexical', ERROR, { name: 'broken' }), judge],
      [measured('lexical', SKIPPED), judge],
    ])
      assert.equal(run(unclear, { pass }).settlement.stage, 'judge');
    assert.equal(run([measured('lexical', scored(1)), judge], { pass, mode: 'full' }).status, 'failed');
  });
  it('asks the cheap evaluators that are left before a case passes without the judge', () => {
    const verdict = run(
      [
        measured('heuristic', scored(1)),
        measured('lexical', scored(0.7, false)),
        measured('judge', scored(1)),
      ],
      { pass: { heuristic: 0.9 } },
    );
    assert.deepEqual([verdict.status, verdict.settlement.stage], ['failed', 'lexical']);
  });
  it('audits a clear pass as well', async () => {
    for (const [judged, agrees] of [
      [scored(1), true],
      [scored(0.1), false],
    ] as const) {
      const verdict = await runCascade(
        [measured('lexical', scored(1)), measured('judge', judged, { later: true })],
        INPUT,
        optionsWith({ pass: { lexical: 0.9 }, audit: () => true }),
      );
      assert.deepEqual([verdict.status, verdict.settlement.audited], ['passed', { agrees }]);
      assert.deepEqual(verdict.settlement.skipped, []);
    }
  });
  it('says nothing of agreement when the judge could not tell, and asks only for cases that were settled', async () => {
    const asked: number[] = [];
    const audit = () => asked.push(1) > 0;
    const verdict = await runCascade(
      [measured('heuristic', scored(0)), measured('judge', ERROR)],
      INPUT,
      optionsWith({ audit }),
    );
    assert.equal(verdict.settlement.audited, undefined);
    run([measured('heuristic', scored(1)), measured('judge', scored(1))], { audit });
    run([measured('heuristic', scored(0)), measured('lexical', scored(1))], { audit });
    assert.equal(asked.length, 1);
  });
  it('writes a span with a result event for evaluators that take time, and none for the others', async () => {
    const spans: { name: string; event?: [string, Attributes | undefined]; error?: string | undefined }[] =
      [];
    const span: Span = {
      ...noSpan,
      child(name) {
        const seen: (typeof spans)[number] = { name };
        spans.push(seen);
        return {
          ...noSpan,
          event: (event, attributes) => {
            seen.event = [event, attributes];
          },
          end: (error) => {
            seen.error = error;
          },
        };
      },
      event: () => assert.fail('the span of the trial is not written to'),
      end: () => assert.fail('the span of the trial goes on'),
    };
    const logging: Evaluator = {
      ...measured('heuristic', scored(1), { name: 'logging' }),
      evaluate: (_input, context) => {
        context.span.log('warn', 'look at this');
        return scored(0.5);
      },
    };
    await runCascade(
      [
        measured('heuristic', scored(1), { name: 'quick' }),
        logging,
        measured('heuristic', scored(1), { name: 'slow', later: true }),
        measured('heuristic', ERROR, { name: 'broken', later: true }),
        measured('heuristic', ERROR, { name: 'broken at once' }),
      ],
      INPUT,
      optionsWith({ span }),
    );
    assert.deepEqual(
      spans.map(({ name, error }) => [name, error]),
      [
        ['evaluate logging', undefined],
        ['evaluate slow', undefined],
        ['evaluate broken', 'broken'],
      ],
    );
    assert.deepEqual(spans[1]?.event, [
      'gen_ai.evaluation.result',
      {
        'gen_ai.evaluation.name': 'slow',
        'gen_ai.evaluation.score.value': 1,
        'gen_ai.evaluation.score.label': 'pass',
        'gen_ai.evaluation.explanation': 'is 1',
      },
    ]);
    assert.equal(spans[2]?.event?.[1]?.['gen_ai.evaluation.score.label'], 'error');
  });
});

describe('runCascade, for any evaluators', () => {
  const anyScore = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({ score: fc.double({ min: 0, max: 1, noNaN: true }), pass: fc.boolean() })
        .map(({ score, pass }) => scored(score, pass)),
    },
    { weight: 1, arbitrary: fc.constantFrom(ERROR, SKIPPED, scored(Number.NaN, true)) },
  );
  const anyEvaluators = fc.array(
    fc
      .record({
        stage: fc.constantFrom<Stage>('heuristic', 'lexical', 'judge'),
        score: anyScore,
        weight: fc.constantFrom(0, 0.5, 1, 3),
      })
      .map(({ stage, score, weight }) => measured(stage, score, { weight })),
    { maxLength: 6 },
  );
  const anyRule = fc.oneof(
    fc.constant({ kind: 'all' as const }),
    fc.double({ min: 0, max: 1, noNaN: true }).map((min) => ({ kind: 'threshold' as const, min })),
  );

  it('never passes when something that counts was not measured', () => {
    fc.assert(
      fc.property(
        anyEvaluators,
        anyRule,
        fc.constantFrom('cascade' as const, 'full' as const),
        (evaluators, rule, mode) => {
          const verdict = run(evaluators, { rule, mode });
          const counted = verdict.evaluations.filter(
            ({ weight, status }) => weight > 0 && status !== 'skipped',
          );
          if (verdict.status !== 'passed') return;
          assert.ok(counted.length > 0 && counted.every(({ status }) => status === 'scored'));
          assert.ok(verdict.score !== null && verdict.score >= 0 && verdict.score <= 1 + 1e-12);
          assert.equal(verdict.settlement.early, false, 'a pass is only known at the end');
        },
      ),
    );
  });
  it('comes to the verdict of mode full where no stage has a threshold', () => {
    fc.assert(
      fc.property(anyEvaluators, anyRule, fc.constantFrom(WEIGHTS, null), (evaluators, rule, weights) => {
        const early = run(evaluators, { rule, weights, thresholds: {} });
        const full = run(evaluators, { rule, weights, mode: 'full' });
        assert.equal(early.status, full.status);
        assert.equal(early.evaluations.length + early.settlement.skipped.length, evaluators.length);
      }),
      { numRuns: 500 },
    );
  });
  it('gives an asynchronous run the same verdict', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvaluators, anyRule, async (evaluators, rule) => {
        const later = evaluators.map((one) => ({
          ...one,
          evaluate: async () => one.evaluate(INPUT, { signal: new AbortController().signal, span: noSpan }),
        }));
        const verdict = await runCascade(later, INPUT, optionsWith({ rule }));
        const expected = run(evaluators, { rule });
        assert.deepEqual({ ...verdict, evaluations: [] }, { ...expected, evaluations: [] });
      }),
    );
  });
});
