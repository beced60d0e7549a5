import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { judgeComparison } from '../../../src/engine/compare/gate/comparisonGate.ts';
import {
  type CompareOptions,
  compareCases,
  wordSoFar,
} from '../../../src/engine/compare/pairs/compareCases.ts';
import { pairCases } from '../../../src/engine/compare/pairs/pairCases.ts';
import { compareTags } from '../../../src/engine/compare/pairs/tagBreakdown.ts';
import type { CaseComparison, ComparisonWord } from '../../../src/engine/model/comparison.ts';
import type { GatePolicy } from '../../../src/engine/model/gatePolicy.ts';
import type { GateReport } from '../../../src/engine/model/gateReport.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { summarize } from '../../../src/engine/runs/tally/summarize.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';
import { PAIR } from './comparing.ts';

/** One trial: passed, failed, errored with a partial score, or without a complete output. */
type Mark = '+' | '-' | '!' | 'x';
/** The trials of one case on both sides. */
interface Row {
  before: readonly Mark[];
  after: readonly Mark[];
  cluster?: string | undefined;
  tags?: readonly string[];
}

const OPTIONS: CompareOptions = { margin: 0.3, seed: 1, sequential: false, same: false };

const STATUS = { '+': 'passed', '-': 'failed', '!': 'errored', x: 'errored' } as const;

function results(rows: readonly Row[]): TrialResult[] {
  return (['before', 'after'] as const).flatMap((target) =>
    rows.flatMap((row, caseIndex) =>
      row[target].map((mark, trial) =>
        trialResult({
          target,
          caseIndex,
          trial,
          status: STATUS[mark],
          // What an errored trial scored before it broke must not count.
          score: mark === '+' ? 0.9 : mark === '-' ? 0.2 : target === 'before' ? 0.1 : 1,
          output:
            mark === 'x'
              ? { ...complete(''), status: 'incomplete', reason: 'cut', costUsd: 0, latencyMs: 1 }
              : complete(target, { costUsd: 0.01, latencyMs: 100 }),
          tags: [...(row.tags ?? [])],
          ...(row.cluster === undefined ? {} : { cluster: row.cluster }),
        }),
      ),
    ),
  );
}

function pair(all: readonly TrialResult[]): CaseComparison[] {
  const side = { results: () => all, contentOf: () => '' };
  return pairCases(side, side, [PAIR]).cases;
}

type Fill = { [side in 'before' | 'after']: 0 | 1 };
const AGAINST: Fill = { before: 1, after: 0 };
const FOR: Fill = { before: 0, after: 1 };

/** The same results with every hole measured after all, by a rule of its own: the reference of these tests. */
function filled(all: readonly TrialResult[], fill: Fill): TrialResult[] {
  return all.map((result) => {
    if (result.status !== 'errored') return result;
    const score = fill[result.target === 'before' ? 'before' : 'after'];
    const worst =
      result.target === 'after' ? { costUsd: 0.01, latencyMs: 1e6 } : { costUsd: 0, latencyMs: 1 };
    const output = result.output.status === 'complete' ? result.output : complete('late', worst);
    return { ...result, status: score === 1 ? ('passed' as const) : ('failed' as const), score, output };
  });
}

const wordOf = (all: readonly TrialResult[], options = OPTIONS): ComparisonWord =>
  compareCases(pair(all), options).verdict.word;

/** The same word without the figures beside it, which take longer: cost, spread, how many cases would decide. */
const bareWordOf = (all: readonly TrialResult[]): ComparisonWord => wordSoFar(pair(all), OPTIONS);

const repeat = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);

const mark = (weights: [number, number, number, number]) =>
  fc.oneof(
    { weight: weights[0], arbitrary: fc.constant<Mark>('+') },
    { weight: weights[1], arbitrary: fc.constant<Mark>('-') },
    { weight: weights[2], arbitrary: fc.constant<Mark>('!') },
    { weight: weights[3], arbitrary: fc.constant<Mark>('x') },
  );

/** Comparisons with holes in which every word occurs. */
const rows = fc
  .record({
    before: fc.constantFrom<[number, number, number, number]>(
      [8, 1, 1, 0],
      [1, 8, 1, 0],
      [5, 5, 1, 1],
      [12, 0, 1, 0],
      [9, 0, 3, 0],
    ),
    after: fc.constantFrom<[number, number, number, number]>(
      [8, 1, 1, 0],
      [1, 8, 1, 0],
      [5, 5, 1, 1],
      [12, 0, 1, 0],
      [6, 0, 4, 0],
    ),
    trials: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 5, max: 22 }),
    clustered: fc.boolean(),
  })
  .chain(({ before, after, trials, length, clustered }) =>
    fc.array(
      fc.record({
        before: fc.array(mark(before), { minLength: trials, maxLength: trials }),
        after: fc.array(mark(after), { minLength: trials, maxLength: trials }),
        tags: fc.constantFrom<string[]>(['a'], ['a', 'b']),
        cluster: clustered ? fc.constantFrom('k', 'l', 'm', undefined) : fc.constant(undefined),
      }),
      { minLength: length, maxLength: length },
    ),
  );

