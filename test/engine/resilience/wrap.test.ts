import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { LONGEST_WAIT_MS } from '../../../src/engine/http/retryAfter.ts';
import { noSpan, type Span } from '../../../src/engine/ports.ts';
import { DeadlineReached } from '../../../src/engine/resilience/deadline.ts';
import type { Decision } from '../../../src/engine/resilience/decision.ts';
import type { Answered, Attempt, CallRequest, Guard, Outcome } from '../../../src/engine/resilience/guard.ts';
import type { Ending, Policy } from '../../../src/engine/resilience/policy.ts';
import { Rejected } from '../../../src/engine/resilience/policy.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import { stopWords } from '../../../src/engine/resilience/stopWords.ts';
import { wrap } from '../../../src/engine/resilience/wrap.ts';
import { manualClock } from '../models/manualClock.ts';

const certain = { next: () => 1, hex: () => '' };
const DONE: Outcome = { decision: { kind: 'done' }, tokens: 3, costUsd: 0.5 };
const FAILED: Outcome = { decision: { kind: 'transient' }, tokens: 0, costUsd: 0, errorType: '500' };

function request(more: Partial<CallRequest> = {}): CallRequest {
  const signal = new AbortController().signal;
  return { pool: 'target', caller: '', signal, timeoutMs: 1e8, span: noSpan, ...more };
}

function busy(clock: { monotonic(): number }, waitMs?: number): Outcome {
  const until = waitMs === undefined ? undefined : clock.monotonic() + waitMs;
  return { ...FAILED, decision: { kind: 'rate-limited', until }, errorType: '429' };
}

/** A call whose attempts end as told, the last way for ever. */
async function made(
  outcomes: (clock: { monotonic(): number }) => Outcome[],
  { elapsed = 0, ...more }: Partial<CallRequest> & { elapsed?: number } = {},
) {
  const clock = manualClock(1e7);
  clock.advance(elapsed);
  const guard = new ProviderGuards({ clock, random: certain }).of({
    provider: 'p',
    origin: 'o',
    credential: [],
  });
  let calls = 0;
  const attempt: Attempt<string> = async () => {
    const all = outcomes(clock);
    const outcome = all[Math.min(calls, all.length - 1)] ?? DONE;
    calls += 1;
    return { kind: 'ended', value: `${calls}`, outcome };
  };
  const answered = await guard.open(request(more), attempt);
  return { answered, calls, sleeps: clock.sleeps, words: stopWords(answered, clock) };
}

