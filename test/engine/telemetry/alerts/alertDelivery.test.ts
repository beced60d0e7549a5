import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Connection } from '../../../../src/engine/http/httpConnection.ts';
import type { AlertChannel } from '../../../../src/engine/model/alertRule.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { AlertDelivery } from '../../../../src/engine/telemetry/alerts/alertDelivery.ts';
import type { AlertNotice } from '../../../../src/engine/telemetry/alerts/alertNotice.ts';
import { postedAlert } from '../../../../src/engine/telemetry/alerts/channels/alertmanager.ts';
import {
  KEY_HEADER,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../../../../src/engine/telemetry/alerts/channels/webhook.ts';
import { AlertWorld, alertRule } from '../../../support/alerts/alertWorld.ts';
import { startWebhookReceiver, type WebhookScript } from '../../../support/alerts/webhookReceiver.ts';
import { stillRandom } from '../../../support/stillRandom.ts';

const SECRET = 'a secret of the person';
const rule = alertRule('mean score < 0.7', { notify: ['hook'] });

class Delivered extends AlertWorld {
  readonly bugs: unknown[] = [];
  channels: AlertChannel[] = [];
  delivery = this.openDelivery();

  async deliver(): Promise<void> {
    this.delivery.begin(this.channels, (error) => this.bugs.push(error));
    await this.delivery.idle();
    assert.deepEqual(this.bugs, []);
  }

  /** Fires or ends, and is told. */
  async turn(value: number): Promise<void> {
    this.value = value;
    this.look([rule]);
    await this.deliver();
  }

  override restart(): void {
    super.restart();
    this.delivery = this.openDelivery();
  }

  get problem(): string | null | undefined {
    return this.store.channels()[0]?.problem;
  }

  openDelivery(connection = new Connection()): AlertDelivery {
    const environment = fixedEnvironment({ ALERT_SECRET: SECRET });
    return new AlertDelivery(this.store, {
      ...{ connection, clock: this.clock, random: stillRandom, environment },
    });
  }
}

async function hook(script?: WebhookScript) {
  const receiver = await startWebhookReceiver(script);
  const world = new Delivered();
  world.channels = [{ kind: 'webhook', name: 'hook', url: receiver.url, secret: 'ALERT_SECRET' }];
  return { receiver, world };
}

/** Asks for the address of the server only once it may go. */
function slowConnection() {
  const { promise, resolve: go } = Promise.withResolvers<void>();
  const connection = new Connection({
    check: () => {},
    lookup: (_name, _options, callback) =>
      void promise.then(() => callback(null, [{ address: '127.0.0.1', family: 4 }])),
  });
  return { connection, go };
}

/** The function that the documentation shows. */
async function documentedCheck() {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync('docs/alerts.md', 'utf8')) ?? [];
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module.isFromTouchstone as (headers: object, body: string, secret: string, now: number) => boolean;
}

