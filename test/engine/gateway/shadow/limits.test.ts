import assert from 'node:assert/strict';
import type { FinishedExchange } from '../../../../src/engine/gateway/exchange/finishedExchange.ts';
import { isInShare } from '../../../../src/engine/gateway/shadow/mirrorShare.ts';
import { exchange, json, mirroring } from '../../../support/gateway/shadowDoubles.ts';
import { settled } from '../../../support/manualClock.ts';

const copied = (parts: Partial<FinishedExchange> = {}) => exchange({ id: 'copy', arm: null, ...parts });
const many = (count: number, parts: Partial<FinishedExchange> = {}) =>
  Array.from({ length: count }, (_, at) => exchange({ id: `r${at}`, ...parts }));

describe('limits of a shadow', () => {
  it('hold for its share: by the id, or a session as a whole; a larger share takes in the smaller', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `key-${at}`);
    for (const share of [0, 0.01, 0.25, 1]) {
      const inside = keys.filter((key) => isInShare('support', key, share));
      // Five standard deviations of a binomial count.
      const spread = 5 * Math.sqrt(keys.length * share * (1 - share));
      assert.ok(Math.abs(inside.length - keys.length * share) <= spread, `${share}: ${inside.length}`);
      assert.ok(inside.every((key) => isInShare('support', key, Math.min(1, share * 2))));
    }

    const { shadows } = mirroring(() => copied(), { shadow: { share: 0.5 } });
    const keeps = (id: string, stickyKey: string | null) =>
      shadows.keeps({ id, route: 'support', arm: 'main', stickyKey });
    for (let session = 0; session < 50; session += 1)
      assert.equal(new Set([1, 2, 3].map((turn) => keeps(`${session}-${turn}`, `s${session}`))).size, 1);
    assert.equal(shadows.keeps({ id: 'x', route: 'other', arm: 'main', stickyKey: null }), false);
  });

  it('are told while it goes on; those that it does not have are null', () => {
    const { status } = mirroring(() => copied(), { shadow: { maxPairs: 3 } });
    assert.deepEqual(status()?.limits, { maxPairs: 3, maxCostUsd: null, endsMs: null });
    const limited = mirroring(() => copied(), { shadow: { maxPairs: 3, maxCostUsd: 2, maxMs: 60_000 } });
    const endsMs = limited.clock.now() + 60_000;
    assert.deepEqual(limited.status()?.limits, { maxPairs: 3, maxCostUsd: 2, endsMs });
  });

  it('end it at its pairs, and no copy more is made than these', async () => {
    const { upstream, sink, pass, status } = mirroring(() => copied(), {
      shadow: { maxPairs: 3, workers: 2 },
    });
    await pass(...many(8));
    assert.equal(upstream.asked.length, 3);
    assert.equal(sink.pairs.length, 3);
    assert.deepEqual([status()?.state, status()?.reason], ['ended', 'the limit of 3 pairs is reached']);
    assert.deepEqual(
      new Set([...sink.givenUp, ...sink.pairs.map(({ primary }) => primary.id)]),
      new Set(sink.begun),
    );
  });

  it('end it before money of candidate and judges is overspent', async () => {
    const { upstream, sink, pass, status } = mirroring(() => copied({ costUsd: 1 }), {
      shadow: { maxCostUsd: 4.5, workers: 3 },
    });
    sink.judgeCostUsd = 1;
    await pass(...many(8));
    assert.equal(upstream.asked.length, 3);
    assert.deepEqual([status()?.reason, status()?.costUsd], ['its budget of $4.50 is used up', 4]);
  });

  it('count a call of unknown cost as a typical one, and say how many these are', async () => {
    const costs = [2, null, null];
    const known = mirroring((_asked, at) => copied({ costUsd: costs[at] ?? null }), {
      shadow: { maxCostUsd: 7 },
    });
    await known.pass(...many(8));
    assert.deepEqual([known.status()?.costUsd, known.status()?.unpriced], [6, 2]);

    const unknown = mirroring(() => copied({ costUsd: null }), { shadow: { maxCostUsd: 7 } });
    await unknown.pass(...many(8, { costUsd: 3 }));
    assert.deepEqual([unknown.status()?.costUsd, unknown.status()?.unpriced], [6, 2]);

    const nothing = mirroring(() => copied({ costUsd: null }), { shadow: { maxCostUsd: 7, workers: 1 } });
    await nothing.pass(...many(8, { costUsd: null }));
    assert.equal(nothing.upstream.asked.length, 1);
    assert.match(
      nothing.status()?.reason ?? '',
      /the cost of local\/next is unknown, so the budget of \$7.00 cannot be held/,
    );
  });

  it('end it at its time, also beyond what a timer reaches', async () => {
    const maxMs = 40 * 24 * 3_600_000;
    const { clock, status } = mirroring(() => copied(), { shadow: { maxMs } });
    await clock.advance(maxMs - 1);
    assert.equal(status()?.state, 'mirroring');
    await clock.advance(1);
    assert.equal(status()?.reason, 'its time limit of 960 h 00 min is reached');
  });

  it('hold for copies under way and copies that wait; what is beyond is counted', async () => {
    const { upstream, sink, pass, status } = mirroring(() => new Promise(() => {}), {
      shadow: { workers: 2, queue: 3 },
    });
    await pass(...many(9));
    assert.equal(upstream.asked.length, 2);
    assert.deepEqual([status()?.mirrored, status()?.queued, status()?.dropped], [2, 3, { 'queue-full': 4 }]);
    assert.equal(sink.begun.length, 5);

    const direct = mirroring(() => copied(), { shadow: { workers: 2, queue: 0 } });
    for (const one of many(5)) await direct.pass(one);
    assert.equal(direct.sink.pairs.length, 5);
  });

  it('give up a copy that hangs, and the next one is made', async () => {
    const { upstream, sink, clock, pass, status } = mirroring(() => new Promise(() => {}), {
      shadow: { workers: 1 },
    });
    await pass(...many(2));
    await clock.advance(15 * 60_000);
    assert.equal(upstream.asked.length, 2);
    assert.equal(upstream.asked[0]?.signal.aborted, true);
    assert.deepEqual([sink.givenUp, status()?.dropped], [['r0'], { 'time-limit': 1 }]);
  });

  it('leave nothing behind: timers and listeners of copies that are over are gone', async () => {
    const { clock, pass } = mirroring(() => copied());
    await pass(...many(10));
    assert.equal(clock.timers, 0);
  });

  const REFUSALS = [
    [{ 'x-touchstone-refused': 'budget' }, 'budget'],
    [{ 'x-touchstone-refused': 'breaker' }, 'breaker'],
    [{}, 'refused'],
  ] as const;
  for (const [headers, reason] of REFUSALS)
    it(`count what a policy of ours refused, and make no pair of it (${reason})`, async () => {
      const { sink, pass, status } = mirroring(() =>
        copied({ ending: 'refused', status: 429, reply: { headers, body: null } }),
      );
      await pass(...many(1));
      assert.deepEqual([sink.pairs, sink.givenUp, status()?.dropped], [[], ['r0'], { [reason]: 1 }]);
    });

  it('offer a candidate that failed: that it gave no answer is a result', async () => {
    const failures = [
      { ending: 'failed', status: null },
      { ending: 'done', status: 500 },
      { ending: 'timeout', status: null },
    ] as const;
    const { sink, pass } = mirroring((_asked, at) => copied({ reply: null, ...failures[at] }));
    await pass(...many(3));
    assert.equal(sink.pairs.length, 3);
  });

  it('count pairs for which the sink has no room', async () => {
    const { sink, pass, status } = mirroring(() => copied());
    sink.isFull = true;
    await pass(...many(2));
    assert.deepEqual([status()?.pairs, status()?.dropped], [0, { 'sink-full': 2 }]);
  });

  it('are the same after a bug of whoever is asked: it is told, and the worker goes on', async () => {
    const { sink, bugs, pass, status } = mirroring((_asked, at) => {
      if (at === 0) throw new TypeError('a bug');
      return copied();
    });
    await pass(...many(2));
    assert.equal(bugs.length, 1);
    assert.deepEqual([sink.pairs.length, status()?.dropped], [1, { failed: 1 }]);
  });

  it('end with the shadow: copies are given up at once, and nothing is asked any more', async () => {
    const { shadows, upstream, sink, pass, status } = mirroring(() => new Promise(() => {}), {
      shadow: { workers: 2 },
    });
    await pass(...many(4));
    shadows.stop('support', 'enough');
    await settled();
    assert.deepEqual(
      upstream.asked.map(({ signal }) => signal.aborted),
      [true, true],
    );
    assert.deepEqual(
      [status()?.state, status()?.reason, status()?.dropped],
      ['ended', 'enough', { stopped: 4 }],
    );
    assert.equal(sink.givenUp.length, 4);
    await pass(exchange({ id: 'later' }));
    assert.equal(upstream.asked.length, 2);
  });
});

