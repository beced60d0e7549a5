import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { Recordings } from '../../../src/engine/models/recordings/recordings.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('recordings of one question', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  const key = (caseId: string, trial = 0) => ({
    kind: 'models' as const,
    request: { q: 'roll' },
    trial,
    caseId,
  });
  let day = 3;
  const ports = { random: systemRandom, clock: { now: () => Date.UTC(2026, 10, day, 23, 59) } };
  const record = () => Recordings.toRecord(folder, ports, (text) => text);
  const replay = () => Recordings.toReplay(folder, ports);
  const say = (recordings: Recordings, caseId: string, text: string) =>
    recordings.write(key(caseId), { request: { q: 'roll' }, reply: { text, latency_ms: Math.random() } });
  const heard = (caseId: string) => replay().read(key(caseId))?.reply['text'];
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

  it('say on which days those were made that are read', () => {
    for (const [trial, on] of [3, 29, 12].entries()) {
      day = on;
      record().write(key('a', trial), { request: {}, reply: {} });
    }
    const days = (...trials: number[]) => {
      const recordings = replay();
      for (const trial of trials) recordings.read(key('a', trial));
      return recordings.days;
    };
    assert.equal(days(), undefined);
    assert.deepEqual(days(2), { first: '2026-11-12', last: '2026-11-12' });
    assert.deepEqual(days(2, 1, 0), { first: '2026-11-03', last: '2026-11-29' });

    const name = path.join(folder, replay().shownName(key('a', 1)));
    writeFileSync(name, readFileSync(name, 'utf8').replace(/"recorded_at": ".*",\n/, ''));
    assert.equal(days(0, 1, 2), undefined, 'one of them does not say');
    assert.deepEqual(days(0, 2), { first: '2026-11-03', last: '2026-11-12' });
  });

  it('keep what each case was told', () => {
    const recordings = record();
    say(recordings, 'a', 'roll 1');
    say(recordings, 'b', 'roll 2');
    say(recordings, 'c', 'roll 1');
    assert.deepEqual([heard('a'), heard('b'), heard('c')], ['roll 1', 'roll 2', 'roll 1']);
    assert.equal(recordings.replaced, 0);
    assert.equal(files().length, 2);
  });

  it('give what was recorded last, in whatever order the cases came', () => {
    const first = record();
    say(first, 'a', '1');
    say(first, 'b', '2');
    const again = record();
    say(again, 'b', '3');
    say(again, 'a', '4');
    assert.deepEqual([heard('a'), heard('b')], ['4', '3']);
    assert.equal(again.replaced, 0, 'that of an earlier session is meant to be replaced');
  });

  it('say how many were lost, where one case was told different things', () => {
    const recordings = record();
    say(recordings, 'a', '1');
    say(recordings, 'a', '2');
    assert.equal(heard('a'), '2');
    assert.equal(recordings.replaced, 1);
  });
});
