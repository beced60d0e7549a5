import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import { TicketBook } from '../../../../src/engine/runs/schedule/ticketBook.ts';
import { TrialSet } from '../../../../src/engine/runs/schedule/trialSet.ts';
import { located } from '../../../support/runFixtures.ts';

const [first, second] = located([
  { id: 'a', input: 'a' },
  { id: 'b', input: 'b' },
]);

const PENDING = {
  target: 'y',
  caseIndex: 1,
  trial: 2,
  output: { ...emptyOutput(), status: 'complete' as const, text: 'kept' },
  startedAt: 7,
};

function bookWith(stored: { target: number; caseIndex: number; trial: number }[]): TicketBook {
  const set = new TrialSet(2, 2, 3);
  for (const key of stored) set.add(key);
  return new TicketBook({
    ...{ runId: 'run-1', attempt: 1, targets: ['x', 'y'], repeat: 3, stored: set },
    pendingOutputs: (caseIndex) => (caseIndex === 1 ? [PENDING] : []),
  });
}

describe('tickets of an attempt', () => {
  it('are written for the trials that are not stored, and say how many those are', () => {
    assert.ok(first && second);
    const book = bookWith([{ target: 1, caseIndex: 0, trial: 1 }]);
    const shown = book.missing(1, first).map(({ target, trial, trials }) => [target, trial, trials]);
    assert.deepEqual(shown, [
      ['y', 0, 2],
      ['y', 2, 2],
    ]);
    assert.equal(book.missing(0, first).length, 3);
    assert.equal(book.missing(1, second).length, 3);
    assert.deepEqual(book.missing(2, first), []);
  });

  it('bring along what a target returned in an earlier attempt that could not judge it', () => {
    assert.ok(second);
    const called = bookWith([])
      .missing(1, second)
      .map((ticket) => ticket.called?.output.text);
    assert.deepEqual(called, [undefined, undefined, 'kept']);
  });

  it('are plain data: as JSON they are the same', () => {
    assert.ok(first);
    const tickets = bookWith([]).missing(0, first);
    assert.deepEqual(JSON.parse(JSON.stringify(tickets)), tickets);
  });

  it('are none for a case that is stored at every target', () => {
    assert.ok(first && second);
    const all = [0, 1].flatMap((target) => [0, 1, 2].map((trial) => ({ target, caseIndex: 1, trial })));
    assert.equal(bookWith(all).hasCase(second), true);
    assert.equal(bookWith(all.slice(1)).hasCase(second), false);
    assert.equal(bookWith(all).hasCase(first), false);
  });
});