/** Comparisons in which little is wrong, so that gates pass. */
const goodRows = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(10, 30, 60))
  .chain(([trials, good]) => {
    const marks = fc.array(mark([good, 1, 1, 1]), { minLength: trials, maxLength: trials });
    const one = fc.record({ before: marks, after: marks, tags: fc.constantFrom<string[]>([], ['a']) });
    return fc.array(one, { minLength: 12, maxLength: 30 });
  });

/** Each by itself: a gate is no more than all of them. */
const CLAUSES: Omit<GatePolicy, 'undecided'>[] = [
  ...[0.5, 0.7, 0.9, 0.95].flatMap((min) => [
    { minPassRate: { overall: min, tags: {} } },
    { minPassRate: { tags: { a: min } } },
  ]),
  ...[0.5, 0.6, 0.7, 0.8, 0.85].flatMap((min) => [
    { minScore: min },
    { minScore: { min, by: 'lower' as const } },
  ]),
  ...[0.05, 0.1, 0.2, 0.5].map((maxFlakyShare) => ({ maxFlakyShare })),
  { noRegression: ['a'] },
  { nonInferiorityMargin: OPTIONS.margin },
  { maxCostIncrease: 0 },
  { maxCostIncrease: 0.1 },
  { maxP95LatencyMs: 150 },
  { maxCostUsd: 10 },
];

