import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { percent } from '../../src/ui/views/runFigures.ts';

describe('percent', () => {
  for (const [share, text] of [
    [4 / 6, '66.7%'],
    [1 / 3, '33.3%'],
    [0.8, '80%'],
    [1, '100%'],
    [19_999 / 20_000, '99.9%'],
    [0, '0%'],
    [null, '–'],
  ] as const)
    it(`shows ${share} as ${text}`, () => assert.equal(percent(share, 'en'), text));
});
