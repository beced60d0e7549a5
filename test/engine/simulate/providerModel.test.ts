import assert from 'node:assert/strict';
import { assumedLimits, ProviderModel } from '../../../src/engine/simulate/providerModel.ts';
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

    assert.deepEqual(model.answer(lost, 1000), { outcome: 200, durationMs: 40 });
    assert.deepEqual(model.answer(wrong, 1000), { outcome: 400, durationMs: 7 });
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

  it('refuses what the limits do not allow, and says when to come back', () => {
    const limits = { requests: { capacity: 1, perMs: 0.001 }, tokens: null };
    const one = call(0, 200, 40);
    const model = new ProviderModel([one], { random, limits });

    const outcomes = [0, 400, 1000].map((at) => model.answer(one, at));

    assert.deepEqual(outcomes, [
      { outcome: 200, durationMs: 40 },
      { outcome: 429, durationMs: 0, retryAfterMs: 600 },
      { outcome: 200, durationMs: 40 },
    ]);
  });
});
