import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import { drawOrder } from '../../../../src/engine/compare/sequential/drawOrder.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import { runInputs } from '../../../support/runExecution.ts';

const { signal } = new AbortController();

function inputsOf(cases: readonly GoldenCase[], seed = 0) {
  const inputs = runInputs([], cases, { evaluators: [] });
  return { ...inputs, plan: { ...inputs.plan, seed } };
}

async function drawn(cases: readonly GoldenCase[], seed = 0) {
  const { clusters, source } = await drawOrder(inputsOf(cases, seed), signal);
  const batches: string[][] = [];
  for await (const batch of source.batches({ signal })) batches.push(batch.map((one) => one.case.id));
  return { clusters, batches };
}

const cases = Array.from(
  { length: 40 },
  (_, at): GoldenCase => ({ id: `${at}`, input: at, ...(at % 4 === 0 ? { cluster: `${at % 8}` } : {}) }),
);

describe('the order in which cases are drawn', () => {
  it('holds each case once, clusters together and in the order of the dataset', async () => {
    const { clusters, batches } = await drawn(cases);
    const ids = clusters.flat();
    assert.deepEqual(
      ids.toSorted((a, b) => Number(a) - Number(b)),
      cases.map(({ id }) => id),
    );
    assert.deepEqual(batches.flat(), ids);
    assert.deepEqual(
      batches.map(({ length }) => length),
      [16, 16, 8],
    );
    assert.deepEqual(
      clusters.filter(({ length }) => length > 1).toSorted(([a], [b]) => Number(a) - Number(b)),
      [
        ['0', '8', '16', '24', '32'],
        ['4', '12', '20', '28', '36'],
      ],
    );
    assert.equal(clusters.length, 32);
    const even = await drawn(cases.slice(0, 32));
    assert.deepEqual(
      even.batches.map(({ length }) => length),
      [16, 16],
    );
  });

  it('takes a case for no part of a cluster of its name', async () => {
    const { clusters } = await drawn([
      { id: 'x', input: 1 },
      { id: 'y', input: 1, cluster: 'x' },
    ]);
    assert.deepEqual(clusters.map(([id]) => id).toSorted(), ['x', 'y']);
  });

  it('is decided by the seed alone, whatever the dataset is sorted by', async () => {
    const first = (await drawn(cases, 1)).clusters;
    assert.deepEqual((await drawn(cases, 1)).clusters, first);
    assert.notDeepEqual((await drawn(cases, 2)).clusters, first);
    const reversed = (await drawn(cases.toReversed(), 1)).clusters;
    assert.deepEqual(
      reversed.map((ids) => ids.toSorted()),
      first.map((ids) => ids.toSorted()),
    );
  });

  it('is the same on every machine and at every version', async () => {
    const place = (key: string) => createHash('sha256').update(`draw\0${7}\0${key}`).digest('hex');
    const keyOf = ({ id, cluster }: GoldenCase) =>
      cluster === undefined ? `case ${id}` : `cluster ${cluster}`;
    const keys = [...new Set(cases.map(keyOf))].toSorted((a, b) => place(a).localeCompare(place(b), 'en'));
    assert.deepEqual(
      (await drawn(cases, 7)).clusters,
      keys.map((key) => cases.filter((one) => keyOf(one) === key).map(({ id }) => id)),
    );
  });

  it('is of the chosen cases alone, and stops when it is told to', async () => {
    const tagged = cases.map((one, at) => ({ ...one, tags: at < 5 ? ['few'] : [] }));
    const inputs = inputsOf(tagged);
    const filter = { names: [], tags: ['few'] };
    const { clusters, source } = await drawOrder({ ...inputs, plan: { ...inputs.plan, filter } }, signal);
    assert.deepEqual(clusters.flat().toSorted(), ['0', '1', '2', '3', '4']);
    const aborted = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(async () => {
      for await (const batch of source.batches({ signal: aborted })) assert.fail(`${batch.length} cases`);
    }, /stopped/);
  });
});
