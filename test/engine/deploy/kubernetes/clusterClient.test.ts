import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ChangeHints } from '../../../../src/engine/deploy/routers/kubernetes/cluster/changeHints.ts';
import { ClusterError } from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterError.ts';
import {
  DEPLOYMENT,
  HTTP_ROUTE,
} from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterObject.ts';
import { watchChanges } from '../../../../src/engine/deploy/routers/kubernetes/cluster/watchChanges.ts';
import { type Clock, systemClock } from '../../../../src/engine/ports.ts';
import type { Fault } from '../../../support/kubernetes/apiServer.ts';
import { type Shop, startShop } from '../../../support/kubernetes/shop.ts';

const { signal } = new AbortController();

describe('the client of a cluster', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop();
  });
  afterEach(async () => await shop.close());

  const asked = () => shop.server.answered.map(({ line }) => line);
  const status = (code: number, retryAfter?: string): Fault => ({
    kind: 'status',
    code,
    reason: 'x',
    message: 'too many requests',
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  const failure = async (work: Promise<unknown>): Promise<ClusterError> =>
    await work.then(
      () => assert.fail('it did not fail'),
      (error: unknown) => (error instanceof ClusterError ? error : assert.fail(String(error))),
    );

  it('asks again after the time that the cluster names, and not before', async () => {
    shop.server.fail(/^get deployments/, status(429, '0'), 2);
    assert.ok(await shop.client().get(DEPLOYMENT, 'support', signal));
    assert.equal(asked().length, 3);
  });

  it('gives up where it is put off too often or for too long, and says that it may be tried again', async () => {
    for (const [times, retryAfter, requests] of [
      [9, '0', 3],
      [1, '600', 1],
      [1, undefined, 1],
    ] as const) {
      shop.server.fail(/^get services/, status(429, retryAfter), times);
      shop.server.answered.length = 0;
      const error = await failure(
        shop.client().get({ ...DEPLOYMENT, apiVersion: 'v1', plural: 'services' }, 'support', signal),
      );
      assert.deepEqual([error.isTransient, error.status, asked().length], [true, 429, requests]);
      for (let left = times - requests; left > 0; left -= 1) shop.server.fail(/never/, status(429));
      await shop.close();
      shop = await startShop();
    }
  });

  it('tells what is worth another try', async () => {
    for (const [code, isTransient] of [
      [400, false],
      [403, false],
      [409, true],
      [422, false],
      [500, true],
      [503, true],
    ] as const) {
      shop.server.fail(/^get deployments/, status(code));
      const error = await failure(shop.client().get(DEPLOYMENT, 'support', signal));
      assert.deepEqual([error.status, error.isTransient], [code, isTransient]);
      assert.equal(error.message, 'the cluster refused to get Deployment support: too many requests');
    }
  });

  it('knows a missing object from a missing kind', async () => {
    assert.equal(await shop.client().get(DEPLOYMENT, 'none', signal), null);
    const kind = { kind: 'Gizmo', apiVersion: 'x.example/v1', plural: 'gizmos' };
    const error = await failure(shop.client().get(kind, 'none', signal));
    assert.match(error.message, /does not have Gizmo/);
  });

  it('says so where nobody answers', async () => {
    const client = shop.client();
    await shop.server.close();
    const error = await failure(client.get(DEPLOYMENT, 'support', signal));
    assert.match(error.message, /^no answer from the cluster at http/);
    assert.equal(error.isTransient, true);
  });

  it('tries again where a file of its credentials is being replaced', async () => {
    writeFileSync(shop.kubeconfig, shop.server.kubeconfig({}, { 'certificate-authority': 'missing.crt' }));
    const client = shop.client();
    const error = await failure(client.get(DEPLOYMENT, 'support', signal));
    assert.match(error.message, /credentials of the cluster cannot be read/);
    assert.equal(error.isTransient, true);
    writeFileSync(path.join(path.dirname(shop.kubeconfig), 'missing.crt'), '');
    assert.ok(await client.get(DEPLOYMENT, 'support', signal));
  });

  it('ends at its signal while the cluster says nothing', async () => {
    shop.server.fail(/^get deployments/, { kind: 'hang' });
    const controller = new AbortController();
    const waiting = shop.client().get(DEPLOYMENT, 'support', controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await assert.rejects(waiting, /enough/);
  });
});

describe('a watch of a cluster', () => {
  let shop: Shop;
  let end: AbortController;
  let hints: number;
  beforeEach(async () => {
    shop = await startShop();
    end = new AbortController();
    hints = 0;
  });
  afterEach(async () => {
    end.abort();
    await shop.close();
  });

  /** Pauses pass at once. */
  const hasty: Clock = { ...systemClock, sleep: (_ms, abort) => systemClock.sleep(1, abort) };
  const begin = async (silenceMs = 60_000) => {
    const onHint = () => {
      hints += 1;
    };
    const concerns = (name: string) => name === 'support';
    void watchChanges(
      { client: shop.client(), clock: hasty, kind: HTTP_ROUTE, concerns, silenceMs, onHint },
      end.signal,
    );
    await until(() => shop.server.watches.count === 1);
  };
  const change = (name = 'support') =>
    shop.server.put({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace: 'shop' },
      spec: { at: shop.server.store.version },
    });
  const opened = () => shop.server.answered.filter(({ line }) => line.startsWith('watch')).length;
  const listed = () => shop.server.answered.filter(({ line }) => line.startsWith('list')).length;

  it('tells of a change of what it is about, and of nothing else', async () => {
    await begin();
    const before = hints;
    change('other');
    shop.server.watches.bookmark();
    change();
    await until(() => hints === before + 1);
  });

  it('goes on from where it was when the connection breaks, and misses nothing', async () => {
    await begin();
    shop.server.watches.drop();
    change();
    const before = hints;
    await until(() => shop.server.watches.count === 1 && hints > before);
    assert.equal(listed(), 1);
    assert.ok(opened() >= 2);
  });

  it('begins anew where the cluster has forgotten its version (410)', async () => {
    await begin();
    change('other');
    change();
    shop.server.store.compact();
    shop.server.watches.drop();
    await until(() => listed() >= 2 && shop.server.watches.count === 1);
    const before = hints;
    change();
    await until(() => hints > before);
  });

  it('notices that it has gone silent, and opens another', async () => {
    await begin(30);
    shop.server.watches.silence();
    await until(() => opened() >= 3);
    shop.server.watches.silence(false);
    const before = hints;
    change();
    await until(() => hints > before);
  });

  it('holds nobody up: who waits for a change goes on after the time that was named', async () => {
    shop.server.watches.silence();
    const changes = new ChangeHints(shop.client(), systemClock, [{ kind: HTTP_ROUTE, concerns: () => true }]);
    await changes.next(5, signal);
    await changes.next(5, signal);
    changes.close();
  });

  it('does not storm a cluster that refuses it', async () => {
    const pauses: number[] = [];
    const clock: Clock = {
      ...systemClock,
      sleep: async (ms, abort) => {
        pauses.push(ms);
        if (pauses.length === 7) end.abort();
        abort?.throwIfAborted();
      },
    };
    shop.server.rules = [];
    await watchChanges(
      {
        client: shop.client(),
        clock,
        kind: HTTP_ROUTE,
        concerns: () => true,
        silenceMs: 1000,
        onHint: () => {},
      },
      end.signal,
    );
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let left = 1_000; !holds(); left -= 1) {
    assert.ok(left > 0, 'it does not come to it');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
