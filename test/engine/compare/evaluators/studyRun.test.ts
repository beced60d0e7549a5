import assert from 'node:assert/strict';
import { judgesForGate, judgesOfRun } from '../../../../src/engine/compare/evaluators/judgesOfRun.ts';
import { labelsOfCases, labelsOfRun } from '../../../../src/engine/compare/evaluators/labels.ts';
import { type StudyOptions, studyRun } from '../../../../src/engine/compare/evaluators/studyRun.ts';
import { outputName } from '../../../../src/engine/datasets/edit/outputLabels.ts';
import { ResumeError, UsageError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import type { GatePolicy } from '../../../../src/engine/model/gatePolicy.ts';
import type { RunPlan } from '../../../../src/engine/model/run.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { located, plan } from '../../../support/runFixtures.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { storedRuns } from '../storedRuns.ts';
import { broken, judgedResult, scored, skipped } from './evaluations.ts';

const CASES = 24;
/** Every second output is good. */
const isGood = (at: number) => at % 2 === 1;

/** A case with a person's label for the output `t<at>`. */
const labelled = (at: number, label: string): GoldenCase => ({
  id: `case-${at}`,
  input: 'x',
  metadata: { labels: { [outputName(`t${at}`)]: label } },
});
const truth = (at: number) => labelled(at, isGood(at) ? 'pass' : 'fail');
const list = <T>(count: number, of: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => of(at));

describe('the study of a run', () => {
  const runs = storedRuns();
  const { signal } = new AbortController();

  function store(
    id: string,
    evaluations: (at: number) => Evaluation[],
    {
      cases = list(CASES, (at) => ({ id: `case-${at}`, input: 'x' })),
      ...more
    }: Partial<RunPlan> & { cases?: GoldenCase[] } = {},
  ): void {
    runs.planned(id, { ...plan({ cases: CASES }), ...more });
    const results = list(CASES, (at) => judgedResult(at, evaluations(at)));
    runs.store.append(id, { results, cases: located(cases), spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
  }
  const right =
    (name: string, weight = 1) =>
    (at: number) =>
      scored(name, 'judge', Number(isGood(at)), { weight });
  const wrong =
    (name: string, weight = 1) =>
    (at: number) =>
      scored(name, 'judge', Number(!isGood(at)), { weight });

  function study(options: Partial<StudyOptions> = {}, files: { [path: string]: string } = {}) {
    const root = temporaryFolder(files);
    return studyRun({ store: runs.store, root, signal }, 'r', { agreement: 0.9, ...options });
  }

  it('has all pairs of evaluators that scored, with the labels of now', async () => {
    store(
      'r',
      (at) => [scored('words', 'lexical', 1), right('a')(at), wrong('b')(at), broken('c', 'judge')],
      {
        cases: list(CASES, (at) => labelled(at, 'fail')),
      },
    );
    const entries = list(
      CASES,
      (at) =>
        `  - { id: case-${at}, input: x, metadata: { labels: { ${outputName(`t${at}`)}: ${isGood(at) ? 'pass' : 'fail'} } } }`,
    );
    const dataset = `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${entries.join('\n')}\n  - { id: z, input: x }\n`;
    const found = await study({}, { 'fixture.golden.yaml': dataset });
    assert.deepEqual(
      found.agreements.map(({ first, second }) => `${first} ${second}`),
      ['words a', 'words b', 'a b'],
    );
    assert.deepEqual(found.agreements[2]?.accuracy, { first: 1, second: 0 });
    assert.deepEqual(
      found.judges.map(({ judge, status }) => `${judge} ${status}`),
      ['a healthy', 'b unhealthy', 'c unhealthy'],
    );
    assert.deepEqual([found.run, found.notes], ['r', []]);
  });

  it('takes the labels of the run where the dataset is gone, and says so', async () => {
    store('r', (at) => [right('a')(at), wrong('b')(at)], { cases: list(CASES, truth) });
    const found = await study();
    assert.deepEqual(found.agreements[0]?.accuracy, { first: 1, second: 0 });
    assert.deepEqual(found.notes, [
      'fixture.golden.yaml cannot be read any more, so labels are those that it had when the run was made.',
    ]);
  });

  it('holds each evaluator against itself in another run, the verdict as a whole first', async () => {
    store('r', (at) => [right('a')(at), wrong('b')(at)]);
    store('again', (at) => [wrong('a')(at), right('d')(at)]);
    const found = await study({ again: 'again' });
    assert.deepEqual(
      found.agreements.map(({ first, second, samePass }) => [first, second, samePass]),
      [
        ['(verdict)', '(verdict)', 1],
        ['a', 'a', 0],
        ['a', 'b', 0],
      ],
    );
    const retest = found.judges[0]?.checks.find(({ check }) => check === 'test-retest');
    assert.deepEqual([retest?.status, retest?.value], ['fail', -1]);
  });

  it('is of two evaluators where these are named', async () => {
    store('r', (at) => [right('a')(at), wrong('b')(at), right('c')(at)]);
    const between = async (...names: string[]) =>
      (await study({ between: names })).agreements.map(({ first, second }) => [first, second]);
    assert.deepEqual(await between('c', 'a'), [['c', 'a']]);
    assert.deepEqual(await between('(verdict)', 'a'), [['(verdict)', 'a']]);
    for (const [names, message, remedy] of [
      [['x', 'y'], 'no evaluator x has scored anything in this run', 'Choose from: a, b, c'],
      [['a', 'x'], 'no evaluator x has scored anything in this run', 'Choose from: a, b, c'],
      [['a'], 'two evaluators are needed', 'Use one of: a, b, c'],
      [['a', 'b', 'c'], 'two evaluators are needed', 'Use one of: a, b, c'],
    ] as const)
      await assert.rejects(
        between(...names),
        (error) => error instanceof UsageError && error.message === message && error.remedy === remedy,
      );
    runs.planned('empty', plan());
    await assert.rejects(
      studyRun({ store: runs.store, root: temporaryFolder({}), signal }, 'empty', {
        agreement: 0.9,
        between: ['a', 'b'],
      }),
      (error) => error instanceof UsageError && error.remedy === 'Choose from: (none)',
    );
  });

  it('needs runs that are there', async () => {
    await assert.rejects(study(), ResumeError);
    store('r', (at) => [right('a')(at)]);
    await assert.rejects(study({ again: 'nowhere' }), ResumeError);
  });

  it('ends with its signal, and takes no labels of another time then', async () => {
    store('r', (at) => [right('a')(at)]);
    const root = temporaryFolder({
      'fixture.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: x }\n',
    });
    const stopped = AbortSignal.abort(new Error('stop'));
    await assert.rejects(
      studyRun({ store: runs.store, root, signal: stopped }, 'r', { agreement: 0.9 }),
      /stop/,
    );
  });

  it('fits thresholds of each cheap stage', async () => {
    store('r', (at) => [
      scored('exact', 'heuristic', Number(isGood(at))),
      scored('words', 'lexical', Number(isGood(at))),
      right('a')(at),
    ]);
    // 0.7^11 = 0.020.
    const { calibrations } = await study({ agreement: 0.7 });
    assert.deepEqual(
      calibrations.map(({ stage, thresholds }) => [stage, thresholds]),
      [
        ['heuristic', { fail: 0.5, pass: 1 }],
        ['lexical', { fail: 0.5, pass: 1 }],
      ],
    );
  });

  describe('of its judges', () => {
    const judges = (options = {}) => {
      const run = runs.store.getRun('r');
      return judgesOfRun(runs.store, run, runs.store.results('r'), options);
    };

    it('knows those that count, by the labels of the run', () => {
      store('r', (at) => [scored('words', 'lexical', 1), right('a')(at), wrong('watched', 0)(at)], {
        cases: list(CASES, truth),
      });
      assert.deepEqual(
        judges().map(({ judge, status }) => [judge, status]),
        [['a', 'healthy']],
      );
      assert.deepEqual(
        judges({ labelOf: () => undefined }).map(({ status }) => status),
        ['unknown'],
      );
      const first = judgedResult(0, [scored('z', 'judge', 1)]);
      assert.deepEqual(
        judgesOfRun(runs.store, runs.store.getRun('r'), [
          first,
          judgedResult(1, [scored('b', 'judge', 1)]),
        ]).map(({ judge }) => judge),
        ['z', 'b'],
      );
      runs.planned('none', plan());
      assert.deepEqual(judgesOfRun(runs.store, runs.store.getRun('none'), []), []);
    });

    it('holds them against the run whose outputs they judged anew, with the same evaluators', () => {
      const value = () => judges()[0]?.checks.find(({ check }) => check === 'test-retest')?.value;
      store('first', (at) => [right('a')(at)]);
      store('r', (at) => [right('a')(at)], { origin: { rejudge: 'first' } });
      assert.equal(value(), 1);
      const run = runs.store.getRun('r');
      const from = (more: Partial<RunPlan>) =>
        judgesOfRun(
          runs.store,
          { ...run, plan: { ...run.plan, ...more } },
          runs.store.results('r'),
        )[0]?.checks.find(({ check }) => check === 'test-retest')?.value;
      assert.equal(from({ evaluatorsHash: 'others' }), null, 'other evaluators say nothing of this one');
      assert.equal(from({ origin: { rejudge: 'gone' } }), null);
      assert.equal(from({ origin: {} }), null);
      store('other', (at) => [wrong('a')(at)]);
      const again = judges({ again: 'other' })[0];
      assert.equal(again?.checks.find(({ check }) => check === 'test-retest')?.value, -1);
    });

    it('reads nothing for a gate that does not ask, or without a judge that ran', () => {
      const read = (policy: GatePolicy | null, evaluations: (at: number) => Evaluation[]) => {
        const results = list(CASES, (at) => judgedResult(at, evaluations(at)));
        let reads = 0;
        const found = judgesForGate(
          runs.store,
          runs.store.getRun('r'),
          policy,
          summarize(plan({ cases: CASES }), results),
          () => {
            reads += 1;
            return results;
          },
        );
        return [reads, found.map(({ judge }) => judge)];
      };
      store('r', () => []);
      const policy = { undecided: 'fail' } as const;
      const [words, judge] = [scored('words', 'lexical', 1), scored('a', 'judge', 1)];
      assert.deepEqual(
        read(policy, () => [words, judge]),
        [1, ['a']],
      );
      assert.deepEqual(
        read(policy, () => [broken('a', 'judge')]),
        [1, ['a']],
        'one that always fails did run',
      );
      assert.deepEqual(
        read(policy, (at) => [at === 0 ? judge : broken('a', 'judge')]),
        [1, ['a']],
      );
      assert.deepEqual(
        read(policy, (at) => (at === 5 ? [judge] : [words])),
        [1, ['a']],
        'one judgement is one that counts',
      );
      for (const [asked, evaluations] of [
        [policy, [words]],
        [policy, [words, skipped('a', 'judge')]],
        [null, [judge]],
        [{ ...policy, judgeHealth: 'ignore' }, [judge]],
      ] as const)
        assert.deepEqual(
          read(asked, () => [...evaluations]),
          [0, []],
        );
      assert.deepEqual(
        read({ ...policy, judgeHealth: 'watch' }, () => [judge]),
        [1, ['a']],
      );
    });
  });

  it('has a label for the very same output of the case, and for no other one', () => {
    const cases = [truth(0), truth(1), { id: 'case-2', input: 'x' }];
    store('r', () => [], { cases });
    for (const labelOf of [labelsOfRun(runs.store, 'r'), labelsOfCases(cases)]) {
      const label = (at: number, text?: string) =>
        labelOf(judgedResult(at, [], text === undefined ? {} : { text }));
      for (let time = 0; time < 2; time += 1)
        assert.deepEqual([label(0), label(1), label(2), label(3)], [false, true, undefined, undefined]);
      assert.deepEqual([label(0, 't1'), label(1, 'another')], [undefined, undefined]);
    }
  });
});
