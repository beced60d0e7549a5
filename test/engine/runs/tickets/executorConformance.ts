import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Executor } from '../../../../src/engine/runs/tickets/executor.ts';
import type { Called, Ticket } from '../../../../src/engine/runs/tickets/ticket.ts';
import { CASES, TRIALS } from '../../../support/executor/executedInputs.ts';
import { located } from '../../../support/runFixtures.ts';

const { signal } = new AbortController();
const ENTRIES = located(CASES);

function ticketFor(target: string, caseIndex: number, trial = 0): Ticket {
  const entry = ENTRIES[caseIndex];
  assert.ok(entry);
  return { runId: 'run-1', attempt: 0, target, located: entry, trial, trials: TRIALS };
}

/** What any executor does with tickets of the run in `executedInputs.ts`, wherever it executes them. */
export function executorConformance(name: string, open: () => Executor): void {
  describe(`${name}: executor`, () => {
    let executor: Executor;
    beforeEach(() => {
      executor = open();
    });
    afterEach(() => executor.close());

    it('calls the target for the case and the trial, and evaluates what it returned', async () => {
      const result = await executor.run(ticketFor('a', 0, 1), signal);
      const { target, caseId, caseIndex, trial, status, output, tags } = result;
      assert.deepEqual(
        { target, caseId, caseIndex, trial, status, tags },
        { target: 'a', caseId: 'case-0', caseIndex: 0, trial: 1, status: 'passed', tags: ['free'] },
      );
      assert.match(output.text, /^a case-0\/1 #\d+$/);
      assert.ok(result.startedAt > 0);
      assert.deepEqual(
        result.evaluations.map((evaluation) => evaluation.name),
        ['names case'],
      );
    });

    it('gives the same seed for the same case and trial at every target', async () => {
      const seeds = await Promise.all(
        [ticketFor('a', 0), ticketFor('b', 0), ticketFor('a', 0, 1), ticketFor('a', 3)].map(
          async (ticket) => (await executor.run(ticket, signal)).output.text.split('#')[1],
        ),
      );
      assert.equal(seeds[0], seeds[1]);
      assert.equal(new Set(seeds).size, 3);
    });

    it('says in the result what is wrong with a target', async () => {
      const { status, reason, score } = await executor.run(ticketFor('broken', 0), signal);
      assert.deepEqual([status, score], ['errored', null]);
      assert.match(reason, /there is no such model/);
    });

    it('tells the target what earlier cases gave, and does not call it where it cannot be told', async () => {
      const ticket = ticketFor('a', 1);
      const earlier = {
        variables: { n: 1, last: 'before' },
        data: ['last'],
        missing: [],
        inConversation: false,
      };
      const told = { located: ticket.located, earlier };
      assert.match((await executor.run({ ...ticket, told }, signal)).output.text, / before$/);

      const failed = await executor.run({ ...ticket, told: { ...told, failed: 'it gave nothing' } }, signal);
      assert.equal(failed.status, 'errored');
      assert.match(failed.reason, /earlier-case: it gave nothing/);
    });

    it('evaluates outputs beside each other once they are all there, and ranks them', async () => {
      const tickets = [ticketFor('a', 2), ticketFor('b', 2)];
      const called = await Promise.all(tickets.map((ticket) => executor.call(ticket, signal)));
      const answers = tickets.map((ticket, index) => ({ ticket, called: called[index] as Called }));
      const results = await executor.judge({ answers, before: [] }, signal);
      assert.deepEqual(
        results.map(({ target, status, evaluations }) => [
          target,
          status,
          evaluations.map((one) => one.reason),
        ]),
        [
          ['a', 'passed', [called[0]?.output.text, `b: ${called[1]?.output.text}`, 'place 1']],
          ['b', 'failed', [called[1]?.output.text, `a: ${called[0]?.output.text}`, 'place 2']],
        ],
      );
      assert.deepEqual(
        results.map(({ startedAt }) => startedAt),
        called.map(({ startedAt }) => startedAt),
      );
    });

    it('evaluates what an earlier attempt called, beside a result that it stored', async () => {
      const [first, second] = [ticketFor('a', 2), ticketFor('b', 2)];
      const called = await executor.call(first, signal);
      const [before] = await executor.judge({ answers: [{ ticket: first, called }], before: [] }, signal);
      assert.ok(before);
      const late = { ticket: second, called: { ...called, startedAt: 7 } };
      const results = await executor.judge({ answers: [late], before: [before] }, signal);
      assert.deepEqual(
        results.map(({ target, status, startedAt }) => [target, status, startedAt]),
        [['b', 'failed', 7]],
      );
    });

    it('rejects when it is aborted, with the reason', async () => {
      const stop = new AbortController();
      const reason = new DOMException('stop', 'AbortError');
      const calls = [
        executor.run(ticketFor('slow', 0), stop.signal),
        executor.call(ticketFor('slow', 2), stop.signal),
      ];
      const over = Promise.allSettled(calls);
      stop.abort(reason);
      assert.deepEqual(
        (await over).map((end) => end.status === 'rejected' && end.reason === reason),
        [true, true],
      );
    });

    it('rejects a ticket of a target that the run does not have', async () => {
      await assert.rejects(executor.run(ticketFor('nobody', 0), signal), /no target nobody/);
    });
  });
}
