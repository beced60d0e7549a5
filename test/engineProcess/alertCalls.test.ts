import assert from 'node:assert/strict';
import { systemClock } from '../../src/engine/ports.ts';
import type { AlertKeeper } from '../../src/engine/telemetry/alerts/alertKeeper.ts';
import { AlertStore } from '../../src/engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { alertRule, figurePoint, keeperOf } from '../support/alerts/alertWorld.ts';
import { until } from '../support/servicesProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const CONFIG =
  'alerts: { quality: { when: mean score < 0.7, description: look }, slow: { when: p95 latency > 8s, by: model } }\n';
const rule = alertRule('mean score < 0.7', { name: 'quality', notify: ['editor'] });

/** Stands for the services process. */
function looking(root: string): { look: (value: number) => void; close: () => void } {
  const store = new AlertStore(alertStorePath(root));
  const figures = new Map();
  const keeper: AlertKeeper = keeperOf(store, { figures, clock: systemClock, root });
  return {
    look: (value) => {
      figures.set(null, figurePoint(value));
      keeper.look([rule], { receiving: true });
    },
    close: () => store.close(),
  };
}

describe('engine process: alerts', () => {
  it('lists alerts that were never looked at, and creates nothing', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    await using window = await TestWindow.open(root);
    const listing = await window.call('alerts/list', { after: null });
    assert.deepEqual(
      listing.alerts.map(({ name, group, state, valueText, limitText, sinceMs, line }) => {
        return [name, group, state, valueText, limitText, sinceMs, line];
      }),
      [
        ['quality', null, 'no-data', 'no data', '0.7', null, 1],
        ['slow', null, 'no-data', 'no data', '8.0 s', null, 1],
      ],
    );
    assert.deepEqual([listing.watched, listing.news, listing.lastNews], [false, [], 0]);
  });

  it('tells what changed, and each of the news once', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    const services = looking(root);
    services.look(0.5);
    await using window = await TestWindow.open(root);
    const first = await window.call('alerts/list', { after: null });
    assert.deepEqual([first.watched, first.news, first.lastNews], [true, [], 1]);
    assert.deepEqual([first.alerts[0]?.state, first.alerts[0]?.valueText], ['firing', '0.5']);
    assert.deepEqual(
      first.alerts[0]?.traces.map(({ traceId }) => traceId),
      ['slow'],
    );

    await window.call('alerts/watch', { on: true });
    services.look(0.9);
    await until(() => assert.ok(window.events['alerts/changed'].length > 0));
    const { news, lastNews } = await window.call('alerts/list', { after: first.lastNews });
    assert.deepEqual(
      news.map(({ kind, rule: name, summary }) => [kind, name, summary]),
      [['resolved', 'quality', 'mean score 0.9, limit 0.7']],
    );
    assert.deepEqual((await window.call('alerts/list', { after: lastNews })).news, []);
    services.close();
  });

  it('mutes by the file, and tests channels', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    await using window = await TestWindow.open(root);
    await window.call('alerts/mute', { name: 'quality', forMs: 60_000, reason: 'release' });
    const muted = async () => (await window.call('alerts/list', { after: null })).alerts[0]?.muted?.reason;
    assert.equal(await muted(), 'release');
    await window.call('alerts/unmute', { name: 'quality' });
    assert.equal(await muted(), undefined);
    await window.call('alerts/mute', { name: 'slow', group: { label: 'x' }, forMs: 60_000, reason: '' });
    await window.call('alerts/unmute', { name: 'slow', group: { label: 'y' } });
    const store = new AlertStore(alertStorePath(root), { access: 'read' });
    assert.deepEqual(
      store.mutes.at(0).map(({ rule: name, group }) => [name, group]),
      [['slow', { label: 'x' }]],
    );
    store.close();
    await assert.rejects(
      window.call('alerts/mute', { name: 'other', forMs: 1, reason: '' }),
      /no alert 'other'/,
    );

    assert.deepEqual(await window.call('alerts/test', { name: 'quality' }), {
      channels: [{ name: 'editor', problem: null }],
    });
    const { news } = await window.call('alerts/list', { after: 0 });
    assert.deepEqual(
      news.map(({ kind, rule: name }) => [kind, name]),
      [['test', 'quality']],
    );
  });

  it('lists alerts of a workspace that is not trusted, and neither sends nor mutes there', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    await using window = await TestWindow.open(root, { trusted: false });
    assert.equal((await window.call('alerts/list', { after: null })).alerts.length, 2);
    for (const call of [
      window.call('alerts/test', { name: 'quality' }),
      window.call('alerts/mute', { name: 'quality', forMs: 1, reason: '' }),
      window.call('alerts/unmute', { name: 'quality' }),
    ])
      await assert.rejects(call, /trust/);
  });
});
