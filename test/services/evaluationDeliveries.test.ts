import assert from 'node:assert/strict';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import type { SubscriberConfig } from '../../src/engine/suites/monitoring/streamConfig.ts';
import { EvaluationHub } from '../../src/engine/telemetry/stream/evaluationHub.ts';
import { EvaluationDeliveries } from '../../src/services/evaluationDeliveries.ts';
import { startWebhookReceiver } from '../support/alerts/webhookReceiver.ts';
import { liveEvaluation } from '../support/liveEvaluation.ts';
import { until } from '../support/servicesProcess.ts';
import { stillRandom } from '../support/stillRandom.ts';

const environment = fixedEnvironment({ SECRET: 's3cret', BROKEN: 'one\r\nx-injected: two' });

function opened() {
  const hub = new EvaluationHub();
  const ports = { hub, clock: systemClock, random: stillRandom, environment };
  return { hub, deliveries: new EvaluationDeliveries(ports) };
}

const webhook = (name: string, url: string): SubscriberConfig => ({
  ...{ kind: 'webhook', name, url, secret: 'SECRET' },
});

const otlp = (url: string, headers: { [name: string]: string } = {}): SubscriberConfig => ({
  ...{ kind: 'otlp', name: 'collector', url, headers },
});

describe('the deliveries of evaluations', () => {
  it('go on, with what is queued, where another one changes', async () => {
    await using receiver = await startWebhookReceiver();
    const { hub, deliveries } = opened();
    const steady = webhook('steady', receiver.url);
    await deliveries.use([steady, webhook('other', 'http://127.0.0.1:1/a')]);
    hub.publish([liveEvaluation(1)]);
    await deliveries.use([steady, webhook('other', 'http://127.0.0.1:1/b')]);
    await until(async () => assert.equal(receiver.calls.length, 1));
    const taken = hub.subscribers.find(
      ({ name }) => name === `webhook ${new URL(receiver.url).origin}`,
    )?.taken;
    assert.equal(taken, 1);
    await deliveries.close();
    assert.deepEqual(hub.subscribers, []);
  });

  for (const config of [
    webhook('collector', 'http://169.254.169.254/latest'),
    otlp('http://[::ffff:a9fe:a9fe]:4318'),
    otlp('http://[fe80::1]:4318'),
  ])
    it(`send nothing to ${config.url}`, async () => {
      const { hub, deliveries } = opened();
      await deliveries.use([config]);
      hub.publish([liveEvaluation(1)]);
      await until(async () =>
        assert.match(deliveries.problem ?? '', /is a link-local address; nothing is sent there/),
      );
      await deliveries.close();
    });

  it('send no header that a variable breaks', async () => {
    const { hub, deliveries } = opened();
    await deliveries.use([otlp('http://127.0.0.1:1', { 'x-key': '${env:BROKEN}' })]);
    assert.deepEqual(
      [deliveries.problem, hub.subscribers],
      ['stream.collector: the header "x-key" cannot be sent', []],
    );
    await deliveries.close();
  });
});
