import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlookOn, smallestPassChange } from '../../../../src/engine/compare/pairs/outlook.ts';

const alone = (cases: number) => Array<number>(cases).fill(1);

describe('what a dataset can show', () => {
  for (const cases of [0, 1, 2, 6])
    it(`is nothing with ${cases} cases: all of them changing is not significant for either of two metrics`, () =>
      assert.equal(smallestPassChange(alone(cases)), null));

  it('starts with seven, of which all must change', () => {
    // 2 · ½⁷ = 0.0156 ≤ 0.025; all seven change with 80 % when each does with 0.8^(1/7).
    assert.ok(Math.abs((smallestPassChange(alone(7)) ?? 0) - 0.8 ** (1 / 7)) < 1e-4);
  });

  it('shrinks with the cases, about by their root', () => {
    const [few, more, most] = [200, 800, 3200].map((cases) => smallestPassChange(alone(cases)) ?? 0);
    assert.ok(few && more && most && few > more && more > most);
    assert.ok(Math.abs(few / more - 2) < 0.15 && Math.abs(more / most - 2) < 0.15, `${few} ${more} ${most}`);
  });

  it('is what exact enumeration gives with a quarter of the pairs changing', () => {
    // scipy 1.10: the smallest effect that a two-sided exact McNemar test at 2.5 % finds with 80 % power.
    const reference = [
      [31, 0.278124],
      [41, 0.230558],
      [100, 0.155702],
      [200, 0.111033],
    ] as const;
    for (const [cases, effect] of reference)
      assert.ok(Math.abs((smallestPassChange(alone(cases)) ?? 0) - effect) < 2e-5, `${cases}`);
    // 45² / (5² + 40) = 31.2
    assert.equal(smallestPassChange([5, ...alone(40)]), smallestPassChange(alone(31)));
  });

  it('weighs the sources of a dataset by their cases', async () => {
    const location = { path: 'd.yaml', line: 1, column: 1 };
    const source = {
      async *batches() {
        for (let index = 0; index < 45; index++) {
          const entry = { id: `${index}`, ...(index % 9 === 0 ? { cluster: 'one' } : {}) };
          yield [{ case: entry, index, location }];
        }
      },
    };
    const plan = { filter: { names: [], tags: [] } };
    const found = await outlookOn({ plan, source }, new AbortController().signal);
    assert.deepEqual(found, { cases: 45, clusters: 41, smallestPassChange: smallestPassChange(alone(31)) });
  });

  it('counts cases that share a source once, and unequal sources for less', () => {
    const twenty = smallestPassChange(alone(20));
    assert.equal(smallestPassChange(Array<number>(20).fill(5)), twenty);
    // One source of 50 and 50 of one: 100² / (50² + 50) is four.
    assert.equal(smallestPassChange([50, ...alone(50)]), null);
    assert.ok((smallestPassChange([9, ...alone(19)]) ?? 0) >= (twenty ?? 1));
  });

  it('counts the cases that the filter lets through, and their sources', async () => {
    const location = { path: 'd.yaml', line: 1, column: 1 };
    const cases = [
      { id: 'a', tags: ['billing'], cluster: 'order' },
      { id: 'b', tags: ['billing'], cluster: 'order' },
      { id: 'order', tags: ['billing'] },
      { id: 'c', tags: [] },
    ];
    const source = {
      async *batches() {
        yield cases.slice(0, 3).map((entry, index) => ({ case: entry, index, location }));
        yield cases.slice(3).map((entry) => ({ case: entry, index: 3, location }));
      },
    };
    const look = async (tags: string[]) => {
      const plan = { filter: { names: [], tags } };
      return await outlookOn({ plan, source }, new AbortController().signal);
    };
    assert.deepEqual(await look(['billing']), { cases: 3, clusters: 2, smallestPassChange: null });
    assert.deepEqual(await look([]), { cases: 4, clusters: 3, smallestPassChange: null });
  });
});
