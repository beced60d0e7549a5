import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { errorRate, formatLatency, sharesOf } from '../../src/engine/model/gatewayFigures.ts';
import { gatewayVariables, withoutGateway } from '../../src/engine/model/gatewayVariables.ts';
import { readWeights, weightsText } from '../../src/ui/gateway/weightsText.ts';

const arm = (name: string, weight: number) => ({
  ...{ arm: name, target: `local/${name}`, weight, requests: 0, failed: 0, p50Ms: null, p95Ms: null },
  ...{ tokens: 0, costUsd: 0, unpriced: 0 },
});

describe('weights of a route, as a person edits them', () => {
  const route = { arms: [arm('blue', 90), arm('green', 10)] };

  it('are what is shown when nothing is changed', () => {
    assert.equal(weightsText(route), 'blue=90 green=10');
    assert.deepEqual(readWeights(weightsText(route), route), { blue: 90, green: 10 });
  });

  const READ: [text: string, weights: object | undefined][] = [
    ['  green=1,blue=0 ', { green: 1, blue: 0 }],
    ['blue=0.5 green=0.5', { blue: 0.5, green: 0.5 }],
    ['blue=90', undefined],
    ['blue=90 green=10 red=1', undefined],
    ['blue=90 blue=10', undefined],
    ['blue=0 green=0', undefined],
    ['blue=-1 green=1', undefined],
    ['blue=1e3 green=1', undefined],
    ['', undefined],
  ];
  for (const [text, weights] of READ)
    it(`read "${text}" as ${weights ? JSON.stringify(weights) : 'none'}`, () =>
      assert.deepEqual(readWeights(text, route), weights));
});

describe('figures of a route', () => {
  it('are null where there is nothing to divide', () => {
    assert.deepEqual(sharesOf(arm('blue', 0), [arm('blue', 0)]), { wanted: null, observed: null });
    assert.equal(errorRate(arm('blue', 1)), null);
    assert.equal(formatLatency(null), '–');
  });

  it('are the share that the weights ask for, and the one observed', () => {
    const arms = [
      { weight: 3, requests: 6, failed: 3 },
      { weight: 1, requests: 4, failed: 0 },
    ] as const;
    assert.deepEqual(sharesOf(arms[0], arms), { wanted: 0.75, observed: 0.6 });
    assert.equal(errorRate(arms[0]), 0.5);
  });
});

describe('variables for clients of the gateway', () => {
  const endpoint = 'http://127.0.0.1:4320';

  it('are those of Anthropic only where something answers its API', () => {
    const given = (anthropic: boolean) => Object.keys(gatewayVariables({ endpoint, token: 't', anthropic }));
    assert.deepEqual(given(false), ['OPENAI_BASE_URL', 'OPENAI_API_KEY', 'TOUCHSTONE_GATEWAY']);
    assert.equal(given(true).length, 5);
    assert.equal(
      gatewayVariables({ endpoint, token: 't', anthropic: true })['ANTHROPIC_BASE_URL'],
      'http://127.0.0.1:4320',
    );
  });

  it('are not seen by the gateway itself; the person’s own are', () => {
    const ours = gatewayVariables({ endpoint, token: 't', anthropic: true });
    const get = (variables: { [name: string]: string }, name: string) =>
      withoutGateway({ get: (wanted) => variables[wanted] }).get(name);
    for (const name of Object.keys(ours).filter((one) => one !== 'TOUCHSTONE_GATEWAY'))
      assert.equal(get(ours, name), undefined);
    const own = { ...ours, OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1', OPENAI_API_KEY: 'own' };
    assert.equal(get(own, 'OPENAI_BASE_URL'), 'http://127.0.0.1:11434/v1');
    assert.equal(get(own, 'OPENAI_API_KEY'), 'own');
    assert.equal(get({ OPENAI_API_KEY: 'own' }, 'OPENAI_API_KEY'), 'own');
  });
});
