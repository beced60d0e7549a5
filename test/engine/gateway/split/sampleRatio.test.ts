import assert from 'node:assert/strict';
import { ObservedSplit } from '../../../../src/engine/gateway/split/observedSplit.ts';
import { sampleRatio } from '../../../../src/engine/gateway/split/sampleRatio.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

describe('whether a split fits its weights', () => {
  // Dirichlet-multinomial against multinomial of scipy 1.17.1, concentrations 10, 100, 1,000 and 10,000.
  const expected: [counts: number[], weights: number[], p: number][] = [
    [[0, 0], [1, 1], 1],
    [[3, 0], [1, 1], 0.928995219462339],
    [[60, 40], [1, 1], 0.6714791931302474],
    [[600, 400], [1, 1], 5.583503370462054e-8],
    [[5_010, 4_990], [1, 1], 1],
    [[93, 7], [90, 10], 1],
    [[880, 120], [90, 10], 0.6982221318419539],
    [[310, 340, 350], [1, 1, 1], 1],
    [[100, 400, 500], [1, 2, 2], 2.100780730305365e-16],
    [[99_000, 1_200], [99, 1], 2.071300086065428e-7],
    [[30, 1, 0, 0], [5, 1, 1, 1], 0.004903005589806557],
  ];
  for (const [counts, weights, p] of expected) {
    it(`is p = ${p} for ${counts.join(' : ')} where ${weights.join(' : ')} is set`, () => {
      const found = sampleRatio(counts, weights);
      assert.ok(Math.abs(found.p - p) <= 1e-6 * p, String(found.p));
      assert.equal(found.isMismatch, p < 0.001);
    });
  }

  it('does not depend on the scale of the weights', () => {
    assert.equal(sampleRatio([60, 40], [1, 1]).p, sampleRatio([60, 40], [50, 50]).p);
  });

  it('is impossible where an arm without weight got something', () => {
    assert.deepEqual(sampleRatio([1_000, 1], [1, 0]), { p: 0, isMismatch: true });
    assert.deepEqual(sampleRatio([0, 1], [0, 0]), { p: 0, isMismatch: true });
    assert.deepEqual(sampleRatio([1_000, 0], [1, 0]), { p: 1, isMismatch: false });
    assert.deepEqual(sampleRatio([0, 0], [0, 0]), { p: 1, isMismatch: false });
  });

  it('is a fair bet: over all outcomes, the inverse of p is 1 at most', () => {
    const weights = [5, 3, 2];
    const n = 12;
    let mean = 0;
    for (let a = 0; a <= n; a++)
      for (let b = 0; a + b <= n; b++) {
        const c = n - a - b;
        const ways = factorial(n) / (factorial(a) * factorial(b) * factorial(c));
        const probability = ways * 0.5 ** a * 0.3 ** b * 0.2 ** c;
        // p is cut at 1, so that what it leaves out makes the mean greater than that of the bet.
        const { p } = sampleRatio([a, b, c], weights);
        if (p < 1) mean += probability / p;
      }
    assert.ok(mean < 1, String(mean));
  });

  it('rarely accuses a true split, although it is looked at after every request', () => {
    const random = seededRandom(7);
    let accused = 0;
    for (let run = 0; run < 400; run++) {
      const counts = [0, 0];
      for (let request = 0; request < 1_000; request++) {
        const index = random() < 0.5 ? 0 : 1;
        counts[index] = (counts[index] ?? 0) + 1;
        if (sampleRatio(counts, [1, 1]).p > 0.05) continue;
        accused += 1;
        break;
      }
    }
    // At α = 0.05 at most 20 of 400 are to be expected; 35 or more have a probability of 0.001 there.
    assert.ok(accused < 35, String(accused));
  });

  it('finds 60 : 40 where 50 : 50 is set, within 2,000 requests', () => {
    const random = seededRandom(11);
    for (let run = 0; run < 50; run++) {
      const split = new ObservedSplit(arms(1, 1));
      for (let request = 0; request < 2_000; request++) split.count(random() < 0.6 ? 'a' : 'b', null);
      assert.ok(split.mismatch(), `run ${run}`);
    }
  });

  it('hardly ever finds a true 50 : 50 to be another', () => {
    const random = seededRandom(13);
    for (let run = 0; run < 200; run++) {
      const split = new ObservedSplit(arms(1, 1));
      for (let request = 0; request < 1_000; request++) {
        split.count(random() < 0.5 ? 'a' : 'b', null);
        if (request % 10 === 0) assert.equal(split.mismatch(), null, `run ${run}`);
      }
    }
  });
});

describe('the observed split of a route', () => {
  it('counts a sticky key once', () => {
    const split = new ObservedSplit(arms(1, 1));
    // One client makes a thousand requests.
    for (let request = 0; request < 1_000; request++) split.count('a', 'chatty');
    assert.equal(split.mismatch(), null);
    for (let request = 0; request < 1_000; request++) split.count('a', `client ${request}`);
    assert.ok(split.mismatch());
  });

  it('stays void once it was', () => {
    const split = new ObservedSplit(arms(1, 1));
    for (let request = 0; request < 40; request++) split.count('a', null);
    const found = split.mismatch();
    assert.ok(found);
    for (let request = 0; request < 40; request++) split.count('b', null);
    assert.deepEqual(split.mismatch(), found);
  });

  it('needs nothing to be fine', () => {
    assert.equal(new ObservedSplit([]).mismatch(), null);
    assert.equal(new ObservedSplit(arms(1, 0)).mismatch(), null);
  });
});

function arms(first: number, second: number) {
  const target = { kind: 'provider', provider: 'openai' } as const;
  return [
    { name: 'a', weight: first, target },
    { name: 'b', weight: second, target },
  ];
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