describe('a webhook of alerts', () => {
  it('gets each transition once, signed', async () => {
    const { receiver, world } = await hook();
    await using _ = receiver;
    await world.turn(0.5);
    await world.turn(0.5);
    await world.turn(0.9);
    assert.deepEqual(
      receiver.calls.map(({ body }) => JSON.parse(body).status),
      ['firing', 'resolved'],
    );

    const [call] = receiver.calls;
    const timestamp = call?.headers[TIMESTAMP_HEADER];
    const expected = createHmac('sha256', SECRET).update(`${timestamp}.${call?.body}`).digest('hex');
    assert.equal(call?.headers[SIGNATURE_HEADER], `v1=${expected}`);
    assert.equal(call?.headers[KEY_HEADER], JSON.parse(call?.body ?? '').key);
    assert.equal(call?.headers['content-type'], 'application/json');
    assert.ok(!JSON.stringify(receiver.calls).includes(SECRET));
    assert.deepEqual(
      world.store.channels().map(({ sent, dropped, waiting }) => [sent, dropped, waiting]),
      [[2, 0, 0]],
    );
  });

  it('is checked by the code in the documentation', async () => {
    const { receiver, world } = await hook();
    await using _ = receiver;
    await world.turn(0.5);
    const [call] = receiver.calls;
    const check = await documentedCheck();
    const { headers, body } = call ?? { headers: {}, body: '' };
    const now = world.clock.now();
    assert.ok(check(headers, body, SECRET, now));
    assert.ok(!check(headers, body, 'another', now));
    assert.ok(!check(headers, `${body} `, SECRET, now));
    assert.ok(!check(headers, body, SECRET, now + 301_000));
    assert.ok(
      !check({ ...headers, [TIMESTAMP_HEADER]: String(Math.floor(now / 1_000) + 1) }, body, SECRET, now),
    );
    assert.ok(!check({}, body, SECRET, now));
  });

  it('is tried again, later and later, in order, under the same key', async () => {
    const { receiver, world } = await hook((index) =>
      index === 0 ? undefined : { status: index < 3 ? 503 : 200 },
    );
    await using _ = receiver;
    await world.turn(0.5);
    assert.match(world.problem ?? '', /socket hang up|closed/);
    await world.deliver();
    assert.equal(receiver.calls.length, 1);
    await world.turn(0.9);
    assert.equal(receiver.calls.length, 2);
    assert.equal(world.problem, 'HTTP 503');
    await world.turn(0.9);
    await world.turn(0.9);
    assert.deepEqual(
      receiver.calls.map(({ body }) => JSON.parse(body).status),
      ['firing', 'firing', 'firing', 'firing', 'resolved'],
    );
    assert.equal(new Set(receiver.calls.slice(0, 4).map(({ headers }) => headers[KEY_HEADER])).size, 1);
    assert.equal(world.problem, null);
  });

  it('waits as long as it asks to', async () => {
    const { receiver, world } = await hook((index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': '120' } } : { status: 200 },
    );
    await using _ = receiver;
    await world.turn(0.5);
    world.clock.pass(110_000);
    await world.deliver();
    assert.equal(receiver.calls.length, 1);
    world.clock.pass(11_000);
    await world.deliver();
    assert.equal(receiver.calls.length, 2);
  });

  it('is not told again what it refuses for good, and hears of what comes after', async () => {
    const { receiver, world } = await hook((index) => ({ status: index === 0 ? 422 : 200 }));
    await using _ = receiver;
    await world.turn(0.5);
    assert.equal(world.problem, 'refused: HTTP 422');
    await world.turn(0.9);
    assert.equal(receiver.calls.length, 2);
    assert.deepEqual(
      world.store.channels().map(({ sent, dropped }) => [sent, dropped]),
      [[1, 1]],
    );
  });

  it('is not followed elsewhere', async () => {
    await using elsewhere = await startWebhookReceiver();
    const { receiver, world } = await hook(() => ({ status: 307, headers: { location: elsewhere.url } }));
    await using _ = receiver;
    await world.turn(0.5);
    assert.equal(world.problem, 'HTTP 307: it redirects, which is not followed');
    assert.equal(elsewhere.calls.length, 0);
    assert.equal(world.told.length, 1);
  });

  it('is told nothing unsigned', async () => {
    const { receiver, world } = await hook();
    await using _ = receiver;
    world.channels = [{ kind: 'webhook', name: 'hook', url: receiver.url, secret: 'NOT_SET' }];
    await world.turn(0.5);
    assert.equal(world.problem, 'the environment variable NOT_SET is not set, so nothing can be signed');
    assert.equal(receiver.calls.length, 0);
  });

  it('is told nothing by a process that may read no keys, which says so', async () => {
    const { receiver, world } = await hook();
    await using _ = receiver;
    const connection = new Connection();
    const ports = { connection, clock: world.clock, random: stillRandom, environment: null };
    world.delivery = new AlertDelivery(world.store, ports);
    await world.turn(0.5);
    connection.close();
    assert.equal(receiver.calls.length, 0);
    assert.match(world.problem ?? '', /reads no keys \(ALERT_SECRET\); start it with: touchstone serve/);
    world.restart();
    await world.deliver();
    assert.equal(receiver.calls.length, 1);
  });

  it('is told what waited while the process was killed', async () => {
    const { receiver, world } = await hook((index) => ({ status: index === 0 ? 500 : 200 }));
    await using _ = receiver;
    await world.turn(0.5);
    world.restart();
    await world.turn(0.5);
    assert.equal(receiver.calls.length, 2);
    world.restart();
    await world.turn(0.5);
    assert.equal(receiver.calls.length, 2);
  });

  it('keeps no other channel waiting', async () => {
    await using other = await startWebhookReceiver();
    const { receiver, world } = await hook(() => ({ status: 500 }));
    await using _ = receiver;
    world.channels.push({ kind: 'alertmanager', name: 'am', url: other.url });
    world.value = 0.5;
    world.look([{ ...rule, notify: ['hook', 'am'] }]);
    await world.deliver();
    assert.ok(other.calls.length >= 1);
    assert.equal(other.calls[0]?.path, '/hook/api/v2/alerts');
  });

  it('has so many notices waiting at most, the newest, and says what was dropped', () => {
    const world = new AlertWorld({ inMemory: true });
    for (let at = 0; at < 505; at += 1)
      for (const value of [0.5, 0.9]) {
        world.value = value;
        world.look([rule]);
      }
    assert.equal(world.told.length, 1_000);
    assert.deepEqual(
      world.store.channels().map(({ dropped, problem }) => [dropped, problem]),
      [[10, 'too many notices wait']],
    );
  });

  it('is told once where its channel is changed meanwhile, and what follows goes to the new address', async () => {
    await using elsewhere = await startWebhookReceiver();
    const { receiver, world } = await hook();
    await using _ = receiver;
    const { connection, go } = slowConnection();
    const named = receiver.url.replace('127.0.0.1', 'hook.example');
    world.channels = [{ kind: 'webhook', name: 'hook', url: named, secret: 'ALERT_SECRET' }];
    world.delivery = world.openDelivery(connection);
    world.value = 0.5;
    world.look([rule]);
    world.value = 0.9;
    world.look([rule]);
    world.delivery.begin(world.channels, (error) => world.bugs.push(error));
    const moved: AlertChannel[] = [
      { kind: 'webhook', name: 'hook', url: elsewhere.url, secret: 'ALERT_SECRET' },
    ];
    world.delivery.begin(moved, (error) => world.bugs.push(error));
    world.delivery.begin([], (error) => world.bugs.push(error));
    world.delivery.begin(moved, (error) => world.bugs.push(error));
    go();
    await world.delivery.idle();
    assert.deepEqual([receiver.calls.length, elsewhere.calls.length], [1, 0]);

    world.channels = moved;
    await world.deliver();
    assert.deepEqual([receiver.calls.length, elsewhere.calls.length], [1, 1]);
    assert.deepEqual(
      world.store.channels().map(({ sent, dropped, waiting }) => [sent, dropped, waiting]),
      [[2, 0, 0]],
    );
  });

  it('gives up what waits for a channel that was removed', async () => {
    const { receiver, world } = await hook(() => ({ status: 500 }));
    await using _ = receiver;
    await world.turn(0.5);
    world.channels = [];
    await world.deliver();
    assert.deepEqual(world.told, []);
  });
});

describe('what Alertmanager is told', () => {
  it('comes within a minute after it was down, so that nothing that fires is taken for over', async () => {
    await using alertmanager = await startWebhookReceiver(() => ({ status: 503 }));
    const world = new Delivered();
    world.channels = [{ kind: 'alertmanager', name: 'hook', url: alertmanager.url }];
    await world.turn(0.5);
    const times = [world.clock.monotonic()];
    for (let look = 0; look < 180; look++) {
      const before = alertmanager.calls.length;
      await world.turn(0.5);
      if (alertmanager.calls.length > before) times.push(world.clock.monotonic());
    }
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    assert.ok(waits.length > 10);
    assert.ok(Math.max(...waits) <= 65_000, `${waits}`);
  });

  function notices(...values: number[]): AlertNotice[] {
    const world = new AlertWorld();
    for (const value of values) {
      world.value = value;
      world.look([{ ...rule, of: { service: 'agent', evaluator: 'concepts' }, description: 'look at it' }]);
    }
    return world.told;
  }

  it('names an alert, lasts beyond the next times that it is told, and ends once', () => {
    const [firing, resolved] = notices(0.5, 0.9);
    assert.ok(firing && resolved);
    const now = firing.startsAtMs + 30_000;
    const posted = postedAlert(firing, now);
    assert.deepEqual(posted.labels, {
      service: 'agent',
      evaluator: 'concepts',
      alertname: 'a',
      severity: 'warning',
      workspace: 'support',
      origin: 'touchstone',
    });
    assert.equal(Date.parse(posted.endsAt), now + 240_000);
    assert.equal(posted.annotations['description'], 'look at it');
    assert.equal(posted.annotations['show'], 'touchstone traces show slow');

    const ended = postedAlert(resolved, now);
    assert.deepEqual([ended.labels, ended.startsAt], [posted.labels, posted.startsAt]);
    assert.equal(Date.parse(ended.endsAt), resolved.endsAtMs);
    assert.ok(Date.parse(ended.endsAt) > Date.parse(ended.startsAt));
  });

  it('never begins in the future, and never ends before it began', () => {
    const [firing, resolved] = notices(0.5, 0.9);
    assert.ok(firing && resolved);
    const now = firing.startsAtMs - 3_600_000;
    assert.equal(Date.parse(postedAlert(firing, now).startsAt), now);
    const ended = postedAlert(resolved, now);
    assert.ok(Date.parse(ended.endsAt) > Date.parse(ended.startsAt));
  });
});
