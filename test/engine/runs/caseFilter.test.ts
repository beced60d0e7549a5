import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { caseFilter } from '../../../src/engine/runs/caseFilter.ts';

describe('caseFilter', () => {
  const entry = { id: 'refund-001', description: 'Late parcel', tags: ['critical', 'refund'] };
  const cases: [names: string[], tags: string[], matches: boolean][] = [
    [[], [], true],
    [['REFUND'], [], true],
    [['parcel'], [], true],
    [['refund-*'], [], true],
    [['*-001'], [], true],
    [['r*d-*1'], [], true],
    [['refund'], ['other'], false],
    [['refund*001*x'], [], false],
    [['fund-*'], [], false],
    [['a*a'], [], false],
    [[], ['critical'], true],
    [['nothing', 'refund'], ['x', 'refund'], true],
  ];
  for (const [names, tags, matches] of cases)
    it(`${JSON.stringify({ names, tags })} ${matches ? 'takes' : 'leaves out'} the case`, () => {
      assert.equal(caseFilter({ names, tags })(entry), matches);
    });

  it('needs linear time for many stars', () => {
    const name = `${'*a'.repeat(2000)}b`;
    assert.equal(caseFilter({ names: [name], tags: [] })({ id: 'a'.repeat(100_000) }), false);
  });
});
