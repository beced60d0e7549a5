import assert from 'node:assert/strict';
import path from 'node:path';
import { Connection } from '../../../../src/engine/store/file/connection.ts';
import { muteOf } from '../../../../src/engine/telemetry/alerts/alertMutes.ts';
import { AlertStore } from '../../../../src/engine/telemetry/alerts/alertStore.ts';
import { ALERT_STORE } from '../../../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { AlertWorld } from '../../../support/alerts/alertWorld.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const MUTE = { rule: 'a', group: null, untilMs: 2_000, reason: 'release', atMs: 0 };

describe('what is muted', () => {
  it('is an alert with all of its groups, or one of them, until its time is over', () => {
    const { store } = new AlertWorld({ inMemory: true });
    store.mutes.add(MUTE);
    store.mutes.add({ ...MUTE, group: { label: 'x' }, untilMs: 3_000, reason: 'x is new' });
    store.mutes.add({ ...MUTE, rule: 'b', group: { label: null } });
    const at = (nowMs: number, rule: string, label: string | null) =>
      muteOf(store.mutes.at(nowMs), { rule, label })?.reason;

    assert.deepEqual(
      [at(0, 'a', 'x'), at(0, 'a', 'y'), at(0, 'a', null)],
      ['x is new', 'release', 'release'],
    );
    assert.deepEqual([at(2_000, 'a', 'x'), at(2_000, 'a', 'y')], ['x is new', undefined]);
    assert.deepEqual(
      [at(0, 'b', null), at(0, 'b', 'null'), at(0, 'c', null)],
      ['release', undefined, undefined],
    );
    assert.equal(at(3_000, 'a', 'x'), undefined);

    assert.ok(store.mutes.remove({ rule: 'b', group: { label: null } }));
    assert.ok(!store.mutes.remove({ rule: 'b', group: { label: null } }));
    assert.ok(store.mutes.remove({ rule: 'a', group: null }));
    assert.deepEqual(store.mutes.at(0), []);
  });

  it('stays in a file of the former version, which is read as it is and upgraded where it is written', () => {
    const file = path.join(temporaryFolder(), 'alerts.db');
    const former = new Connection(
      file,
      { ...ALERT_STORE, migrations: ALERT_STORE.migrations.slice(0, 1) },
      'write',
    );
    former.run(
      'INSERT INTO mutes (rule, until_ms, reason, at_ms) VALUES (?, ?, ?, ?)',
      'a',
      2_000,
      'release',
      0,
    );
    former.close();

    for (const access of ['read', 'write', 'read'] as const) {
      const store = new AlertStore(file, { access });
      assert.deepEqual(store.mutes.at(0), [MUTE]);
      store.close();
    }
    const store = new AlertStore(file);
    store.mutes.add({ ...MUTE, group: { label: 'x' } });
    assert.equal(store.mutes.at(0).length, 2);
    store.close();
  });
});
