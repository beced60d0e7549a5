import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ResumeError } from '../../../src/engine/errors.ts';
import type { RunPlan } from '../../../src/engine/model/run.ts';
import { findRun } from '../../../src/engine/store/findRun.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { plan } from '../../support/runFixtures.ts';

const RUNS: [id: string, suite: string, more?: Partial<RunPlan>][] = [
  ['20261130-0101-aa', 'support'],
  ['20261130-0102-bb', 'search'],
  ['20261130-0103-cc', 'support'],
  ['20261130-0104-dd', 'search', { comparison: { baseline: 'a', candidate: 'b' } }],
  ['20261130-0105-ee', 'search', { partOf: '20261130-0102-bb' }],
  ['20260101-9999-ff', '20261130'],
];

function filled(runs = RUNS): RunStore {
  const store = new RunStore(':memory:');
  for (const [at, [id, suite, more]] of runs.entries())
    store.createRun({ id, plan: { ...plan(), suite, ...more }, createdAt: at, traceId: String(at) });
  return store;
}

describe('findRun', () => {
  for (const [wanted, id, because] of [
    ['20261130-0102-bb', '20261130-0102-bb', 'its id'],
    ['20261130-0104-dd', '20261130-0104-dd', 'the id of a comparison'],
    ['20261130-0101', '20261130-0101-aa', 'the beginning of an id'],
    ['20261130-0105', '20261130-0105-ee', 'the beginning of the id of a part'],
    ['support', '20261130-0103-cc', 'the newest of a suite'],
    ['search', '20261130-0102-bb', 'the newest evaluation of a suite, no comparison or part'],
    ['20261130', '20260101-9999-ff', 'the suite of that name, whatever ids begin so'],
    ['latest', '20260101-9999-ff', 'the newest evaluation'],
  ] as const)
    it(`finds ${wanted}: ${because}`, () => assert.equal(findRun(filled(), wanted).id, id));

  it('lists the runs that are meant perhaps, the newest first', () =>
    assert.throws(
      () => findRun(filled(), '20261130-'),
      (error) =>
        error instanceof ResumeError &&
        error.message ===
          'several runs begin with 20261130-: 20261130-0105-ee, 20261130-0104-dd, 20261130-0103-cc, 20261130-0102-bb, 20261130-0101-aa' &&
        error.remedy !== undefined,
    ));

  it('lists no more of them than a person reads', () => {
    const many = (count: number) =>
      filled(Array.from({ length: count }, (_, at): (typeof RUNS)[number] => [`r${at}`, 'support']));
    assert.throws(() => findRun(many(8), 'r'), /: r7, r6, r5, r4, r3, r2, r1, r0$/);
    assert.throws(() => findRun(many(9), 'r'), /: r8, r7, r6, r5, r4, r3, r2, r1 and more$/);
  });

  for (const wanted of ['nothing', '%', '20261130-01__', '2026113x'])
    it(`finds no run ${wanted}`, () =>
      assert.throws(
        () => findRun(filled(), wanted),
        (error) => error instanceof ResumeError && /there is no run/.test(error.message),
      ));

  it('says so where no run is stored', () =>
    assert.throws(() => findRun(new RunStore(':memory:'), 'latest'), /no run is stored yet/));
});
