import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareConsistency } from '../../../../src/engine/compare/pairs/consistency.ts';
import { pairCases } from '../../../../src/engine/compare/pairs/pairCases.ts';
import type { CaseComparison } from '../../../../src/engine/model/comparison.ts';
import { trialResult } from '../../../support/runFixtures.ts';
import { PAIR } from '../comparing.ts';

/** Trials of each case on both sides: `+` passed, `-` failed, `!` errored. */
function cases(trials: readonly (readonly [string, string])[]): CaseComparison[] {
  const word = { '+': 'passed', '-': 'failed', '!': 'errored' } as const;
  const results = (['before', 'after'] as const).flatMap((target, side) =>
    trials.flatMap((both, caseIndex) =>
      [...both[side === 0 ? 0 : 1]].map((mark, trial) =>
        trialResult({ target, caseIndex, trial, status: word[mark as keyof typeof word] }),
      ),
    ),
  );
  const stored = { results: () => results, contentOf: () => '' };
  return pairCases(stored, stored, [PAIR]).cases;
}

describe('compareConsistency', () => {
  it('is the chance that all trials of a case pass, over cases', () => {
    const found = compareConsistency(
      cases([
        ['+++', '+++'],
        ['++-', '+++'],
        ['+--', '++-'],
        ['---', '---'],
      ]),
    );
    assert.deepEqual([found?.k, found?.baseline, found?.candidate, found?.difference], [3, 0.25, 0.5, 0.25]);
  });

  it('takes the fewest measured trials for k, and leaves errors out', () => {
    const found = compareConsistency(
      cases([
        ['++', '++!'],
        ['++', '+++'],
      ]),
    );
    assert.deepEqual([found?.k, found?.baseline, found?.candidate], [2, 1, 1]);
  });

  it('leaves out what was not measured, and says nothing of single trials', () => {
    assert.equal(
      compareConsistency(
        cases([
          ['!!', '++'],
          ['++', '++'],
        ]),
      )?.pairs,
      1,
    );
    assert.equal(compareConsistency(cases([['+', '-']])), null);
    assert.equal(compareConsistency([]), null);
  });

  it('gives an interval that holds the difference', () => {
    const found = compareConsistency(
      cases(Array.from({ length: 30 }, (_, at) => [at % 3 ? '++' : '+-', at % 5 ? '++' : '--'])),
    );
    assert.ok(
      found?.interval && found.interval.low < found.difference && found.difference < found.interval.high,
    );
  });

  it('needs both sides measured, and two cases for an interval', () => {
    const found = compareConsistency(
      cases([
        ['++', '!!'],
        ['++', '+-'],
      ]),
    );
    assert.deepEqual([found?.pairs, found?.difference, found?.interval], [1, -1, null]);
    const two = compareConsistency(
      cases([
        ['++', '++'],
        ['++', '+-'],
      ]),
    );
    assert.ok(two?.interval);
  });
});
