import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../src/engine/ports.ts';
import { AlertStore } from '../../src/engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { startWebhookReceiver } from '../support/alerts/webhookReceiver.ts';
import { exportOf, ServedWorkspace, sendTraces, until } from '../support/servicesProcess.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';

describe('alerts in the services process', function () {
  this.timeout(120_000);
  this.slow(60_000);

  it('are told as spans come, once, also where the process is killed, and read their file anew', async () => {
    await using oncall = await startWebhookReceiver(() => ({ status: 200 }));
    await using workspace = new ServedWorkspace({
      'touchstone.yaml': `
alerts:
  busy: { when: calls >= 1, over: 1h, notify: [editor, oncall] }
  silence: { when: calls < 1, over: 1h }
notify: { oncall: { alertmanager: "${new URL('/', oncall.url)}" } }
`,
    });
    const receive = async () => {
      const link = await ServicesLink.attach(
        workspace.root,
        { client: 'terminal', clock: systemClock },
        new AbortController().signal,
      );
      const { receiver } = await link.call('services/receive', {
        ...{ on: true, port: 0, keep: true, requireToken: null },
      });
      assert.ok(receiver.state === 'receiving');
      return { link, endpoint: receiver.endpoint };
    };

    const first = await receive();
    assert.equal(await sendTraces(first.endpoint, exportOf(TRACE, ['chat'])), 200);
    await oncall.until(1);
    const [posted] = JSON.parse(oncall.calls[0]?.body ?? '');
    assert.equal(posted.labels.alertname, 'busy');
    // What Alertmanager is told again on starting is the same alert.
    first.link.close();
    await workspace.kill();
    const before = oncall.calls.length;
    const second = await receive();
    await oncall.until(before + 1);
    const [again] = JSON.parse(oncall.calls.at(-1)?.body ?? '');
    assert.deepEqual([again.labels, again.startsAt], [posted.labels, posted.startsAt]);

    const store = new AlertStore(alertStorePath(workspace.root), { access: 'read' });
    try {
      assert.equal(store.lastTransition, 1);
      assert.deepEqual(
        store.groups().map(({ group }) => [group.rule, group.state]),
        [
          ['busy', 'firing'],
          // There are calls, so it is fine, however long it was watched.
          ['silence', 'inactive'],
        ],
      );
      assert.deepEqual(
        store.groups()[0]?.group.traces.map(({ traceId }) => traceId),
        [TRACE],
      );

      // A file that cannot be read changes nothing, and the status says so.
      const file = path.join(workspace.root, 'touchstone.yaml');
      appendFileSync(file, 'alert: {}\n');
      await until(async () => {
        const { liveProblems } = await second.link.call('services/status', {});
        assert.match(liveProblems.join(), /alerts: .*"alert" is not a key/);
      });
      assert.equal(store.groups().length, 2);
      writeFileSync(file, 'alerts: { silence: { when: calls < 1, over: 1h } }\n');
      await until(() =>
        assert.deepEqual(
          store.groups().map(({ group }) => group.rule),
          ['silence'],
        ),
      );
      assert.equal(store.transitionsAfter(1, 10)[0]?.notice.kind, 'withdrawn');
    } finally {
      store.close();
    }
    second.link.close();
  });
});
