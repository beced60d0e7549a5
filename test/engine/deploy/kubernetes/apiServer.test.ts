import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { parse } from 'yaml';
import { namesOf } from '../../../../src/engine/deploy/routers/kubernetes/versions/versionNames.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { ownCertificate } from '../../../support/kubernetes/certificate.ts';
import { applied, updated } from '../../../support/kubernetes/fieldOwnership.ts';
import { SHOP, type Shop, startShop } from '../../../support/kubernetes/shop.ts';
import { skip } from '../../../support/skip.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();
const writer = (manager: string) => ({ manager, subresource: '', time: '2026-11-30T10:00:00Z' });

/** The cases that the documentation of server-side apply and structured-merge-diff describe. */
describe('server-side apply of the scripted API server', () => {
  const base = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } };
  const config = (spec: JsonObject): JsonObject => ({ ...structuredClone(base), spec });
  const apply = (live: JsonObject, spec: JsonObject, manager: string, isForced = false): JsonObject => {
    const result = applied(live, config(spec), writer(manager), isForced);
    if ('object' in result) return result.object;
    throw new Error(result.conflicts.map((one) => `${one.manager}${one.path}`).join(' '));
  };
  const containers = (...list: JsonObject[]): JsonObject => ({ template: { spec: { containers: list } } });

  it('gives a field to who applies it, and refuses another value from somebody else', () => {
    const live = apply(base, { replicas: 2 }, 'a');
    assert.throws(() => apply(live, { replicas: 3 }, 'b'), /^Error: a\.spec\.replicas$/);
    assert.deepEqual(apply(live, { replicas: 3 }, 'b', true)['spec'], { replicas: 3 });
  });

  it('shares a field between those who apply the same value, and keeps it until the last of them goes', () => {
    let live = apply(apply(base, { replicas: 2 }, 'a'), { replicas: 2 }, 'b');
    live = apply(live, { paused: true }, 'a');
    assert.deepEqual(live['spec'], { replicas: 2, paused: true });
    live = apply(live, { minReadySeconds: 1 }, 'b');
    assert.deepEqual(live['spec'], { paused: true, minReadySeconds: 1 });
  });

  it('merges lists by their keys, and replaces atomic ones', () => {
    let live = apply(base, containers({ name: 'x', image: 'x:1', args: ['1', '2'] }), 'a');
    live = apply(live, containers({ name: 'y', image: 'y:1' }), 'b');
    assert.throws(
      () => apply(live, containers({ name: 'x', args: ['3'] }), 'b'),
      /containers\[\{"name":"x"\}\]\.args/,
    );
    live = apply(live, containers({ name: 'x', args: ['3'] }), 'b', true);
    assert.deepEqual(live['spec'], containers({ name: 'x', image: 'x:1', args: ['3'] }));
  });

  it('gives what an update changes to who updates', () => {
    const live = apply(base, { replicas: 2, paused: false }, 'a');
    const next = { ...structuredClone(live), spec: { replicas: 5, paused: false } };
    updated(live, next, writer('hpa'));
    assert.throws(() => apply(next, { replicas: 2, paused: false }, 'a'), /^Error: hpa\.spec\.replicas$/);
  });
});

describe('kubectl at the scripted API server', function () {
  this.timeout(60_000);
  let shop: Shop;
  let kubectl: (...args: string[]) => Promise<string>;

  before(async function () {
    if (spawnSync('kubectl', ['version', '--client']).status !== 0) skip(this, 'kubectl is not installed');
    const tls = ownCertificate();
    if (!tls) skip(this, 'openssl is not installed');
    shop = await startShop({ tls });
    const ca = Buffer.from(tls.cert).toString('base64');
    writeFileSync(
      shop.kubeconfig,
      shop.server.kubeconfig({ token: shop.server.token }, { 'certificate-authority-data': ca }),
    );
    const folder = temporaryFolder();
    kubectl = async (...args) => {
      const all = ['--kubeconfig', shop.kubeconfig, '--cache-dir', path.join(folder, 'cache'), ...args];
      return (await promisify(execFile)('kubectl', all, { timeout: 30_000 })).stdout;
    };
  });
  after(async () => await shop?.close());

  it('reads what the router has made and set', async () => {
    const pair = await shop.pair();
    await shop.router().start(pair, signal);
    await shop.router().setWeights(pair, { blue: 90, green: 10 }, signal);
    const { deployment, service } = namesOf(SHOP, pair.green);
    const yaml = parse(
      await kubectl('get', 'httproute', 'support', '-o', 'yaml', '--show-managed-fields'),
    ) as {
      metadata: { managedFields: JsonObject[] };
      spec: { rules: { backendRefs: JsonObject[] }[] };
    };
    assert.deepEqual(
      yaml.spec.rules[0]?.backendRefs.map(({ name, weight }) => [name, weight]),
      [
        ['support', 90],
        [service, 10],
      ],
    );
    assert.deepEqual(
      yaml.metadata.managedFields.map(({ manager, operation }) => [manager, operation]),
      [['touchstone', 'Apply']],
    );

    const described = await kubectl('describe', 'deployment', deployment);
    assert.match(described, /Image: +agent:2/);
    assert.match(described, /2 desired \| 2 updated \| 2 total \| 2 available/);
    const listed = await kubectl('get', 'deploy,svc', '-l', 'touchstone/of=support', '-o', 'name');
    assert.deepEqual(listed.trim().split('\n'), [`deployment.apps/${deployment}`, `service/${service}`]);
  });

  it('is told of a conflict where somebody applies other weights', async () => {
    const file = path.join(temporaryFolder(), 'route.yaml');
    const { apiVersion, kind, spec } = shop.server.get('httproutes', 'support') ?? { spec: {} };
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion,
        kind,
        metadata: { name: 'support', namespace: 'shop' },
        spec: { ...(spec as JsonObject), rules: [] },
      }),
    );
    await assert.rejects(
      kubectl('apply', '--server-side', '--validate=false', '-f', file),
      /conflict with "touchstone": \.spec\.rules/,
    );
  });

  it('changes a Deployment as a person does', async () => {
    await kubectl('label', 'deployment', 'support', 'team=care');
    const { labels } = shop.server.get('deployments', 'support')?.metadata ?? { labels: {} };
    assert.deepEqual(labels, { 'app.kubernetes.io/instance': 'argo', team: 'care' });
  });
});
