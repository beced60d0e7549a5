import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { namesOf } from '../../../../src/engine/deploy/routers/kubernetes/versions/versionNames.ts';
import type { Pair } from '../../../../src/engine/deploy/routers/router.ts';
import { RouterError } from '../../../../src/engine/deploy/routers/routerError.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { KubeObject } from '../../../support/kubernetes/objectStore.ts';
import { imageVersion, SHOP, type Shop, startShop } from '../../../support/kubernetes/shop.ts';

const { signal } = new AbortController();

describe('the router of Kubernetes', () => {
  let shop: Shop;
  let pair: Pair;
  let green: string;

  beforeEach(async () => {
    shop = await startShop();
    pair = await shop.pair();
    green = namesOf(SHOP, pair.green).deployment;
  });
  afterEach(async () => await shop.close());

  const rise = async (percent: number) =>
    await shop.router().setWeights(pair, { blue: 100 - percent, green: percent }, signal);
  const says = (pattern: RegExp, isTransient: boolean) => (error: unknown) =>
    error instanceof RouterError && pattern.test(error.message) && error.isTransient === isTransient;
  const specOf = (plural: string, name: string) => shop.server.get(plural, name)?.['spec'] as JsonObject;
  const metadataOf = (plural: string, name: string) => shop.server.get(plural, name)?.metadata ?? {};
  const writes = () =>
    shop.server.answered.map(({ line }) => line).filter((line) => !/^(get|list|watch) /.test(line));

  it('says what it steers, with context and namespace', async () => {
    assert.match(
      await shop.router().describe(signal),
      /^HTTPRoute shop\/support in context scripted \(http:\/\/127\.0\.0\.1:\d+, namespace shop\)$/,
    );
  });

  it('takes for blue what the route leads to', async () => {
    assert.equal(pair.blue?.name, 'support');
    assert.deepEqual(pair.blue?.target, { kind: 'image', image: 'agent:1', environment: {} });
  });

  it('makes green from blue: its own image and variables, all else as it is, and neither selects the pods of the other', async () => {
    const version = imageVersion('agent:2', { LOG: 'debug', MODE: 'new' });
    await shop.router().start({ ...pair, green: version }, signal);
    const names = namesOf(SHOP, version);
    const made = shop.server.get('deployments', names.deployment);
    const spec = made?.['spec'] as {
      replicas: number;
      selector: { matchLabels: JsonObject };
      template: { metadata: { labels: JsonObject }; spec: { containers: JsonObject[] } };
    };
    assert.equal(spec.replicas, 2);
    assert.deepEqual(spec.template.spec.containers[0], {
      name: 'agent',
      image: 'agent:2',
      ports: [{ containerPort: 8080, protocol: 'TCP' }],
      env: [
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'agent', key: 'key' } } },
        { name: 'LOG', value: 'debug' },
        { name: 'MODE', value: 'new' },
      ],
    });
    assert.deepEqual(spec.template.metadata.labels, {
      app: names.deployment,
      team: 'care',
      'touchstone/version': names.tag,
      'touchstone/of': 'support',
    });
    // Labels by which other tools find what is theirs, and delete what they do not know, are not copied.
    assert.deepEqual(made?.metadata['labels'], {
      'touchstone/version': names.tag,
      'touchstone/of': 'support',
      'app.kubernetes.io/managed-by': 'touchstone',
    });
    const service = specOf('services', names.service);
    assert.deepEqual(service, {
      type: 'ClusterIP',
      selector: { app: names.deployment, 'touchstone/version': names.tag },
      ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
    });
    assert.equal(shop.server.names('pods').length, 4);
  });

  it('is ready when it is rolled out, and gets no traffic by that', async () => {
    assert.deepEqual((await shop.router().observe(pair, signal)).green, { state: 'absent' });
    await shop.router().start(pair, signal);
    const seen = await shop.router().observe(pair, signal);
    assert.deepEqual(seen, {
      weights: { blue: 100, green: 0 },
      blue: { state: 'ready' },
      green: { state: 'ready' },
      drift: [],
    });
    assert.deepEqual(shop.weights(), { support: 1 });
  });

  it('changes both weights by server-side apply of its own, leaves out who gets none, and keeps all else', async () => {
    await shop.router().start(pair, signal);
    const before = shop.rules();
    for (const [percent, weights] of [
      [1, { support: 99, [green]: 1 }],
      [50, { support: 50, [green]: 50 }],
      [100, { [green]: 100 }],
      [0, { support: 100 }],
    ] as const) {
      await rise(percent);
      assert.deepEqual(shop.weights(), weights);
      const seen = await shop.router().observe(pair, signal);
      assert.deepEqual([seen.weights, seen.drift], [{ blue: 100 - percent, green: percent }, []]);
    }

    const [first, second] = shop.rules();
    assert.deepEqual({ ...first, backendRefs: 0 }, { ...before[0], backendRefs: 0 });
    assert.deepEqual(second, before[1]);
    const sent = shop.server.answered.filter(({ line }) => line.startsWith('patch httproutes'));
    assert.ok(sent.every(({ contentType }) => contentType === 'application/apply-patch+yaml'));
    assert.ok(sent.every(({ query }) => query === 'fieldManager=touchstone&force=true'));
    const { managedFields } = metadataOf('httproutes', 'support') as unknown as {
      managedFields: JsonObject[];
    };
    assert.deepEqual(
      managedFields.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]),
      [['touchstone', 'Apply', { 'f:spec': { 'f:rules': {} } }]],
    );
  });

  it('sends nothing where nothing changes', async () => {
    await shop.router().start(pair, signal);
    await rise(25);
    const before = writes();
    await rise(25);
    await shop.router().start(pair, signal);
    await shop.router().observe(pair, signal);
    await shop
      .router()
      .settle({ ...pair }, signal)
      .catch(() => {});
    assert.deepEqual(writes(), before);
  });

  it('leaves other backends their part: both versions share what blue had', async () => {
    shop.edit('httproutes', 'support', (route) => {
      const [rule] = (route['spec'] as { rules: JsonObject[] }).rules;
      const backends = backendsOf(rule);
      backends[0] = { ...backends[0], weight: 900, filters: [{ type: 'URLRewrite' }] };
      backends.unshift({
        group: '',
        kind: 'Service',
        name: 'support',
        namespace: 'other',
        port: 80,
        weight: 50,
      });
      backends.push({ group: 'x.example', kind: 'Bucket', name: 'support', weight: 50 });
    });
    await shop.router().start(pair, signal);
    await rise(25);
    const refs = shop.rules()[0]?.['backendRefs'];
    assert.deepEqual(refs, [
      { group: '', kind: 'Service', name: 'support', namespace: 'other', port: 80, weight: 50 },
      {
        group: '',
        kind: 'Service',
        name: 'support',
        port: 80,
        weight: 675,
        filters: [{ type: 'URLRewrite' }],
      },
      { group: '', kind: 'Service', name: green, port: 80, weight: 225, filters: [{ type: 'URLRewrite' }] },
      { group: 'x.example', kind: 'Bucket', name: 'support', weight: 50 },
    ]);
    assert.deepEqual((await shop.router().observe(pair, signal)).weights, { blue: 75, green: 25 });
  });

  it('refuses a weight that the proportions of the rule cannot express', async () => {
    shop.edit('httproutes', 'support', (route) => {
      const [rule] = (route['spec'] as { rules: JsonObject[] }).rules;
      backendsOf(rule).push({
        group: '',
        kind: 'Service',
        name: 'legacy',
        port: 80,
        weight: 1,
      });
    });
    await shop.router().start(pair, signal);
    await assert.rejects(rise(25), says(/a weight of 25 % cannot be expressed/, false));
    assert.deepEqual(shop.weights(), { support: 1, legacy: 1 });
  });

  it('refuses a rule that names a Service twice, loses neither, and takes green out of it in any case', async () => {
    const second = { group: '', kind: 'Service', name: 'support', port: 8080, weight: 1 };
    const add = () =>
      shop.edit('httproutes', 'support', (route) => {
        backendsOf((route['spec'] as { rules: JsonObject[] }).rules[0]).push({ ...second });
      });
    add();
    const before = shop.rules();
    await shop.router().start(pair, signal);
    await assert.rejects(rise(25), says(/names Service support several times/, false));
    assert.deepEqual(shop.rules(), before);

    shop.edit('httproutes', 'support', (route) => {
      backendsOf((route['spec'] as { rules: JsonObject[] }).rules[0]).pop();
    });
    await rise(25);
    add();
    await rise(0);
    assert.deepEqual(
      backendsOf(shop.rules()[0]).map(({ name, port }) => [name, port]),
      [
        ['support', 80],
        ['support', 8080],
      ],
    );
  });

  it('asks for its own pods, however many the namespace has', async () => {
    await shop.router().start(pair, signal);
    await shop.router().observe(pair, signal);
    const lists = shop.server.answered.filter(({ line }) => line.startsWith('list pods'));
    assert.ok(lists.length > 0);
    for (const { query } of lists) assert.match(query, /labelSelector=app/);
  });

  it('scales by what is noted on green only where that is a number of pods', async () => {
    await shop.router().start(pair, signal);
    for (const nonsense of ['NaN', '-1', '1.5', '']) {
      shop.edit('deployments', green, ({ metadata }) => {
        metadata.annotations = {
          ...(metadata['annotations'] as JsonObject),
          'touchstone/replicas': nonsense,
        };
      });
      await rise(10);
      await rise(0);
    }
  });

  it('tries again on a route that somebody else has just changed, and keeps that change', async () => {
    await shop.router().start(pair, signal);
    const put = shop.server.put.bind(shop.server);
    let edits = 0;
    // Right before our write, twice.
    const router = shop.router();
    const answered = shop.server.answered;
    const push = answered.push.bind(answered);
    answered.push = (entry) => {
      if (entry.line.startsWith('patch httproutes') && edits < 2) {
        edits += 1;
        const route = shop.server.get('httproutes', 'support') as KubeObject;
        (route['spec'] as JsonObject)['hostnames'] = [`edit-${edits}.example.com`];
        put(route);
      }
      return push(entry);
    };
    await router.setWeights(pair, { blue: 90, green: 10 }, signal);
    assert.equal(edits, 2);
    assert.deepEqual(shop.weights(), { support: 90, [green]: 10 });
    assert.deepEqual(specOf('httproutes', 'support')['hostnames'], ['edit-2.example.com']);
  });

  it('reports what somebody else changes, and changes nothing of it', async () => {
    await shop.router().start(pair, signal);
    await rise(10);
    shop.edit('httproutes', 'support', (route) => {
      const spec = route['spec'] as { rules: JsonObject[]; hostnames: string[] };
      spec.hostnames = ['other.example.com'];
      const [rule] = spec.rules;
      if (rule) rule['filters'] = [];
    });
    shop.edit('deployments', 'support', (blue) => setImage(blue, 'agent:9'));
    shop.edit('deployments', green, (made) => setImage(made, 'agent:evil'));
    shop.edit('services', 'support', (service) => {
      (service['spec'] as JsonObject)['selector'] = { team: 'care' };
    });
    const { drift, weights } = await shop.router().observe(pair, signal);
    assert.deepEqual(
      drift.map((line) => line.replaceAll(green, 'GREEN')),
      [
        'HTTPRoute support was changed: hostnames, filters of rule 1',
        'Deployment support (blue) was changed: its pods are made anew',
        'Deployment GREEN (green) was changed: its image is agent:evil, not agent:2',
        'Service support (blue) selects pods of green, too',
      ],
    );
    assert.deepEqual(weights, { blue: 90, green: 10 });
    const before = shop.rules();
    await rise(0);
    assert.deepEqual({ ...shop.rules()[0], backendRefs: 0 }, { ...before[0], backendRefs: 0 });
  });

  it('does not take an autoscaler for a change, nor fights it', async () => {
    await shop.router().start(pair, signal);
    await rise(10);
    for (const name of ['support', green])
      shop.edit('deployments', name, (one) => ((one['spec'] as JsonObject)['replicas'] = 5));
    const seen = await shop.router().observe(pair, signal);
    assert.deepEqual([seen.drift, seen.green], [[], { state: 'ready' }]);
    await rise(25);
    assert.equal(specOf('deployments', green)['replicas'], 5);
  });

  it('gives no weight to what is not ready, in words', async () => {
    await assert.rejects(rise(1), says(/agent-2 is not ready for traffic: absent/, true));
    shop.server.workloads.behave('agent:2', { kind: 'never' });
    await shop.router().start(pair, signal);
    await assert.rejects(
      rise(1),
      says(/0 of 2 pods are available: container agent of pod \S+ runs and is not ready/, true),
    );
    assert.deepEqual(shop.weights(), { support: 1 });
  });

  it('scales green for its part of the traffic before it gets it', async () => {
    await shop.router().start(pair, signal);
    shop.edit('deployments', 'support', (blue) => ((blue['spec'] as JsonObject)['replicas'] = 8));
    await rise(25);
    await assert.rejects(rise(50), says(/needs 4 pods for 50 % of the traffic, and has 2/, true));
    assert.deepEqual(shop.weights(), { support: 75, [green]: 25 });
    await rise(50);
    assert.deepEqual(shop.weights(), { support: 50, [green]: 50 });
  });

  for (const [name, behaviour, pattern] of [
    [
      'crashes',
      { kind: 'crash-loop', restarts: 5 },
      /^container agent of pod \S+ keeps crashing: 5 restarts, the last time with exit code 1$/,
    ],
    [
      'has no image',
      { kind: 'waiting', reason: 'ImagePullBackOff', message: 'not found' },
      /does not start: its image cannot be pulled \(not found\)$/,
    ],
    [
      'lacks a secret',
      { kind: 'waiting', reason: 'CreateContainerConfigError', message: 'secret "agent" not found' },
      /a ConfigMap or Secret that it needs is missing/,
    ],
  ] as const)
    it(`says why green fails when it ${name}`, async () => {
      shop.server.workloads.behave('agent:2', behaviour);
      await shop.router().start(pair, signal);
      const seen = await shop.router().observe(pair, signal);
      assert.equal(seen.green.state, 'failing');
      assert.match('reason' in seen.green ? seen.green.reason : '', pattern);
    });

  it('says that green makes no progress, and that nobody has taken it up', async () => {
    shop.server.workloads.behave('agent:2', { kind: 'never' });
    await shop.router().start(pair, signal);
    shop.server.workloads.exceedDeadline('shop', green);
    const late = await shop.router().observe(pair, signal);
    assert.match(JSON.stringify(late.green), /"failing".*no progress within its deadline: container agent/);

    shop.server.workloads.pause();
    const other = { ...pair, green: imageVersion('agent:3') };
    await shop.router().start(other, signal);
    assert.match(
      JSON.stringify((await shop.router().observe(other, signal)).green),
      /"starting".*newest specification/,
    );
  });

  it('rolls back: blue has all the traffic, read back, before green is stopped', async () => {
    await shop.router().start(pair, signal);
    await rise(50);
    await assert.rejects(
      shop.router().stop(pair, 'green', 0, signal),
      says(/still gets 50 % of the traffic/, false),
    );
    await rise(0);
    assert.deepEqual((await shop.router().observe(pair, signal)).weights, { blue: 100, green: 0 });
    await shop.router().stop(pair, 'green', 0, signal);
    await shop.router().stop(pair, 'green', 0, signal);
    assert.deepEqual(shop.server.names('deployments'), ['support']);
    assert.deepEqual(shop.server.names('services'), ['support']);
    assert.equal(specOf('deployments', 'support')['replicas'], 2);
  });

  it('takes blue for ready while a pod of it answers, so that the way back is open', async () => {
    const [first, second] = shop.server.names('pods');
    const crash = (name: string | undefined) =>
      shop.edit('pods', name ?? '', (pod) => {
        const { containerStatuses } = pod['status'] as { containerStatuses: JsonObject[] };
        const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
        pod['status'] = {
          containerStatuses: containerStatuses.map((one) => ({
            ...one,
            ready: false,
            restartCount: 9,
            state: waiting,
          })),
        };
      });
    const available = (count: number) =>
      shop.edit('deployments', 'support', (blue) => {
        blue['status'] = { ...(blue['status'] as JsonObject), availableReplicas: count };
      });
    shop.server.workloads.pause();
    crash(first);
    available(1);
    assert.deepEqual((await shop.router().observe(pair, signal)).blue, { state: 'ready' });
    crash(second);
    available(0);
    assert.match(
      JSON.stringify((await shop.router().observe(pair, signal)).blue),
      /failing.*keeps crashing: 9 restarts/,
    );
  });

  it('stops nothing where nothing was made, and never what it has not made', async () => {
    await shop.router().stop(pair, 'green', 0, signal);
    await shop.router().start(pair, signal);
    await rise(100);
    await shop.router().settle(pair, signal);
    await shop.router().stop(pair, 'blue', 0, signal);
    assert.deepEqual(shop.server.names('deployments'), ['support', green]);
    assert.equal((await shop.router().observe(pair, signal)).blue.state, 'ready');
  });

  it('goes on from what it has made: the next version is made from it, and it is deleted in the end', async () => {
    await shop.router().start(pair, signal);
    await rise(100);
    await shop.router().settle(pair, signal);
    const now = await shop.router().current(signal);
    assert.deepEqual(now, pair.green);

    const next = { blue: now, green: imageVersion('agent:3') };
    await shop.router().start(next, signal);
    const names = namesOf(SHOP, next.green);
    const { selector } = specOf('services', names.service);
    assert.deepEqual(selector, { app: names.deployment, 'touchstone/version': names.tag });
    assert.deepEqual((await shop.router().observe(next, signal)).drift, []);
    await shop.router().setWeights(next, { blue: 0, green: 100 }, signal);
    await shop.router().stop(next, 'blue', 0, signal);
    assert.deepEqual(shop.server.names('deployments'), ['support', names.deployment]);
    assert.equal((await shop.router().observe(next, signal)).blue.state, 'absent');
  });

  it('deploys the same version again after a rollback', async () => {
    for (let round = 0; round < 2; round += 1) {
      await shop.router().start(pair, signal);
      await rise(10);
      await rise(0);
      await shop.router().stop(pair, 'green', 0, signal);
    }
    assert.deepEqual(shop.server.names('deployments'), ['support']);
  });

  it('takes nothing over that bears the name of green and is not', async () => {
    const blue = shop.server.get('services', 'support') as KubeObject;
    shop.server.put({ ...blue, metadata: { name: green, namespace: 'shop' } });
    await assert.rejects(
      shop.router().start(pair, signal),
      says(/exists, and Touchstone has not made it/, false),
    );
  });

  it('does not share a Service with the deployment of another Deployment', async () => {
    const { metadata: _metadata, ...rest } = shop.server.get('deployments', 'support') as KubeObject;
    shop.server.put({ ...rest, metadata: { name: 'worker', namespace: 'shop' } });
    await shop.router().start(pair, signal);
    const router = shop.router({ ...SHOP, deployment: 'worker' });
    const other = { blue: await router.current(signal), green: pair.green };
    await assert.rejects(router.start(other, signal), says(/has not made it for this version/, false));
    await router.stop(other, 'green', 0, signal);
    assert.ok(shop.server.get('services', green));
  });

  it('refuses several containers until one is named', async () => {
    shop.edit('deployments', 'support', (one) => {
      const { containers } = (one['spec'] as { template: { spec: { containers: JsonObject[] } } }).template
        .spec;
      containers.push({ name: 'proxy', image: 'proxy:1' });
    });
    await assert.rejects(shop.pair(), says(/several containers: agent, proxy/, false));
    const router = shop.router({ ...SHOP, container: 'agent' });
    assert.ok(await router.current(signal));
  });

  it('asks a version past the route, and shows nobody the credentials of the cluster', async () => {
    await shop.router().start(pair, signal);
    shop.server.proxied = (service, path, { method, body }) => ({
      status: 200,
      body: JSON.stringify([service, path, method, body]),
    });
    const router = shop.router();
    const asked = await router.target(pair, 'green', signal);
    assert.ok(asked.kind === 'http' && !JSON.stringify(asked).includes(shop.server.token));
    const reply = await fetch(`${asked.url}ask?x=1`, {
      method: 'POST',
      headers: { ...asked.headers },
      body: '{}',
    });
    assert.deepEqual(await reply.json(), [green, '/ask', 'POST', '{}']);
    assert.equal((await fetch(asked.url)).status, 401);
  });
});

function backendsOf(rule: JsonObject | undefined): JsonObject[] {
  return (rule?.['backendRefs'] ?? []) as JsonObject[];
}

function setImage(deployment: KubeObject, image: string): void {
  const { template } = deployment['spec'] as { template: { spec: { containers: JsonObject[] } } };
  const [container] = template.spec.containers;
  if (container) container['image'] = image;
}
