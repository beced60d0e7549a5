import assert from 'node:assert/strict';
import { findLooseJson } from '../../../../../src/engine/evaluators/heuristic/json/findLooseJson.ts';

describe('findLooseJson', () => {
  it('finds objects that only look like JSON', () => {
    assert.deepEqual(findLooseJson("a {b: 1} and {'c': [2], // why\n d: x}").values, [
      { b: 1 },
      { c: [2], d: 'x' },
    ]);
  });

  it('gives up on a text of braces that would be read as YAML over and over', () => {
    const text = `{ x- ${'- '.repeat(500)}`.repeat(50);

    assert.deepEqual(findLooseJson(text), { values: [], gaveUp: true });
  });

  it('reads strict JSON of any length', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => ({ index }));

    assert.deepEqual(findLooseJson(JSON.stringify({ list })).values.length > 0, true);
    assert.equal(findLooseJson('{"a": 1} '.repeat(20_000)).values.length, 20_000);
  });
});
