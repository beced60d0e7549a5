import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fixedEnvironment } from '../../src/engine/ports.ts';
import { GatewayKeys } from '../../src/services/gatewayKeys.ts';
import { ManualClock } from '../support/manualClock.ts';

const KEY = { provider: 'local', origin: 'http://127.0.0.1:9000', variable: 'LOCAL_KEY' };
const NEVER = new AbortController().signal;

function open({ isAttended = true, environment = {} }: { isAttended?: boolean; environment?: object } = {}) {
  const clock = new ManualClock();
  const keys = new GatewayKeys({
    ...{ clock, environment: fixedEnvironment({ ...environment }), onChange: () => {} },
    isAttended: () => isAttended,
  });
  return { keys, clock };
}

describe('keys of the gateway', () => {
  it('are those of the environment, where there is one', async () => {
    const { keys } = open({ environment: { LOCAL_KEY: 'of the terminal' } });
    keys.need([KEY]);
    assert.deepEqual(keys.wanted, []);
    assert.equal(await keys.get(KEY, NEVER), 'of the terminal');
  });

  it('are given for one provider at one origin, and for no other', async () => {
    const { keys } = open({ isAttended: false });
    keys.give([{ ...KEY, value: 'secret' }]);
    assert.equal(await keys.get(KEY, NEVER), 'secret');
    assert.equal(await keys.get({ ...KEY, origin: 'http://evil.test' }, NEVER), null);
    assert.equal(await keys.get({ ...KEY, provider: 'other' }, NEVER), null);
  });

  it('are waited for while somebody is attached who may have them', async () => {
    const { keys } = open();
    const asked = keys.get(KEY, NEVER);
    assert.deepEqual(keys.wanted, [KEY]);
    keys.give([{ ...KEY, value: 'secret' }]);
    assert.equal(await asked, 'secret');
    assert.deepEqual(keys.wanted, []);
  });

  it('are not waited for without end, nor where nobody is attached', async () => {
    const { keys, clock } = open();
    const asked = keys.get(KEY, NEVER);
    await clock.advance(20_000);
    assert.equal(await asked, null);
    assert.equal(await open({ isAttended: false }).keys.get(KEY, NEVER), null);
  });

  it('that are refused are missing at once, and still wanted of others', async () => {
    const { keys } = open();
    keys.give([{ ...KEY, value: null }]);
    assert.equal(await keys.get(KEY, NEVER), null);
    assert.deepEqual(keys.wanted, [KEY]);
    keys.give([{ ...KEY, value: 'secret' }]);
    assert.equal(await keys.get(KEY, NEVER), 'secret');
  });

  it('are asked for again by the next start, and a client that leaves waits no more', async () => {
    const { keys } = open();
    keys.give([{ ...KEY, value: null }]);
    keys.forgetRefusals();
    const left = new AbortController();
    const asked = keys.get(KEY, left.signal);
    left.abort(new Error('the client has left'));
    await assert.rejects(asked, /the client has left/);
  });
});
