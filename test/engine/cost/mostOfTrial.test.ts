import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createMostOfTrial } from '../../../src/engine/cost/mostOfTrial.ts';
import type { ModelPrice } from '../../../src/engine/models/prices/prices.ts';
import { located } from '../../support/runFixtures.ts';

describe('the most that a trial may cost', () => {
  async function most(...standInPrices: (ModelPrice | undefined)[]): Promise<number | null> {
    const asked = {
      reference: 'main/big',
      model: 'big',
      maxTokens: 100,
      price: { input: 0, output: 10 },
      standInPrices,
      request: () => ({ messages: [{ role: 'user' as const, content: 'hi' }], parameters: {}, tools: [] }),
    };
    const target = { name: 'agent', free: false, lane: 'main', concurrency: 1, hash: '', asked };
    const of = await createMostOfTrial({ targets: [target], judgesFor: () => [] }, undefined);
    const [entry] = located([{ id: 'a' }]);
    assert(entry);
    return of('agent', entry, false);
  }

  it('is that of its model, and of every model that may be asked in its place', async () => {
    assert.equal(await most(), 0.001);
    assert.equal(await most({ input: 0, output: 30 }, { input: 0, output: 40 }), 0.008);
  });

  it('counts every model that may judge', async () => {
    const price = { input: 0, output: 10 };
    const of = (others: { price: ModelPrice | undefined; asks?: number }[]) =>
      createMostOfTrial(
        { targets: [], judgesFor: () => [{ name: 'j', reference: 'p/m', price, others }] },
        undefined,
      );
    const [entry] = located([{ id: 'a' }]);
    assert(entry);
    const one = (await of([]))('agent', entry, true);
    assert(one !== null && one > 0);
    assert.equal((await of([{ price }, { price, asks: 2 }]))('agent', entry, true), 4 * one);
    assert.equal((await of([{ price: undefined }]))('agent', entry, true), null);
  });

  it('is unknown where one of them has no price', async () => {
    assert.equal(await most({ input: 0, output: 30 }, undefined), null);
  });
});
