import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { deployWhole } from '../../support/deploy/wholeDeployment.ts';

/** A bad version is known after so many requests to it, at most. */
const MOST_REQUESTS = 600;

describe('a deployment as a whole: gateway, traces, monitor, judge, journal and controller', function () {
  this.timeout(120_000);

  it('brings a good agent to 100 % under traffic, without a failed request', async () => {
    const whole = await deployWhole('polite');
    assert.deepEqual([whole.phase, whole.serving, whole.failed], ['done', 'newer', 0], whole.reason);
    assert.deepEqual(whole.weights, [50, 100]);
    assert.ok(whole.green >= 40);
  });

  for (const kind of ['refusing', 'slow', 'costly', 'rude about bills'] as const)
    it(`takes an agent that is ${kind} back at the first step, without a failed request`, async () => {
      const whole = await deployWhole(kind);
      assert.deepEqual([whole.phase, whole.failed], ['rolled-back', 0], whole.reason);
      assert.deepEqual(whole.weights, [50, 0]);
      assert.notEqual(whole.serving, 'newer');
      assert.ok(whole.green <= MOST_REQUESTS, `${whole.green} requests`);
    });
});
