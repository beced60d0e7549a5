import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import { fixedEnvironment, noLog, type Secrets } from '../../../../src/engine/ports.ts';
import { EngineModels } from '../../../../src/engine/runs/preparation/engineModels.ts';
import { countingRandom, manualClock } from '../../models/manualClock.ts';

const KEY = 'sk-a-key-that-was-given-out-0123456789';
const PROVIDERS = {
  local: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: '${env:LOCAL_KEY}' },
  other: { baseUrl: 'http://127.0.0.1:2/v1', apiKey: '${env:OTHER_KEY}' },
};

function engineModels() {
  const asked: string[] = [];
  const secrets: Secrets = {
    get: async ({ variable }) => {
      asked.push(variable);
      return KEY;
    },
  };
  const ports = { environment: fixedEnvironment({}), clock: manualClock(0), random: countingRandom() };
  return { asked, models: new EngineModels({ ...ports, log: noLog, secrets }) };
}

const { signal } = new AbortController();

describe('the models of an engine', () => {
  it('are one catalog for all runs: a key is fetched once, and unknown to no run', async () => {
    const { asked, models } = engineModels();
    const [first, second, late] = [new Redactor(), new Redactor(), new Redactor()];
    const before = models.open(PROVIDERS, first, undefined);
    const beside = models.open({ ...PROVIDERS }, second, undefined);
    assert.equal(before.client('local/a'), beside.client('local/a'));

    await before.ready(signal);
    await beside.ready(signal);
    assert.deepEqual(asked, ['LOCAL_KEY']);

    models.open(PROVIDERS, late, undefined);
    for (const redactor of [first, second, late]) assert.equal(redactor.text(`with ${KEY}`), 'with [key]');
  });

  it('fetch for a run only the keys of the models that it asks', async () => {
    const { asked, models } = engineModels();
    models.open(PROVIDERS, new Redactor(), undefined).client('other/a');
    const run = models.open(PROVIDERS, new Redactor(), undefined);
    run.client('local/a');
    await run.ready(signal);
    assert.deepEqual(asked, ['LOCAL_KEY']);
  });

  it('tell no key to a run that is closed', async () => {
    const { models } = engineModels();
    const redactor = new Redactor();
    models.open(PROVIDERS, redactor, undefined).close();
    const run = models.open(PROVIDERS, new Redactor(), undefined);
    run.client('local/a');
    await run.ready(signal);
    assert.equal(redactor.text(KEY), KEY);
  });
});
