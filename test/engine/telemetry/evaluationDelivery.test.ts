import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection } from '../../../src/engine/http/httpConnection.ts';
import { fixedEnvironment, systemClock } from '../../../src/engine/ports.ts';
import {
  type Delivered,
  EvaluationDelivery,
  type EvaluationSink,
} from '../../../src/engine/telemetry/stream/evaluationDelivery.ts';
import { EvaluationHub } from '../../../src/engine/telemetry/stream/evaluationHub.ts';
import { otlpEventSink } from '../../../src/engine/telemetry/stream/otlpEventSink.ts';
import { webhookSink } from '../../../src/engine/telemetry/stream/webhookSink.ts';
import { liveEvaluation } from '../../support/liveEvaluation.ts';
import { ManualClock, settled } from '../../support/manualClock.ts';

const { signal } = new AbortController();

describe('the delivery of evaluations', () => {
  it('tries again with growing waits, then gives up what was refused, counts it and goes on', async () => {
    const hub = new EvaluationHub();
    const clock = new ManualClock();
    const answers: Delivered[] = [
      { status: 'failed', reason: 'HTTP 503' },
      { status: 'failed', reason: 'HTTP 503', retryAfterMs: 7_000 },
      { status: 'sent' },
      { status: 'refused', reason: 'HTTP 400' },
      { status: 'sent' },
    ];
    const sent: number[][] = [];
    const sink: EvaluationSink = {
      name: 'sink',
      send: async (evaluations) => {
        sent.push(evaluations.map(({ seq }) => seq));
        return answers.shift() ?? assert.fail('nothing more is expected');
      },
    };
    const delivery = new EvaluationDelivery(sink, hub, clock);

    hub.publish([liveEvaluation(1), liveEvaluation(2)]);
    await settled();
    assert.deepEqual([sent.length, delivery.problem], [1, 'HTTP 503']);
    await clock.advance(1_000);
    await clock.advance(6_999);
    assert.equal(sent.length, 2);
    await clock.advance(1);
    assert.deepEqual([sent.length, delivery.problem, delivery.failed], [3, null, 0]);

    hub.publish([liveEvaluation(3)]);
    await settled();
    hub.publish([liveEvaluation(4)]);
    await settled();
    assert.deepEqual(sent, [[1, 2], [1, 2], [1, 2], [3], [4]]);
    assert.equal(delivery.failed, 1);
    await delivery.close();
    assert.deepEqual(hub.subscribers, []);
  });

  it('that hangs holds up nobody, and ends when it is closed', async () => {
    const hub = new EvaluationHub();
    const sink: EvaluationSink = {
      name: 'hangs',
      send: (_, until) =>
        new Promise((_, reject) =>
          until.addEventListener('abort', () => reject(until.reason), { once: true }),
        ),
    };
    const delivery = new EvaluationDelivery(sink, hub, new ManualClock());
    hub.publish([liveEvaluation(1)]);
    await settled();
    hub.publish(Array.from({ length: 1_500 }, (_, index) => liveEvaluation(index + 2)));
    assert.equal(hub.subscribers[0]?.dropped, 500);
    await delivery.close();
  });

  describe('to a webhook', () => {
    let server: Server;
    let got: { headers: IncomingHttpHeaders; body: string }[];
    let url: string;

    beforeEach(async () => {
      got = [];
      server = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
        request.on('end', () => {
          got.push({ headers: request.headers, body });
          response.end();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const sinkWith = (values: { [name: string]: string }) =>
      webhookSink(
        { url, secret: 'HOOK' },
        { connection: new Connection(), clock: systemClock, environment: fixedEnvironment(values) },
      );

    it('is signed, and never shows the secret', async () => {
      const sink = sinkWith({ HOOK: 'the-secret' });
      const delivered = await sink.send([liveEvaluation(7), liveEvaluation(8)], signal);
      assert.deepEqual(delivered, { status: 'sent' });

      const [{ headers = {}, body = '' } = {}] = got;
      const timestamp = String(headers['touchstone-timestamp']);
      const expected = createHmac('sha256', 'the-secret').update(`${timestamp}.${body}`).digest('hex');
      assert.equal(headers['touchstone-signature'], `v1=${expected}`);
      assert.equal(headers['idempotency-key'], 'evaluations-7-8');
      const { version, evaluations } = JSON.parse(body);
      assert.deepEqual([version, evaluations.length, evaluations[0].seq], [1, 2, 7]);
      assert.doesNotMatch(JSON.stringify([headers, body]), /the-secret/);
    });

    it('sends nothing that it cannot sign', async () => {
      const delivered = await sinkWith({}).send([liveEvaluation(1)], signal);
      assert.equal(delivered.status, 'refused');
      assert.deepEqual(got, []);
    });
  });

  it('to a collector is an event of the evaluated span', async () => {
    const events: { eventName?: string; spanContext?: { spanId: string }; attributes: object }[] = [];
    const sink = otlpEventSink('otlp', {
      sendLogs: async (logs) => {
        events.push(...logs);
        return { status: 'delivered', rejected: 0, message: '' };
      },
    });
    const failed = liveEvaluation(1, { score: null, passed: null, reason: 'the judge failed' });
    assert.deepEqual(await sink.send([failed], signal), { status: 'sent' });

    const [event] = events;
    assert.equal(event?.eventName, 'gen_ai.evaluation.result');
    assert.equal(event?.spanContext?.spanId, failed.spanId);
    assert.deepEqual(event?.attributes, {
      'gen_ai.evaluation.name': 'is-json',
      'gen_ai.evaluation.score.label': 'error',
      'gen_ai.evaluation.explanation': 'the judge failed',
      'error.type': '_OTHER',
      'touchstone.monitor.name': 'support',
      'touchstone.evaluation.type': 'is-json',
      'touchstone.evaluation.stage': 'heuristic',
    });
  });
});
