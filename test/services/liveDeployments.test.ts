import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../src/engine/errors.ts';
import { LiveDeployments } from '../../src/services/liveDeployments.ts';
import { FakeDesk, statusOfPhase } from '../support/deploy/fakeDesk.ts';
import { ManualClock } from '../support/manualClock.ts';

const START = { deployment: 'support', to: 'newer', where: 'route support of the gateway' };
/** What was begun without anybody waiting for it has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function open(desk = new FakeDesk()) {
  const clock = new ManualClock();
  const bugs: unknown[] = [];
  const live = new LiveDeployments({ desk, clock, onChange: () => {}, onBug: (error) => bugs.push(error) });
  const phases = () => live.status.entries.map(({ deployment, phase }) => `${deployment} ${phase}`);
  return { desk, clock, bugs, live, phases };
}

describe('the deployments of the services process', () => {
  it('drive what was begun until it ends, and keep the process so long', async () => {
    const { desk, live, phases } = open();
    assert.equal(live.isKept, false);
    await live.start(START);
    assert.deepEqual(phases(), ['support preparing']);
    assert.equal(live.isKept, true);

    desk.driven[0]?.show(statusOfPhase('support', 'watching'));
    assert.deepEqual(phases(), ['support watching']);
    desk.driven[0]?.end('done');
    await settled();
    assert.deepEqual(phases(), ['support done']);
    assert.equal(live.isKept, false);
    await live.close();
  });

  it('show no weight of a version that was taken back', async () => {
    const { desk, live } = open();
    await live.start(START);
    const watched = statusOfPhase('support', 'watching');
    desk.driven[0]?.show({ ...watched, weights: { blue: 90, green: 10 } });
    assert.deepEqual(live.status.entries[0]?.weights, { blue: 90, green: 10 });
    desk.driven[0]?.show({ ...watched, phase: 'rolled-back', weights: null });
    assert.equal(live.status.entries[0]?.weights, null);
    await live.close();
  });

  it('take up what has not ended, and leave what has', async () => {
    const { desk, live } = open();
    desk.known.set('old', statusOfPhase('old', 'rolled-back'));
    desk.known.set('support', statusOfPhase('support', 'paused'));
    await live.goOn();
    assert.deepEqual(
      desk.driven.map(({ deployment }) => deployment),
      ['support'],
    );
    await live.close();
    assert.equal(live.isKept, false);
  });

  it('start a controller again that failed, and say why until it goes on', async () => {
    const { desk, clock, bugs, live } = open();
    await live.start(START);
    desk.driven[0]?.fail(new UserError('the gateway does not run'));
    await settled();
    assert.deepEqual(live.status.problems, ['support: the gateway does not run']);
    assert.equal(live.isKept, true);

    await clock.advance(5_000);
    await settled();
    assert.equal(desk.driven.length, 2);
    desk.driven[1]?.show(statusOfPhase('support', 'watching'));
    assert.deepEqual(live.status.problems, []);
    assert.deepEqual(bugs, []);

    desk.driven[1]?.fail(new TypeError('a bug'));
    await settled();
    assert.equal(bugs.length, 1);
    await live.close();
  });

  it('have one controller a deployment, and try at once where a person does something', async () => {
    const { desk, live } = open();
    await live.start(START);
    const again = live.start(START);
    await settled();
    desk.driven[0]?.show(statusOfPhase('support', 'preparing'));
    await again;
    assert.equal(desk.driven.length, 1);

    // Another controller has it.
    desk.driven[0]?.end(null);
    await settled();
    await live.act({ deployment: 'support', action: 'abort' });
    await settled();
    assert.deepEqual(desk.acts, [{ deployment: 'support', action: 'abort' }]);
    assert.equal(desk.driven.length, 2);
    await live.close();
  });

  it('end with another controller that has ended it', async () => {
    const { desk, clock, live, phases } = open();
    await live.start(START);
    desk.driven[0]?.end(null);
    desk.known.set('support', statusOfPhase('support', 'done'));
    await settled();
    await clock.advance(5_000);
    await settled();
    assert.deepEqual(phases(), ['support done']);
    assert.equal(live.isKept, false);
    await live.close();
  });

  it('tell nothing of what a version is given in its environment', async () => {
    const { desk, live } = open();
    const secret = {
      kind: 'program',
      command: ['node', 'a.mjs'],
      portVariable: 'PORT',
      readyPath: '/',
    } as const;
    const target = { ...secret, environment: { KEY: 'sk-canary' } };
    const green = { name: 'newer', digest: 'd', target };
    const blue = {
      name: 'older',
      digest: 'e',
      target: { kind: 'url', url: 'http://user:sk-canary@127.0.0.1:1/?key=sk-canary' } as const,
    };
    const data = { env: 'sk-canary' };
    desk.known.set(
      'support',
      statusOfPhase('support', 'done', {
        pair: { blue, green },
        journal: [{ seq: 1, kind: 'note', atMs: 0, by: 'mira', text: 'began', data }],
      }),
    );
    await live.goOn();
    assert.ok(!JSON.stringify(live.status).includes('sk-canary'), JSON.stringify(live.status));
    await live.close();
  });
});