describe('a shadow and the clients', () => {
  /** What a candidate may do, and how a copy of it ends for the shadow. */
  const CANDIDATES: readonly (readonly [string, Parameters<typeof mirroring>[0]])[] = [
    ['hangs', () => new Promise(() => {})],
    ['fails', () => copied({ ending: 'failed', status: null, reply: null })],
    ['rejects', () => Promise.reject(new Error('a bug'))],
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
    ],
    ['floods', () => copied({ reply: { headers: {}, body: Buffer.alloc(1024 * 1024, 'x') } })],
    [
      'answers in the form of another API',
      () => copied({ reply: json({ content: [{ type: 'tool_use', id: 1, name: null }] }) }),
    ],
    [
      'answers with calls that are none',
      () =>
        copied({
          reply: json({ choices: [{ index: 0, message: { tool_calls: [null, 1, {}, { function: 3 }] } }] }),
        }),
    ],
    [
      'answers with brackets',
      () => copied({ reply: { headers: {}, body: Buffer.from('['.repeat(500_000)) } }),
    ],
    ['says nothing', () => copied({ reply: null })],
  ];
  for (const [does, answer] of CANDIDATES)
    it(`have nothing to do with each other when the candidate ${does}`, async () => {
      const { shadows, upstream, bugs, pass } = mirroring(answer);
      const first = exchange({ id: 'a' });
      const before = structuredClone(first);

      shadows.keeps({ id: 'a', route: 'support', arm: 'main', stickyKey: null });
      // What hears of an exchange has returned before anything of the copy happens.
      assert.equal(shadows.finished(first), undefined);
      assert.equal(upstream.asked.length, 0);
      await pass(...many(20));
      assert.ok(upstream.asked.length > 0);
      assert.deepEqual(structuredClone(first), before);
      assert.ok(bugs.every((bug) => bug instanceof Error && bug.message === 'a bug'));
    });

  it('have nothing to do with each other when the shadow itself has a bug', async () => {
    const { shadows, bugs } = mirroring(() => copied());
    const broken = {
      id: 'b',
      route: 'support',
      arm: 'main',
      get stickyKey(): string {
        throw new Error('a bug');
      },
    };
    assert.equal(shadows.keeps(broken), false);
    assert.equal(bugs.length, 1);
  });

  it('keep bounded memory, however many large streams are mirrored', async () => {
    const { shadows, pass, status } = mirroring(() => new Promise(() => {}), {
      shadow: { workers: 4, queue: 1_000 },
    });
    const body = Buffer.alloc(512 * 1024, 'x');
    const large = many(500, { reply: { headers: {}, body } });
    for (const { id } of large) shadows.keeps({ id, route: 'support', arm: 'main', stickyKey: null });
    for (const one of large) shadows.finished(one);
    await pass();
    for (let turn = 0; turn < 500; turn += 1) await settled();

    // 32 MiB wait and four are under way.
    assert.ok((status()?.queued ?? 0) <= 64, `${status()?.queued}`);
    assert.equal(
      (status()?.queued ?? 0) + (status()?.mirrored ?? 0) + (status()?.dropped['queue-full'] ?? 0),
      500,
    );
  });
});