describe('a guarded call', () => {
  it('waits twice as long each time, and ends with what it failed with', async () => {
    const { answered, calls, sleeps, words } = await made((clock) => [busy(clock)]);
    assert.deepEqual([answered.value, calls, sleeps], ['4', 4, [500, 1000, 2000]]);
    assert.equal(words, ' (after 4 attempts)');
  });

  it('repeats what may succeed later, and nothing else', async () => {
    const kinds: Decision[] = [
      { kind: 'transient' },
      { kind: 'rate-limited', until: undefined },
      { kind: 'overloaded', until: undefined },
    ];
    for (const decision of kinds) {
      const { answered, words } = await made(() => [{ ...FAILED, decision }, DONE]);
      assert.deepEqual([answered.attempts, answered.stop, words], [2, undefined, ' (after 2 attempts)']);
    }
    for (const kind of ['done', 'caller'] as const) {
      const { calls, words } = await made(() => [{ ...FAILED, decision: { kind } }]);
      assert.deepEqual([calls, words], [1, '']);
    }
    assert.equal((await made(() => [{ ...FAILED, final: true }])).calls, 1);
  });

  it('gives the reason of an abort, whatever the call failed with', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stopped'));
    await assert.rejects(
      made(() => [FAILED], { signal: abort.signal }),
      /stopped/,
    );
    const late = new AbortController();
    const outcomes = () => {
      late.abort(new Error('stopped late'));
      return [FAILED];
    };
    await assert.rejects(made(outcomes, { signal: late.signal }), /stopped late/);
  });

  it('begins no wait that ends at the deadline or beyond it', async () => {
    const asked = (timeoutMs: number) => made((clock) => [busy(clock, 2000)], { timeoutMs: timeoutMs + 1e8 });
    assert.equal((await asked(0)).calls, 20 + 4, 'those that are put off do not count, up to 20');
    const exactly = await made((clock) => [busy(clock, 2e7)], { timeoutMs: 2e7 });
    assert.equal(exactly.calls, 1);
    assert.match(
      exactly.words,
      /the limit resets in 20000 s, at .*, but only 20000 s of the call's time are left/,
    );
  });

  it('waits no longer for its provider altogether than it has patience', async () => {
    const asked = (waitMs: number) =>
      made((clock) => [busy(clock, waitMs)], { timeoutMs: 1e8, patienceMs: 5000 });
    assert.equal((await asked(2000)).calls, 3, 'after two waits, a third one would be too long');
    assert.equal((await asked(7000)).calls, 1);
  });

  it('says when the limit ends, where that is known', async () => {
    const words = async (waitMs: number | undefined) =>
      (await made((clock) => [busy(clock, waitMs)], { timeoutMs: 2e7, elapsed: 0 })).words;
    const left = "but only 20000 s of the call's time are left)";
    assert.equal(await words(LONGEST_WAIT_MS), ` (the limit resets in more than a year, ${left}`);
    assert.match(
      await words(LONGEST_WAIT_MS - 1000),
      /^ \(the limit resets in \d+ s, at \d{4}-[^,]+Z, but only/,
    );
    assert.equal(await words(3e7), ` (the limit resets in 30000 s, at 2026-11-05T20:20:00.000Z, ${left}`);
  });

  it('says each wait in the trace, with what failed', async () => {
    const events: [string, object][] = [];
    const span: Span = { ...noSpan, event: (name, attributes = {}) => void events.push([name, attributes]) };
    await made((clock) => [busy(clock)], { span });
    const waited = (attempt: number, ms: number) => ['retry', { attempt, wait_ms: ms, 'error.type': '429' }];
    assert.deepEqual(events, [waited(1, 500), waited(2, 1000), waited(3, 2000)]);
  });
});

/** A policy that notes what it is asked and told. */
function noted(name: Policy['name'], notes: string[], admit?: () => void): Policy & { endings: Ending[] } {
  const endings: Ending[] = [];
  return {
    name,
    endings,
    admit: () => {
      admit?.();
      notes.push(`+${name}`);
      return {
        settle: (ending) => {
          endings.push(ending);
          notes.push(`-${name}`);
        },
      };
    },
  };
}

interface Around {
  pool?: Policy[];
  attempt?: Policy[];
  clock?: ReturnType<typeof manualClock>;
}

function guardOf({ pool = [], attempt = [], clock = manualClock(1e7) }: Around): Guard {
  const guards = {
    provider: 'p',
    clock,
    poolPolicies: () => pool,
    attemptPolicies: attempt,
    retry: {
      begun: () => {},
      next: (count: number) => (count < 2 ? { waitMs: 1 } : { stop: 'attempts' as const, until: undefined }),
    },
  };
  return wrap(guards);
}

const ended = (outcome: Outcome) => async () => ({ kind: 'ended' as const, value: 'x', outcome });

