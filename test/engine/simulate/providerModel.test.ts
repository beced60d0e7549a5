import assert from 'node:assert/strict';
import { assumedLimits } from '../../../src/engine/simulate/assumedLimits.ts';
import { outagesOf } from '../../../src/engine/simulate/outages.ts';
import { ProviderModel } from '../../../src/engine/simulate/providerModel.ts';
import type { AttemptOutcome, TapeCall } from '../../../src/engine/simulate/tape.ts';

const random = { next: () => 0 };

function call(atMs: number, outcome: AttemptOutcome, durationMs = 100): TapeCall {
  return {
    provider: 'a',
    pool: 'target',
    caller: 'r',
    atMs,
    attempts: [{ atMs, durationMs, outcome }],
    inputTokens: 10,
    outputTokens: 5,
    costUsd: null,
  };
}

describe('provider as a tape shows it', () => {
  it('takes as long as it did on the tape, whenever it is asked', () => {
    const calls = [call(0, 200, 40), call(10, 200, 70)];
    const model = new ProviderModel(calls, { random });

    assert.deepEqual(
      calls.map((one) => model.answer(one, 5000)),
      [
        { outcome: 200, durationMs: 40 },
        { outcome: 200, durationMs: 70 },
      ],
    );
  });

  it('fails while it failed on the tape, until the next answer began', () => {
    const calls = [call(0, 200), call(100, 503, 20), call(300, 'network', 5), call(900, 200, 60)];
    const model = new ProviderModel(calls, { random });
    const last = calls[3] as TapeCall;
    const outcomes = [50, 100, 500, 899, 900].map((at) => model.answer(last, at).outcome);

    assert.deepEqual(outcomes, [200, 503, 503, 503, 200]);
  });

  it('answers a call that was never answered as others were, and refuses again what was refused for itself', () => {
    const lost = call(100, 503, 20);
    const wrong = call(200, 400, 7);
    const model = new ProviderModel([call(0, 200, 40), lost, call(150, 200, 40), wrong], { random });

    assert.deepEqual(
      [1000, 1001, 1002].map((at) => model.answer(lost, at)),
      [
        { outcome: 503, durationMs: 20 },
        { outcome: 200, durationMs: 40 },
        { outcome: 200, durationMs: 40 },
      ],
    );
    assert.deepEqual(model.answer(wrong, 1000), { outcome: 400, durationMs: 7 });
    assert.deepEqual(model.answer(wrong, 1001), { outcome: 400, durationMs: 7 });
  });

  it('never answers what was never answered on the tape', () => {
    const alone = call(0, 500, 3);
    const refused = call(0, 429, 3);

    assert.equal(new ProviderModel([alone], { random }).answer(alone, 9_000_000).outcome, 500);
    assert.equal(new ProviderModel([refused], { random }).answer(refused, 9_000_000).outcome, 429);
  });

  it('is out until the end where the tape does not show that it came back', () => {
    const calls = [call(0, 200), call(100, 503), call(200, 'network')];
    const model = new ProviderModel(calls, { random });

    assert.deepEqual(
      [50, 1_000_000].map((at) => model.answer(calls[0] as TapeCall, at).outcome),
      [200, 503],
    );
    assert.equal(outagesOf(calls).at(-1)?.toMs, Number.POSITIVE_INFINITY);
  });

  it('goes out as early in a faster run as in the one on the tape, for as long', () => {
    const calls = [call(0, 200), call(1000, 200), call(2000, 503), call(3000, 503), call(4000, 200)];
    const first = calls[0] as TapeCall;
    const run = new ProviderModel(calls, { random, asFastAsAllowed: true });
    const live = new ProviderModel(calls, { random });
    const at = [0, 10, 20, 2019, 2020];

    assert.deepEqual(
      at.map((now) => run.answer(first, now).outcome),
      [200, 200, 503, 503, 200],
    );
    assert.deepEqual(
      at.map((now) => live.answer(first, now).outcome),
      [200, 200, 200, 503, 503],
    );
  });

  it('knows no limit where nothing was refused', () => {
    assert.deepEqual(assumedLimits([call(0, 200), call(1, 200)]), { requests: null, tokens: null });
  });

  it('finds the bucket behind a tape: its size from what came before the first 429, its rate from what came after', () => {
    // A server of 5 requests at once and 2 a second, asked every 100 ms.
    const calls: TapeCall[] = [];
    let left = 5;
    for (let at = 0; at < 30_000; at += 100) {
      left = Math.min(5, left + 0.2);
      const admitted = left >= 1;
      if (admitted) left -= 1;
      calls.push(call(at, admitted ? 200 : 429));
    }

    const { requests } = assumedLimits(calls);

    assert.ok(requests);
    assert.ok(Math.abs(requests.perMs * 1000 - 2) < 0.1, `${requests.perMs * 1000} a second`);
    assert.ok(Math.abs(requests.capacity - 5) <= 1, `${requests.capacity} at once`);
  });

  it('finds the same bucket behind what a careful client sent, and lets all of that in', () => {
    // 20 at once, then as many as come back: 10 a second, each refused once before.
    const times = Array.from({ length: 120 }, (_, index) => Math.max(0, (index - 20) * 100));
    const calls = times.flatMap((at, index) =>
      index < 20 ? [call(at, 200)] : [call(at + 50, 429), call(at + 100, 200)],
    );

    const limits = assumedLimits(calls);
    assert.ok(Math.abs((limits.requests?.perMs ?? 0) * 1000 - 10) < 0.5, JSON.stringify(limits));
    assert.ok(Math.abs((limits.requests?.capacity ?? 0) - 20) <= 1, JSON.stringify(limits));
    const model = new ProviderModel(calls, { random, limits });
    const admitted = calls.filter(({ attempts }) => attempts[0]?.outcome === 200);
    assert.ok(admitted.every((one) => model.answer(one, one.atMs).outcome === 200));
  });

  it('refuses what the limits do not allow, and says when to come back', () => {
    const limits = { requests: { capacity: 1, perMs: 0.001 }, tokens: null };
    const one = call(0, 200, 40);
    const model = new ProviderModel([one], { random, limits });

    const outcomes = [0, 400, 1000].map((at) => model.answer(one, at));

    const left = (resetMs: number) => ({ requests: 0, limit: 1, resetMs });
    assert.deepEqual(outcomes, [
      { outcome: 200, durationMs: 40, left: left(1000) },
      { outcome: 429, durationMs: 0, retryAfterMs: 600, left: left(600) },
      { outcome: 200, durationMs: 40, left: left(1000) },
    ]);
  });
});
