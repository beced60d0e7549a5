import assert from 'node:assert/strict';
import { exchange, mirroring } from '../../../support/gateway/shadowDoubles.ts';
import { settled } from '../../../support/manualClock.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

/** Ten requests of clients a second, each of which takes `ms(kind)`; copies take `copyMs`. */
async function traffic(
  seconds: number,
  { ms, share = 1, seed = 1 }: { ms(wasCopied: boolean, at: number): number; share?: number; seed?: number },
) {
  const next = seededRandom(seed);
  const random = { next, hex: (bytes: number) => '0'.repeat(bytes * 2) };
  const shadow = mirroring(() => exchange({ id: 'copy', arm: null }), {
    random,
    shadow: { share, maxPairs: 1_000_000 },
  });
  const kept: boolean[] = [];
  for (let at = 0; at < seconds * 10; at += 1) {
    const id = `r${at}`;
    const isKept = shadow.shadows.keeps({ id, route: 'support', arm: 'main', stickyKey: null });
    kept.push(isKept);
    const durationMs = ms(isKept, at);
    shadow.shadows.finished(exchange({ id, durationMs, firstContentMs: durationMs / 2 }));
    shadow.clock.pass(100);
    await settled();
    if (at % 100 === 0 && shadow.status()?.state === 'ended') break;
  }
  return { ...shadow, kept };
}

describe('interference of copies with clients', () => {
  const noisy = seededRandom(99);
  const noise = () => 100 * (0.5 + noisy()) * (noisy() < 0.05 ? 10 : 1);

  it('is looked for in slices of time: copies are made in half of them, drawn, and what that costs is counted', async () => {
    const { kept, upstream, status } = await traffic(200, { ms: noise });
    const on = kept.filter(Boolean).length;
    assert.ok(on > 700 && on < 1_300, `${on} of 2000`);
    assert.equal(status()?.dropped['interference'], 2_000 - on);
    assert.ok(upstream.asked.length > on - 60 && upstream.asked.length <= on);

    // At least five seconds each, two in an order that was drawn.
    const changes = kept.flatMap((one, at) => (at > 0 && one !== kept[at - 1] ? [at] : []));
    assert.ok(changes.every((at, index) => at - (changes[index - 1] ?? 0) >= 50));
    const starts = new Set(Array.from({ length: 10 }, (_, block) => kept[block * 100]));
    assert.deepEqual(starts, new Set([true, false]));
  });

  it('ends the shadow with the figures when copies make clients wait', async () => {
    const { status, shadows, upstream, clock } = await traffic(3_000, {
      ms: (wasCopied) => noise() * (wasCopied ? 1.5 : 1),
    });
    assert.equal(status()?.state, 'ended');
    assert.match(
      status()?.reason ?? '',
      /^copies slow down the requests of the route: median 1\d\d ms with them and \d+ ms without, 99th percentile .* \(p = 0\.0\d+\)$/,
    );
    const { on, off, p, isTripped } = status()?.interference ?? assert.fail();
    assert.ok(isTripped && (p ?? 1) <= 0.01);
    assert.ok((on.p50Ms ?? 0) > (off.p50Ms ?? 0) && on.requests > 0 && off.requests > 0);

    const before = upstream.asked.length;
    assert.equal(shadows.keeps({ id: 'later', route: 'support', arm: 'main', stickyKey: null }), false);
    await clock.advance(60_000);
    assert.equal(upstream.asked.length, before);
  });

  it('ends it when clients get errors because of it, quick as these may be', async () => {
    const next = seededRandom(5);
    const random = { next, hex: () => '0' };
    const { shadows, clock, status } = mirroring(() => exchange({ id: 'copy', arm: null }), { random });
    for (let at = 0; at < 5_000; at += 1) {
      const isOn = shadows.keeps({ id: `r${at}`, route: 'support', arm: 'main', stickyKey: null });
      shadows.finished(
        exchange({ id: `r${at}`, durationMs: isOn ? 1 : 100, status: isOn && at % 2 === 0 ? 429 : 200 }),
      );
      clock.pass(100);
      await settled();
    }
    assert.match(status()?.reason ?? '', /^copies slow down/);
  });

  it('is not seen where there is none, and then nearly all requests are copied', async () => {
    const { kept, status } = await traffic(2_400, { ms: noise });
    assert.equal(status()?.state, 'mirroring');
    const late = kept.slice(-6_000);
    assert.ok(late.filter(Boolean).length > 5_000, `${late.filter(Boolean).length} of 6000`);
  });

  it('is no reason to wait where no client does: copies that wait are made when nobody asks', async () => {
    const { shadows, upstream, clock } = mirroring(() => exchange({ id: 'copy', arm: null }), {
      shadow: { workers: 1 },
    });
    for (let at = 0; at < 60; at += 1) {
      shadows.keeps({ id: `r${at}`, route: 'support', arm: 'main', stickyKey: null });
      clock.pass(100);
    }
    // Begun with copies, and over in a slice without.
    shadows.finished(exchange({ id: 'r0' }));
    await settled();
    await clock.advance(1_000);
    assert.equal(upstream.asked.length, 0);
    await clock.advance(10_000);
    assert.equal(upstream.asked.length, 1);
  });
});