describe('the policies around a call', () => {
  it('are asked from the outside in, and given back from the inside out', async () => {
    const notes: string[] = [];
    const guard = guardOf({
      pool: [noted('budget', notes), noted('bulkhead', notes)],
      attempt: [noted('breaker', notes), noted('limit', notes)],
    });
    let left = 1;
    await guard.open(request(), async () => ({
      kind: 'ended',
      value: 1,
      outcome: left-- > 0 ? FAILED : DONE,
    }));
    const once = ['+breaker', '+limit', '-limit', '-breaker'];
    assert.deepEqual(notes, ['+budget', '+bulkhead', ...once, ...once, '-bulkhead', '-budget']);
  });

  it('hear once of attempts that used nothing, and are asked anew after one that used something, or may have', async () => {
    for (const [first, settled] of [
      [0, [3]],
      [7, [7, 3]],
      [null, [null, 3]],
    ] as const) {
      const budget = noted('budget', []);
      let made = 0;
      await guardOf({ pool: [budget] }).open(request(), async () => {
        made += 1;
        return { kind: 'ended', value: 1, outcome: made === 1 ? { ...FAILED, tokens: first } : DONE };
      });
      assert.deepEqual(
        budget.endings.map((ending) => ending.tokens),
        settled,
      );
    }
  });

  it('let the last failure answer where nothing is left for another attempt', async () => {
    let asked = 0;
    const budget: Policy = {
      name: 'budget',
      admit: () => {
        asked += 1;
        if (asked > 1) throw new Rejected('budget', 'used up', 5);
        return { settle: () => {} };
      },
    };
    const guard = guardOf({ pool: [budget] });
    const answered = await guard.open(request(), ended({ ...FAILED, tokens: null }));
    assert.equal(answered.attempts, 1);
    assert.equal(answered.stop?.kind === 'rejected' && answered.stop.rejection.by, 'budget');
  });

  it('keep their permits until a stream has ended', async () => {
    const notes: string[] = [];
    const limit = noted('limit', notes);
    const guard = guardOf({ attempt: [limit] });
    const answered: Answered<string> = await guard.open(request(), async () => ({
      kind: 'begun',
      value: 'x',
    }));
    assert.deepEqual(notes, ['+limit']);
    answered.settle({ ...DONE, silentMs: 4 });
    answered.settle(FAILED);
    assert.deepEqual(notes, ['+limit', '-limit']);
    assert.deepEqual(
      limit.endings.map(({ decision, silentMs }) => [decision.kind, silentMs]),
      [['done', 4]],
    );
  });

  it('leave nothing behind where one of them refuses', async () => {
    const notes: string[] = [];
    const refuse = () => {
      throw new Rejected('pace', 'no', undefined);
    };
    const outer = noted('budget', notes);
    const guard = guardOf({ pool: [outer], attempt: [noted('limit', notes), noted('pace', notes, refuse)] });
    await assert.rejects(guard.open(request(), ended(DONE)), Rejected);
    assert.deepEqual(notes, ['+budget', '+limit', '-limit', '-budget']);
    assert.deepEqual(outer.endings[0]?.decision, { kind: 'rejected', by: 'pace', until: undefined });
    assert.equal(outer.endings[0]?.tokens, 0);
  });

  it('let the last failure answer for a call that is refused later', async () => {
    let asked = 0;
    const refuse = () => {
      asked += 1;
      if (asked > 1) throw new Rejected('breaker', 'it is not asked', undefined);
    };
    const clock = manualClock(1e7);
    const guard = guardOf({ attempt: [noted('breaker', [], refuse)], clock });
    const answered = await guard.open(request(), ended(FAILED));
    assert.equal(answered.stop?.kind, 'rejected');
    assert.equal(stopWords(answered, clock), ' (after 1 attempt; p: it is not asked)');
  });

  it('say that the time was over where a place did not come in time', async () => {
    const clock = manualClock(0);
    const limit: Policy = {
      name: 'limit',
      admit: async ({ deadline }) => {
        await clock.sleep(deadline);
        throw new Rejected('limit', 'too many calls are under way');
      },
    };
    const open = guardOf({ attempt: [limit], clock }).open(request({ timeoutMs: 5000 }), ended(DONE));
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5000);
    await assert.rejects(open, DeadlineReached);
  });

  it('hear of a bug as of nothing that a provider did, and of a hang as of a failure', async () => {
    const breaker = noted('breaker', []);
    const guard = guardOf({ attempt: [breaker] });
    await assert.rejects(
      guard.open(request(), () => Promise.reject(new Error('bug'))),
      /bug/,
    );
    const clock = manualClock(0);
    const hanging = guardOf({ attempt: [breaker], clock }).open(
      request({ timeoutMs: 1000 }),
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    await assert.rejects(hanging, DeadlineReached);
    const kinds = breaker.endings.map(({ decision, tokens }) => [decision.kind, tokens]);
    assert.deepEqual(kinds, [
      ['caller', null],
      ['transient', null],
    ]);
  });
});
