import assert from 'node:assert/strict';
import { compareEvaluators } from '../../../../src/engine/compare/evaluators/evaluatorAgreement.ts';
import { wroteItself } from '../../../../src/engine/compare/evaluators/judgeBias.ts';
import { passRates } from '../../../../src/engine/compare/evaluators/judgedRate.ts';
import { judgeHealth } from '../../../../src/engine/compare/evaluators/judgeHealth.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { complete, plan } from '../../../support/runFixtures.ts';
import { broken, judgedResult, scored, skipped } from './evaluations.ts';

const BOTH = { first: 'a', second: 'b' };
const pairs = (scores: readonly (readonly [number, number])[]): TrialResult[] =>
  scores.map(([a, b], at) => judgedResult(at, [scored('a', 'judge', a), scored('b', 'judge', b)]));
const list = <T>(count: number, of: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => of(at));

describe('the agreement of two evaluators', () => {
  it('is that of the published figures', () => {
    const first = [0.05, 0.2, 0.45, 0.65, 0.85, 1, 0.39, 0.6];
    const second = [0.15, 0.45, 0.4, 0.9, 0.62, 1, 0.41, 0.19];
    const found = compareEvaluators(pairs(first.map((a, at) => [a, second[at] ?? 0])), BOTH);
    // NumPy, by Cohen 1968 over five bands, and by Krippendorff 2011, sections C and D.
    assert.equal(found.weightedKappa?.toFixed(10), '0.6000000000');
    assert.equal(found.alpha?.toFixed(10), '0.7543474591');
    assert.equal(found.pearson?.toFixed(10), '0.7387723916');
  });

  it('calls scores that are a tenth apart the same, and no others', () => {
    const found = compareEvaluators(
      pairs([
        [0.5, 0.6],
        [0.8, 0.7],
        [0.6, 0.7001],
        [0.9, 0.2],
        [0.3, 0.3],
      ]),
      BOTH,
    );
    assert.equal(found.within, 3 / 5);
    assert.deepEqual(
      found.differences.map(({ caseId }) => caseId),
      ['case-3', 'case-2'],
    );
  });

  it('shows other verdicts before other scores, and what differs alike in the order of the run', () => {
    const found = compareEvaluators(
      pairs([
        [0.6, 0.75],
        [0.9, 0.5],
        [0.49, 0.5],
        [0.6, 0.75],
        [0.3, 0.9],
      ]),
      BOTH,
    );
    assert.deepEqual(
      found.differences.map(({ caseId }) => caseId),
      ['case-4', 'case-2', 'case-1', 'case-0', 'case-3'],
    );
  });

  it('leaves out what neither rated, and counts what only one did', () => {
    const results = [
      judgedResult(0, [scored('a', 'judge', 1), broken('b', 'judge')]),
      judgedResult(1, [skipped('a', 'judge'), scored('b', 'judge', 1)]),
      judgedResult(2, [broken('a', 'judge'), broken('b', 'judge')]),
    ];
    const found = compareEvaluators(results, BOTH);
    assert.deepEqual([found.outputs, found.oneSided], [0, 2]);
  });

  it('holds each to the labels by itself', () => {
    const results = pairs([
      [1, 1],
      [1, 0],
      [0, 0],
      [1, 0],
    ]);
    const { accuracy } = compareEvaluators(results, { ...BOTH, labelOf: () => true });
    assert.deepEqual(accuracy, { first: 0.75, second: 0.25 });
  });

  it('knows the mean cost where every one is known', () => {
    const priced = (costs: readonly (number | undefined)[]) =>
      compareEvaluators(
        costs.map((costUsd, at) =>
          judgedResult(at, [
            scored('a', 'judge', 1, costUsd === undefined ? {} : { costUsd }),
            scored('b', 'lexical', 1),
          ]),
        ),
        BOTH,
      ).costUsd;
    assert.deepEqual(priced([0.25, 0.5]), { first: 0.375, second: 0 });
    assert.deepEqual(priced([0.25, undefined]), { first: null, second: 0 });
  });

  it('looks for a lean to one place in the run in which each judged', () => {
    const run = (name: string, choices: (at: number) => string[]) =>
      list(4, (at) => judgedResult(at, [scored(name, 'judge', 1, { detail: { choices: choices(at) } })]));
    const there = run('b', (at) => (at < 3 ? ['y', 'x'] : ['x', 'x']));
    const leaning = compareEvaluators(
      run('a', (at) => (at < 1 ? ['x', 'y'] : ['x', 'x'])),
      BOTH,
      there,
    );
    assert.deepEqual(leaning.positionBias, { first: 0.25, second: -0.75 });
    const [one] = run('a', () => ['x', 'y']);
    assert.ok(one);
    assert.deepEqual(compareEvaluators([one], { first: 'a', second: 'a' }).positionBias, {
      first: 1,
      second: 1,
    });
    assert.deepEqual(compareEvaluators(pairs([[1, 1]]), BOTH).positionBias, { first: null, second: null });
  });

  it('finds what a judge gives to its own model beyond the other judge, who has no favourite', () => {
    const written = (model: string) => ({ ...complete('t'), model });
    const outputs = list(20, (at) => {
      const own = at % 2 === 0;
      // Its own outputs are worse: 0.2 against 0.6. The first adds 0.3 to them, and takes 0.1 from the others.
      const fair = own ? 0.2 : 0.6;
      return judgedResult(
        at,
        [
          scored('a', 'judge', fair + (own ? 0.3 : -0.1), { detail: { judge: 'p/m1' } }),
          scored('b', 'judge', fair, { detail: { judge: 'p/m3' } }),
        ],
        { output: written(own ? 'm1' : 'm2') },
      );
    });
    const { selfPreference } = compareEvaluators(outputs, BOTH);
    assert.equal(selfPreference.first?.toFixed(6), '0.400000');
    assert.equal(selfPreference.second, null, 'it wrote none of them');

    const labelOf = ({ caseIndex }: TrialResult) => caseIndex % 2 === 0;
    const labelled = compareEvaluators(outputs, { ...BOTH, labelOf });
    assert.equal(labelled.selfPreference.first?.toFixed(6), '-1.000000', 'people pass all that it wrote');
  });

  it('finds it in another run by who judged and wrote there', () => {
    const side = (name: string, judge: string, score: (own: boolean) => number) =>
      list(20, (at) => {
        const own = at % 2 === 0;
        return judgedResult(at, [scored(name, 'judge', score(own), { detail: { judge } })], {
          output: { ...complete('t'), model: own ? 'm1' : 'm2' },
        });
      });
    const fair = side('a', 'p/m9', () => 0.5);
    const partial = side('b', 'p/m1', (own) => (own ? 0.9 : 0.7));
    const found = compareEvaluators(fair, BOTH, partial).selfPreference;
    assert.deepEqual([found.first, found.second?.toFixed(6)], [null, '0.200000']);
    const reverse = compareEvaluators(partial, { first: 'b', second: 'a' }, fair).selfPreference;
    assert.deepEqual([reverse.first?.toFixed(6), reverse.second], ['0.200000', null]);
  });
});

