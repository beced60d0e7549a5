import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../../../src/engine/http/httpConnection.ts';
import { fixedEnvironment, systemClock } from '../../../../src/engine/ports.ts';
import { AlertDelivery } from '../../../../src/engine/telemetry/alerts/alertDelivery.ts';
import { alertmanagerProgram, startAlertmanager } from '../../../support/alerts/alertmanager.ts';
import { AlertWorld, alertRule, figurePoint } from '../../../support/alerts/alertWorld.ts';
import { startWebhookReceiver } from '../../../support/alerts/webhookReceiver.ts';
import { skip } from '../../../support/skip.ts';
import { stillRandom } from '../../../support/stillRandom.ts';

/** What Alertmanager tells its receivers. */
interface Told {
  status: string;
  alerts: { status: string; labels: { [name: string]: string }; fingerprint: string }[];
}

const RESEND_MS = 500;

describe('a real Alertmanager', function () {
  this.timeout(120_000);
  const program = alertmanagerProgram();
  before(function () {
    if (program === undefined) skip(this, 'there is no Alertmanager here (Debian: prometheus-alertmanager)');
  });

  it('receives and groups alerts, does not flap while they fire, and resolves them once', async () => {
    await using hook = await startWebhookReceiver(() => ({ status: 200 }));
    await using alertmanager = await startAlertmanager(program ?? '', hook.url);
    const world = new AlertWorld({ wall: Date.now() });
    const rule = alertRule('mean score < 0.7', { by: 'model', notify: ['oncall'] });
    const connection = new Connection();
    const open = () =>
      new AlertDelivery(world.store, {
        ...{ connection, clock: systemClock, random: stillRandom },
        ...{ environment: fixedEnvironment({}), resendMs: RESEND_MS },
      });
    let delivery = open();
    const onBug = (error: unknown) => {
      throw error;
    };
    const look = async () => {
      world.clock.setWall(Date.now());
      world.look([rule], { afterMs: 0 });
      delivery.begin([{ kind: 'alertmanager', name: 'oncall', url: alertmanager.url }], onBug);
      await delivery.idle();
    };
    const told = (): Told[] => hook.calls.map(({ body }) => JSON.parse(body));
    const fires = (label: string, value: number) => world.figures.set(label, figurePoint(value));

    fires('x', 0.5);
    fires('y', 0.4);
    await look();
    const first = await alertmanager.alerts();
    assert.deepEqual(first.map(({ labels }) => labels['model']).sort(), ['x', 'y']);
    assert.ok(
      first.every(({ status, labels }) => status.state !== 'resolved' && labels['alertname'] === 'a'),
    );
    assert.equal(first[0]?.generatorURL, 'vscode://file/agents/support/touchstone.yaml:2:3');
    await hook.until(1);
    assert.deepEqual(
      told().map(({ status, alerts }) => [status, alerts.length]),
      [['firing', 2]],
    );

    // Three times as long as an alert lasts that is not told again.
    for (let at = 0; at < 12; at += 1) {
      await sleep(RESEND_MS);
      await look();
      const alerts = await alertmanager.alerts();
      assert.deepEqual(
        alerts.map(({ fingerprint, startsAt }) => [fingerprint, startsAt]).sort(),
        first.map(({ fingerprint, startsAt }) => [fingerprint, startsAt]).sort(),
      );
    }
    assert.equal(hook.calls.length, 1);

    // The process is killed and goes on: the same alerts.
    await delivery.close();
    world.restart();
    delivery = open();
    await look();
    assert.equal(hook.calls.length, 1);

    fires('x', 0.9);
    fires('y', 0.9);
    await look();
    await hook.until(2);
    for (let at = 0; at < 4; at += 1) {
      await sleep(RESEND_MS);
      await look();
    }
    assert.deepEqual(
      told().map(({ status, alerts }) => [status, alerts.map((alert) => alert.status)]),
      [
        ['firing', ['firing', 'firing']],
        ['resolved', ['resolved', 'resolved']],
      ],
    );
    assert.deepEqual(await alertmanager.alerts(), []);
    await delivery.close();
    connection.close();
  });
});
