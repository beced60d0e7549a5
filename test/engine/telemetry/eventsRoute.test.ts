import assert from 'node:assert/strict';
import http, { type IncomingMessage } from 'node:http';
import { type LocalServer, startServer } from '../../../src/engine/http/server/serverShell.ts';
import type { LiveEvaluation } from '../../../src/engine/model/liveEvaluation.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { EvaluationHub } from '../../../src/engine/telemetry/stream/evaluationHub.ts';
import { eventsRoute } from '../../../src/engine/telemetry/stream/eventsRoute.ts';
import { liveEvaluation } from '../../support/liveEvaluation.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { until } from '../../support/servicesProcess.ts';

const TOKEN = 'token-of-the-services-process';

describe('GET /events', () => {
  let hub: EvaluationHub;
  let stored: LiveEvaluation[];
  let server: LocalServer;
  let clock: ManualClock;
  const open = new Set<IncomingMessage>();

  beforeEach(async () => {
    hub = new EvaluationHub();
    stored = [];
    clock = new ManualClock();
    const after = (seq: number, limit: number) => stored.filter((one) => one.seq > seq).slice(0, limit);
    server = await startServer({
      ...{ name: 'the server', port: 0, token: 'of-senders', clock: systemClock },
      routes: [eventsRoute({ hub, token: TOKEN, clock, after, lastSeq: () => stored.at(-1)?.seq ?? 0 })],
      onBug: (error) => assert.fail(String(error)),
    });
  });
  afterEach(async () => {
    for (const response of open) response.destroy();
    open.clear();
    await server.close(100);
  });

  function tell(...evaluations: LiveEvaluation[]): void {
    stored.push(...evaluations);
    hub.publish(evaluations);
  }

  async function ask(headers: { [name: string]: string } = {}, query = '') {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        port: server.port,
        path: `/events${query}`,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      };
      http.get(options, resolve).on('error', reject);
    });
    open.add(response);
    let text = '';
    response.setEncoding('utf8');
    response.on('error', () => {});
    return {
      response,
      status: response.statusCode,
      read: () => response.on('data', (piece: string) => (text += piece)),
      get text() {
        return text;
      },
      get ids() {
        return [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
      },
    };
  }

  it('tells what comes from now on, as JSON', async () => {
    tell(liveEvaluation(1));
    const client = await ask();
    client.read();
    await until(() => assert.equal(hub.subscribers.length, 1));
    tell(liveEvaluation(2, { passed: null, score: null, reason: 'the judge\nfailed' }));
    await until(() => assert.deepEqual(client.ids, [2]));

    assert.equal(client.response.headers['content-type'], 'text/event-stream; charset=utf-8');
    const [, data = ''] = /^data: (.*)$/m.exec(client.text) ?? [];
    const { seq, label, score, reason } = JSON.parse(data);
    assert.deepEqual(
      { seq, label, score, reason },
      { seq: 2, label: 'error', score: null, reason: 'the judge\nfailed' },
    );
  });

  it('tells all where its numbers have begun anew, to who follows and to who comes again', async () => {
    tell(liveEvaluation(500));
    const [follower, other] = [await ask(), await ask({ 'last-event-id': '499' })];
    follower.read();
    other.read();
    await until(() => assert.deepEqual(other.ids, [500]));
    tell(liveEvaluation(501));
    await until(() => assert.deepEqual(other.ids, [500, 501]));
    stored = [];
    tell(liveEvaluation(1), liveEvaluation(2));
    const again = await ask({ 'last-event-id': '501' });
    again.read();
    await until(() => assert.deepEqual(again.ids, [1, 2]));
    tell(liveEvaluation(3));

    await until(() => assert.deepEqual(again.ids, [1, 2, 3]));
    await until(() => assert.deepEqual(follower.ids, [501, 1, 2, 3]));
    await until(() => assert.deepEqual(other.ids, [500, 501, 1, 2, 3]));
  });

  it('goes on behind the last event that a client has seen, without a gap and without a repetition', async () => {
    for (let seq = 1; seq <= 450; seq++) stored.push(liveEvaluation(seq));
    const client = await ask({ 'last-event-id': '17' });
    client.read();
    await until(() => assert.equal(client.ids.length, 433));
    tell(liveEvaluation(451));
    await until(() => assert.equal(client.ids.length, 434));
    assert.deepEqual(
      client.ids,
      Array.from({ length: 434 }, (_, index) => 18 + index),
    );

    const other = await ask({}, '?after=449');
    other.read();
    await until(() => assert.deepEqual(other.ids, [450, 451]));
  });

  it('sends a comment while there is nothing to tell', async () => {
    const client = await ask();
    client.read();
    await until(() => assert.equal(clock.timers, 1));
    await clock.advance(15_000);
    await until(() => assert.match(client.text, /: evaluations\n\n: \n\n$/));
  });

  it('lets slow clients miss some, tells them how many, and keeps nothing from the others', async () => {
    const slow = await Promise.all(Array.from({ length: 10 }, () => ask()));
    const fast = await ask();
    fast.read();
    await until(() => assert.equal(hub.subscribers.length, 11));

    const long = 'x'.repeat(20_000);
    let seq = 0;
    while (hub.subscribers.filter(({ dropped }) => dropped > 0).length < 10) {
      tell(...Array.from({ length: 50 }, () => liveEvaluation(++seq, { reason: long })));
      const last = seq;
      await until(() => assert.equal(fast.ids.at(-1), last));
    }
    assert.equal(fast.ids.length, seq);
    assert.doesNotMatch(fast.text.slice(-100_000), /event: dropped/);

    // What a slow one lost is counted, and it is told of it when it reads on.
    const lost = hub.subscribers.reduce((sum, { dropped }) => sum + dropped, 0);
    assert.ok(lost > 0);
    const [first] = slow;
    first?.read();
    await until(() => assert.match(first?.text ?? '', /event: dropped\ndata: {"evaluations":\d+}/));
  });

  it('ends its subscription with its client', async () => {
    const client = await ask();
    client.read();
    await until(() => assert.equal(hub.subscribers.length, 1));
    client.response.destroy();
    await until(() => assert.equal(hub.subscribers.length, 0));
  });

  it('is for whoever has the token, on this machine, and for no web page', async () => {
    const refused = [
      { authorization: '' },
      { authorization: 'Bearer of-senders' },
      { authorization: `Bearer ${TOKEN}x` },
      { host: 'example.com' },
      { origin: 'http://localhost:3000' },
      { 'last-event-id': 'abc' },
    ];
    const statuses = await Promise.all(
      refused.map(async (headers) => (await ask(headers as { [name: string]: string })).status),
    );
    assert.deepEqual(statuses, [401, 401, 401, 403, 403, 400]);
    assert.deepEqual(hub.subscribers, []);
  });
});