describe('what could not be measured', () => {
  it('never makes a word: it holds with the holes filled for and against the candidate', () => {
    const seen = new Map<ComparisonWord, number>();
    fc.assert(
      fc.property(rows, (found) => {
        const all = results(found);
        const word = bareWordOf(all);
        if (all.some(({ status }) => status === 'errored')) seen.set(word, (seen.get(word) ?? 0) + 1);
        if (word === 'undecided') return;
        assert.equal(bareWordOf(filled(all, AGAINST)), word, 'against the candidate');
        assert.equal(bareWordOf(filled(all, FOR)), word, 'for the candidate');
      }),
      { numRuns: 110, seed: 7 },
    );
    for (const word of ['better', 'worse', 'equivalent', 'undecided'] as const)
      assert.ok((seen.get(word) ?? 0) > 0, `${word} occurs with holes`);
  }).timeout(60_000);

  it('never makes the word of a tag either', () => {
    let decided = 0;
    fc.assert(
      fc.property(rows, (found) => {
        const all = results(found);
        const tagsOf = (some: readonly TrialResult[]) => compareTags(pair(some), OPTIONS, true);
        const words = tagsOf(all).filter(({ word }) => word !== 'undecided');
        if (words.length === 0) return;
        decided += words.length;
        for (const fill of [AGAINST, FOR]) {
          const other = tagsOf(filled(all, fill));
          for (const { tag, word } of words)
            assert.equal(other.find((entry) => entry.tag === tag)?.word, word, tag);
        }
      }),
      { numRuns: 90, seed: 11 },
    );
    assert.ok(decided > 7, `${decided} tags decided`);
  }).timeout(60_000);

  it('names a regression as possible wherever a filling has one', () => {
    fc.assert(
      fc.property(rows, (found) => {
        const all = results(found);
        const { regressions, word } = compareCases(pair(all), OPTIONS).verdict;
        const worst = compareCases(pair(filled(all, AGAINST)), OPTIONS).verdict.regressions.shown;
        const named = [...regressions.shown, ...regressions.possible];
        if (pair(all).some(({ passDifference }) => passDifference !== null))
          for (const metric of worst) assert.ok(named.includes(metric), `${metric} of ${word}`);
      }),
      { numRuns: 30, seed: 13 },
    );
  }).timeout(60_000);

  it('never helps a gate: what passes with holes passes with the worst in their place', () => {
    const passed = new Map<string, number>();
    fc.assert(
      fc.property(goodRows, (found) => {
        const all = results(found);
        if (!all.some(({ status }) => status === 'errored')) return;
        const measured = gated(all);
        const worst = [AGAINST, { before: 1, after: 1 } as const].map((fill) => gated(filled(all, fill)));
        for (const clause of CLAUSES) {
          const policy: GatePolicy = { ...clause, undecided: 'fail' };
          const report = measured(policy);
          assert.equal(report.reason === null, report.passed);
          if (!report.passed) continue;
          const [name = ''] = Object.keys(clause);
          passed.set(name, (passed.get(name) ?? 0) + 1);
          for (const other of worst) assert.equal(other(policy).passed, true, other(policy).reason ?? '');
        }
      }),
      { numRuns: 40, seed: 17 },
    );
    for (const [name] of CLAUSES.map(Object.keys))
      assert.ok((passed.get(`${name}`) ?? 0) > 0, `${name} passes with holes`);
  }).timeout(60_000);

  for (const { name, given, word, without } of [
    {
      name: "the baseline's judge was unreadable in every case, with partial scores",
      given: repeat(40, { before: ['!'], after: ['+'] }),
      word: 'undecided',
      without: 'nothing measured',
    },
    {
      name: 'the baseline errored in two of three trials and passed the third',
      given: repeat(30, { before: ['!', '!', '+'], after: ['+', '+', '+'] }),
      word: 'undecided',
      without: 'no difference',
    },
    {
      name: 'the candidate errored in two of three trials and passed the third',
      given: repeat(30, { before: ['+', '-', '-'], after: ['+', '!', '!'] }),
      word: 'undecided',
      without: 'better',
    },
    {
      name: 'the candidate errored where the baseline passed, in most cases',
      given: [...repeat(10, { before: ['+'], after: ['!'] }), ...repeat(30, { before: ['-'], after: ['-'] })],
      word: 'undecided',
      without: 'no difference',
    },
    {
      name: 'one error of 60, and 12 better',
      given: [
        ...repeat(1, { before: ['+'], after: ['!'] }),
        ...repeat(12, { before: ['-'], after: ['+'] }),
        ...repeat(47, { before: ['+'], after: ['+'] }),
      ],
      word: 'better',
      without: 'better',
    },
    {
      name: 'one error of 60 in favour, and 14 worse',
      given: [
        ...repeat(1, { before: ['!'], after: ['+'] }),
        ...repeat(14, { before: ['+'], after: ['-'] }),
        ...repeat(45, { before: ['+'], after: ['+'] }),
      ],
      word: 'worse',
      without: 'worse',
    },
    {
      name: 'the worse cases are outnumbered by errors of the candidate',
      given: [...repeat(8, { before: ['+'], after: ['-'] }), ...repeat(30, { before: ['-'], after: ['!'] })],
      word: 'undecided',
      without: 'worse',
    },
  ] as const)
    it(`${word}: ${name} (${without} without what is missing)`, () => {
      assert.equal(wordOf(results(given), { ...OPTIONS, margin: 0.05 }), word);
    });

  it('leaves a tag undecided of which half was not measured', () => {
    const found = [
      ...repeat(30, { before: ['-'], after: ['+'], tags: ['billing'] }),
      ...repeat(30, { before: ['+'], after: ['x'], tags: ['billing'] }),
    ];
    const [tag] = compareCases(pair(results(found)), OPTIONS).tags;
    assert.deepEqual([tag?.word, tag?.pairs, tag?.unmeasured], ['undecided', 30, 30]);
  });

  it('takes the score of a failed trial for missing where one of its evaluators broke', () => {
    const broken = { status: 'error', weight: 1, reason: 'unreadable', name: 'rubric' } as const;
    const all = results(repeat(40, { before: ['-'], after: ['-'] })).map((result) =>
      result.target === 'before'
        ? { ...result, evaluations: [{ ...broken, type: 'rubric', stage: 'judge' as const, latencyMs: 1 }] }
        : { ...result, score: 0.45 },
    );
    const [entry] = pair(all);
    assert.deepEqual(
      [entry?.baseline.score, entry?.baseline.unscored, entry?.baseline.unmeasured],
      [null, 1, 0],
    );
    assert.equal(wordOf(all, { ...OPTIONS, margin: 0.05 }), 'undecided');
  });

  it('takes a score that is no number for missing', () => {
    const all = results(repeat(40, { before: ['+'], after: ['+'] })).map((result) =>
      result.target === 'before' ? { ...result, score: Number.NaN } : result,
    );
    assert.equal(pair(all)[0]?.baseline.score, null);
    assert.equal(wordOf(all, { ...OPTIONS, margin: 0.05 }), 'undecided');
  });

  it('counts pairs that were run on neither side against every word', () => {
    const all = results(repeat(12, { before: ['-'], after: ['+'] }));
    const word = (unseen: number) => compareCases(pair(all), { ...OPTIONS, unseen }).verdict.word;
    assert.deepEqual([word(0), word(1), word(12)], ['better', 'better', 'undecided']);
  });

  it('holds a sequential word to the same rule', () => {
    const better = repeat(60, { before: ['-'], after: ['+'] });
    const lost = (count: number) => repeat(count, { before: ['+'], after: ['!'] });
    const word = (found: Row[]) => wordOf(results(found), { ...OPTIONS, sequential: true });
    assert.deepEqual(
      [word([...lost(2), ...better]), word([...lost(120), ...better])],
      ['better', 'undecided'],
    );
  });
});

/** Holds a comparison to one policy after the other. */
function gated(all: readonly TrialResult[]): (policy: GatePolicy) => GateReport {
  const cases = pair(all);
  const compared = compareCases(cases, OPTIONS);
  const counts = {
    pairs: cases.length,
    improved: 0,
    degraded: 0,
    neutral: 0,
    unmeasured: 0,
    clusters: cases.length,
    unseen: 0,
    baselineOnly: 0,
    candidateOnly: 0,
    changedContent: 0,
  };
  const after = all.filter(({ target }) => target === 'after');
  const trials = after.length / Math.max(1, cases.length);
  const summary = summarize(plan({ targets: ['after'], cases: cases.length, repeat: trials }), after);
  return (policy) => judgeComparison(policy, { ...compared, cases, counts, sequential: null }, summary);
}
