import assert from 'node:assert/strict';
import { systemClock } from '../../src/engine/ports.ts';
import { AlertStore } from '../../src/engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { alertRule, figurePoint, keeperOf } from '../support/alerts/alertWorld.ts';
import { startWebhookReceiver } from '../support/alerts/webhookReceiver.ts';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

function workspace(hook = 'http://127.0.0.1:9/hook'): string {
  return temporaryFolder({
    'touchstone.yaml': `
alerts:
  quality: { when: mean score < 0.7, notify: [hook] }
  slow: { when: p95 latency > 8s, by: model }
notify: { hook: { alertmanager: "${hook}" } }
`,
  });
}

/** As the services process does it. */
function fire(root: string): void {
  const store = new AlertStore(alertStorePath(root));
  const figures = new Map([[null, figurePoint(0.5)]]);
  const rule = alertRule('mean score < 0.7', { name: 'quality', notify: ['hook'] });
  keeperOf(store, { figures, clock: systemClock, root }).look([rule], { receiving: true });
  store.close();
}

describe('touchstone alerts', function () {
  this.timeout(60_000);

  it('lists states, values and the worst traces, and says where nobody looks', async () => {
    const root = workspace();
    const idle = await touchstone(root, 'alerts');
    assert.equal(idle.code, 0);
    assert.match(idle.out, /quality +no data[\s\S]*nobody looks at alerts now \(they were never looked at\)/);
    assert.equal((await touchstone(root, 'alerts', '--check')).code, 1);

    fire(root);
    const { out: stdout } = await touchstone(root, 'alerts');
    assert.match(stdout, /quality +firing .* 0\.5 /);
    assert.match(stdout, /touchstone traces show slow/);
    assert.doesNotMatch(stdout, /nobody looks/);
    const { alerts, watched } = JSON.parse((await touchstone(root, 'alerts', '--json')).out);
    assert.deepEqual(
      [watched, alerts[0].state, alerts[0].value, alerts[0].traces[0].trace_id],
      [true, 'firing', 0.5, 'slow'],
    );
    assert.deepEqual([alerts[1].state, alerts[1].value], ['no-data', null]);
  });

  it('mutes and unmutes', async () => {
    const root = workspace();
    fire(root);
    const run = (...args: string[]) => touchstone(root, 'alerts', ...args);
    assert.equal((await run('--check')).code, 1);
    assert.match((await run('mute', 'quality', '--for', '1h', '--reason', 'release')).out, /is muted until/);
    assert.equal((await run('--check')).code, 0);
    assert.match((await run()).out, /muted for[\s\S]*quality is muted: release/);
    assert.match((await run('unmute', 'quality')).out, /no longer muted/);
    assert.match((await run('unmute', 'quality')).out, /was not muted/);
    const wrong = await run('mute', 'qualty', '--for', '1h');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /there is no alert 'qualty'\n {2}Choose from: quality, slow/);
    assert.match(
      (await run('mute', 'slow', '--for', '1h', '--group', 'gpt')).out,
      /^slow for 'gpt' is muted until .*; it was not seen so far/,
    );
    assert.match((await run('mute', 'slow', '--for', '1h')).out, /^slow is muted until [^;]*$/m);
    assert.match(
      (await run('unmute', 'slow', '--group', 'gpt')).out,
      /^slow for 'gpt' is no longer muted, but all of slow is/,
    );
    assert.deepEqual(JSON.parse((await run('unmute', 'slow', '--group', '', '--json')).out), {
      ...{ alert: 'slow', group: { value: null }, unmuted: false },
    });
    const ungrouped = await run('mute', 'quality', '--for', '1h', '--group', 'gpt');
    assert.equal(ungrouped.code, 2);
    assert.match(ungrouped.err, /'quality' has no groups\n {2}Leave out --group/);
    for (const time of ['0s', 'soon', '400d'])
      assert.equal((await run('mute', 'quality', '--for', time)).code, 2);
  });

  it('tests channels, and fails where one cannot be told', async () => {
    await using hook = await startWebhookReceiver(() => ({ status: 200 }));
    const root = workspace(hook.url);
    const { code, out: stdout } = await touchstone(root, 'alerts', 'test', 'quality');
    assert.deepEqual([code, stdout.trim()], [0, '✓ hook: sent']);
    const [posted] = JSON.parse(hook.calls[0]?.body ?? '');
    assert.deepEqual([posted.labels.alertname, posted.labels.test], ['quality', 'true']);

    const failed = await touchstone(workspace(), 'alerts', 'test', 'quality');
    assert.equal(failed.code, 1);
    assert.match(failed.out, /✗ hook: connect ECONNREFUSED/);
  });
});