describe('a judge wrote the output', () => {
  const wrote = (judge: string, model: string, detail: JsonObject = { judge }) =>
    wroteItself(
      judgedResult(0, [scored('judge', 'judge', 1, { detail })], { output: { ...complete('t'), model } }),
      'judge',
    );

  it('where the models are the same but for who serves them, and their date', () => {
    for (const model of [
      'm-1',
      'M-1',
      'router/vendor/m-1',
      'm-1-2026-11-30',
      'm-1-20261130',
      'm-1@20261130',
      'm-1:latest',
      'm-1-latest',
    ]) {
      assert.ok(wrote('vendor/m-1', model), model);
      assert.ok(wrote(`p/${model}`, 'm-1'), model);
    }
  });

  it('and not where they are others', () => {
    for (const model of [
      'm-12',
      'n-1',
      'm',
      'm-1-mini',
      'm-1-20261-11-30',
      'm-1-202-11-30',
      'm-1-2026-111-30',
      'm-1-2026-1-30',
      'm-1-2026-11-300',
      'm-1-2026-11-3',
      'm-1@202611300',
      'm-1@2026113',
      'm-1-november',
      'm-1x20261130',
      'm-1xlatest',
      'm-1-latest-x',
      'm-1-20261130-x',
    ])
      assert.equal(wrote('vendor/m-1', model), false, model);
    assert.equal(wrote('vendor/m-1-x', 'm-1-latest-x'), false);
    assert.equal(wrote('', 'm-1', { other: 1 }), false);
  });
});

