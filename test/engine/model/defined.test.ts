import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defined, nonEmpty } from '../../../src/engine/model/defined.ts';

interface Options {
  name: string;
  seed?: number;
  tag?: string | null;
}

/** As a caller has them: every field there, some without a value. */
function options(seed: number | undefined, tag: string | null | undefined): Options {
  return { name: 'a', ...defined({ seed, tag }) };
}

describe('defined', () => {
  it('leaves out what is undefined, key and all', () => {
    assert.deepEqual(Object.keys(options(undefined, undefined)), ['name']);
  });

  it('keeps every other value: null, 0, false and empty texts', () => {
    assert.deepEqual(defined({ a: null, b: 0, c: false, d: '', e: undefined }), {
      a: null,
      b: 0,
      c: false,
      d: '',
    });
  });

  it('keeps the order of the fields', () => {
    assert.equal(JSON.stringify(defined({ b: 1, none: undefined, a: 2 })), '{"b":1,"a":2}');
  });

  it('says in its type that a field that always has a value is there', () => {
    const seed: number = defined({ seed: 1, tag: undefined }).seed;
    assert.equal(seed, 1);
  });
});

describe('nonEmpty', () => {
  it('gives back a list or map with something in it, and undefined for an empty or missing one', () => {
    assert.deepEqual(nonEmpty([0]), [0]);
    assert.deepEqual(nonEmpty({ a: undefined }), { a: undefined });
    assert.equal(nonEmpty([]), undefined);
    assert.equal(nonEmpty({}), undefined);
    assert.equal(nonEmpty(undefined), undefined);
  });
});
