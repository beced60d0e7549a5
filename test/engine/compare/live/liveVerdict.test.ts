import assert from 'node:assert/strict';
import { LiveVerdict } from '../../../../src/engine/compare/live/liveVerdict.ts';
import { caseOf, type Pair } from '../../../support/simulation/comparisons.ts';

const PASSED = { passed: 1, trials: 1, score: 1 };
const FAILED = { passed: 0, trials: 1, score: 0 };
const GAIN: Pair = [FAILED, PASSED];
const LOSS: Pair = [PASSED, FAILED];

describe('the verdict on live pairs', () => {
  const verdictOn = (same = false) => new LiveVerdict({ margin: 0.05, same });

  /** Gives pairs of one request each, or of the sessions that are named. */
  function give(
    verdict: LiveVerdict,
    pairs: readonly Pair[],
    { from = 0, same = false, session }: { from?: number; same?: boolean; session?: string } = {},
  ): void {
    for (const [at, pair] of pairs.entries()) {
      const position = from + at;
      const compared = { ...caseOf(`${position}`, session ?? `${position}`, pair), caseIndex: position };
      if (session === undefined) delete compared.cluster;
      verdict.add({ position, compared, same });
    }
  }
  const times = (count: number, pair: Pair) => Array.from({ length: count }, () => pair);

  it('is shown as soon as it is clear, and settled from the twentieth request on', () => {
    const verdict = verdictOn();
    give(verdict, times(10, GAIN));
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['undecided', false, 10]);
    give(verdict, times(9, GAIN), { from: 10 });
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['better', false, 19]);
    give(verdict, [GAIN], { from: 19 });
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['better', true, 20]);
  });

  it('stays as it is once it is settled', () => {
    const verdict = verdictOn();
    give(verdict, times(20, LOSS));
    give(verdict, times(60, GAIN), { from: 20 });
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['worse', true, 20]);
  });

  it('is not settled while it is undecided', () => {
    const verdict = verdictOn();
    give(
      verdict,
      Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? GAIN : LOSS)),
    );
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['undecided', false, 40]);
  });

  it('takes a session for one', () => {
    const verdict = verdictOn();
    give(verdict, times(31, GAIN), { session: 's' });
    assert.equal(verdict.clusters, 0, 'it may go on');
    for (let at = 31; at <= 32; at += 1) verdict.skip(at);
    assert.deepEqual([verdict.word, verdict.clusters], ['undecided', 1]);
  });

  it('waits for the requests before', () => {
    const verdict = verdictOn();
    give(verdict, times(30, GAIN), { from: 1 });
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['undecided', false, 0]);
    verdict.skip(0);
    assert.deepEqual([verdict.word, verdict.settled, verdict.clusters], ['better', true, 20]);
  });

  it('never tells a target from itself', () => {
    const itself = verdictOn(true);
    give(itself, times(40, GAIN));
    assert.deepEqual([itself.word, itself.settled], ['undecided', false]);
    const alike = verdictOn();
    give(alike, times(40, GAIN), { same: true });
    assert.deepEqual([alike.word, alike.settled], ['undecided', false]);
    give(alike, [GAIN], { from: 40 });
    assert.deepEqual([alike.word, alike.settled], ['better', true], 'one request went to another model');
  });

  it('knows of a request that went to another model, whatever comes behind it', () => {
    const verdict = verdictOn();
    give(verdict, [GAIN]);
    give(verdict, times(15, GAIN), { from: 1, same: true });
    assert.deepEqual([verdict.word, verdict.settled], ['better', false]);
  });

  it('knows a session of which one request went to another model', () => {
    const verdict = verdictOn();
    give(verdict, times(40, GAIN), { same: true });
    give(verdict, [GAIN], { from: 40, same: true, session: 's' });
    give(verdict, [GAIN], { from: 41, session: 's' });
    for (let at = 42; at <= 72; at += 1) verdict.skip(at);
    assert.equal(verdict.word, 'better');
  });
});