describe('what is said of a judge', () => {
  const checkOf = (results: readonly TrialResult[], check: string, more = {}) =>
    judgeHealth(results, { judge: 'judge', ...more }).checks.find((one) => one.check === check);
  const judged = (score: (at: number) => number, count = 40) =>
    list(count, (at) => judgedResult(at, [scored('judge', 'judge', score(at))]));

  it('leaves out what it was not asked', () => {
    const results = [
      ...judged((at) => at % 2, 19),
      judgedResult(19, [broken('judge', 'judge')]),
      ...list(20, (at) => judgedResult(20 + at, [skipped('judge', 'judge')])),
    ];
    const errors = checkOf(results, 'errors');
    assert.deepEqual([errors?.status, errors?.value], ['pass', 0.05]);
    assert.equal(errors?.reason, '1 of 20 judgements failed, at most 5 % are allowed');
  });

  it('says why it is not known', () => {
    assert.equal(checkOf([], 'errors')?.reason, 'it has judged nothing');
    const results = judged((at) => at % 2);
    assert.equal(checkOf(results, 'test-retest')?.reason, 'it was not asked twice about the same outputs');
    assert.equal(checkOf(results, 'order')?.reason, 'it was not asked in two orders');
    const one = judged(() => 1, 1);
    assert.equal(checkOf(one, 'test-retest', { again: one })?.reason, 'only 1 outputs were judged twice');
    const labelOf = ({ caseIndex }: TrialResult) => (caseIndex < 24 ? caseIndex < 20 : undefined);
    assert.equal(
      checkOf(results, 'labels', { labelOf })?.reason,
      'of 24 labels 20 are passes and 4 fails, 5 of each are needed',
    );
  });

  it('has its figures with two digits', () => {
    const results = judged((at) => (at % 2) ^ Number(at < 7));
    const again = judged((at) => at % 2);
    // Half of the second judgements are passes: kappa is 1 − 2 · 7 / 40.
    assert.match(
      checkOf(results, 'test-retest', { again })?.reason ?? '',
      /^kappa 0\.65 between .* 40 outputs, at/,
    );
    const long = list(20, (at) =>
      judgedResult(at, [scored('judge', 'judge', (at < 10 ? 9 - at : at) / 20)], {
        text: 'x'.repeat(at + 1),
      }),
    );
    // SciPy: spearmanr of these ranks.
    assert.match(
      checkOf(long, 'length')?.reason ?? '',
      /^rank correlation 0\.75 of score and length, at most 0\.5 is/,
    );
  });

  it('says to which answer it leans, where it does', () => {
    const leaning = (choices: (at: number) => string[]) =>
      checkOf(
        list(20, (at) =>
          judgedResult(at, [scored('judge', 'judge', 1, { detail: { choices: choices(at) } })]),
        ),
        'order',
      );
    const none = leaning((at) => (at < 2 ? ['a', 'b'] : at < 4 ? ['b', 'a'] : ['a', 'a']));
    assert.deepEqual(
      [none?.value, none?.reason],
      [0.8, '16 of 20 choices stay when the answers change places, at least 80 % are asked for'],
    );
    assert.match(
      leaning((at) => (at < 1 ? ['a', 'b'] : ['a', 'a']))?.reason ?? '',
      /, and it leans to the first answer,/,
    );
    assert.match(
      leaning((at) => (at < 1 ? ['b', 'a'] : ['a', 'a']))?.reason ?? '',
      /, and it leans to the second answer,/,
    );
  });

  it('draws its lines where they are said to be', () => {
    // 100 passes among 200 labels: 1 − 2 · 39 / 200 is 0.61.
    const results = judged((at) => (at % 2) ^ Number(at < 39), 200);
    const labelOf = ({ caseIndex }: TrialResult) => caseIndex % 2 === 1;
    assert.equal(checkOf(results, 'labels', { labelOf })?.status, 'pass');
    // Of 21 ranks, Σ d² = 770 is 0.5 exactly.
    const ranks = list(21, (at) => at);
    for (const [a, b] of [
      [0, 19],
      [1, 5],
      [2, 4],
      [6, 8],
    ] as const)
      [ranks[a], ranks[b]] = [ranks[b] ?? 0, ranks[a] ?? 0];
    const long = ranks.map((rank, at) =>
      judgedResult(at, [scored('judge', 'judge', rank / 21)], { text: 'x'.repeat(at + 1) }),
    );
    assert.equal(checkOf(long, 'length')?.status, 'pass');
  });
});

describe('the pass rate of a judge', () => {
  const one = (at: number, score: number, more: Partial<TrialResult> = {}) =>
    judgedResult(at, [scored('judge', 'judge', score)], more);

  it('is null where it judged nothing, and known from one output', () => {
    assert.deepEqual(
      passRates([], 'judge', () => undefined),
      { judged: null, corrected: null },
    );
    assert.equal(passRates([one(0, 1)], 'judge', () => undefined).judged, 1);
  });

  it('is that of the labels where every output has one, with their own interval', () => {
    const results = list(40, (at) => one(at, at % 2));
    const { corrected } = passRates(results, 'judge', ({ caseIndex }) => caseIndex < 30);
    assert.equal(corrected?.mean, 0.75);
    // SciPy: binomtest(30, 40), the exact interval.
    assert.deepEqual(
      [corrected?.interval.low.toFixed(4), corrected?.interval.high.toFixed(4)],
      ['0.5880', '0.8731'],
    );
  });

  it('is that of the labels even where the judge would narrow it: it adds nothing then', () => {
    // 18 passes of the judge, of which people pass three, and six fails, of which they pass three.
    const isPass = (at: number) => at < 3 || (at >= 18 && at < 21);
    const { corrected } = passRates(
      list(24, (at) => one(at, Number(at < 18))),
      'judge',
      ({ caseIndex }) => isPass(caseIndex),
    );
    // SciPy: binomtest(6, 24), the exact interval.
    assert.deepEqual(
      [corrected?.interval.low.toFixed(4), corrected?.interval.high.toFixed(4)],
      ['0.0977', '0.4671'],
    );
  });

  it('gives each case the share of its trials, as the verdicts of a run would', () => {
    const isPass = (at: number) => at < 20 || at % 2 === 0;
    const results = list(40, (at) =>
      one(at >> 1, 1, { trial: at % 2, status: isPass(at) ? 'passed' : 'failed' }),
    );
    const { corrected } = passRates(results, 'judge', ({ status }) => status === 'passed');
    assert.equal(corrected?.mean, 0.75);
    const { total } = summarize(plan({ cases: 20, repeat: 2 }), results);
    assert.deepEqual(corrected?.interval, total.passRateInterval);
  });
});
