import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { stringify } from 'yaml';
import { ClusterAccess } from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterAccess.ts';
import { ClusterClient } from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterClient.ts';
import { DEPLOYMENT } from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterObject.ts';
import { ConfigError } from '../../../../src/engine/errors.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { fixedEnvironment, systemClock } from '../../../../src/engine/ports.ts';
import { ownCertificate } from '../../../support/kubernetes/certificate.ts';
import { type Shop, startShop } from '../../../support/kubernetes/shop.ts';
import { skip } from '../../../support/skip.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();

describe('access to a cluster', () => {
  let tls: { key: string; cert: string };
  let shop: Shop | undefined;
  before(function () {
    const made = ownCertificate();
    if (!made) skip(this, 'openssl is not installed');
    tls = made;
  });
  afterEach(async () => {
    await shop?.close();
    shop = undefined;
  });

  const open = (
    kubeconfig: string,
    { context, mayRunPlugins = true }: { context?: string; mayRunPlugins?: boolean } = {},
  ) =>
    new ClusterAccess({
      environment: fixedEnvironment({ KUBECONFIG: kubeconfig, PATH: process.env['PATH'] ?? '' }),
      clock: systemClock,
      context,
      namespace: 'shop',
      mayRunPlugins,
    });
  const written = (text: string) => {
    const file = path.join(temporaryFolder(), 'config');
    writeFileSync(file, text);
    return file;
  };
  const secure = async () => {
    shop = await startShop({ tls });
    return shop;
  };
  const authority = () => ({ 'certificate-authority-data': Buffer.from(tls.cert).toString('base64') });
  const reads = async (kubeconfig: string) => {
    const client = new ClusterClient(open(kubeconfig), systemClock);
    try {
      return (await client.get(DEPLOYMENT, 'support', signal))?.metadata.name;
    } finally {
      client.close();
    }
  };

  it('shows a token over TLS to a server that it knows', async () => {
    const { server } = await secure();
    assert.equal(await reads(written(server.kubeconfig({ token: server.token }, authority()))), 'support');
    const file = written(server.token);
    assert.equal(await reads(written(server.kubeconfig({ tokenFile: file }, authority()))), 'support');
  });

  it('shows nothing to a server that it does not know', async () => {
    const { server } = await secure();
    await assert.rejects(reads(written(server.kubeconfig())), /no answer from the cluster.*certificate/);
    assert.deepEqual(server.answered, []);
    assert.equal(
      await reads(written(server.kubeconfig(undefined, { 'insecure-skip-tls-verify': true }))),
      'support',
    );
  });

  it('shows no credentials without TLS', async () => {
    shop = await startShop();
    const { server } = shop;
    assert.deepEqual(await open(written(server.kubeconfig())).headers(signal), {});
  });

  it('says that a token does not hold, and not which', async () => {
    const { server } = await secure();
    const kubeconfig = written(server.kubeconfig({ token: 'wrong-token-123' }, authority()));
    await assert.rejects(
      reads(kubeconfig),
      (error: Error) => /Unauthorized/.test(error.message) && !error.message.includes('wrong-token'),
    );
  });

  const plugin = (body: string) => {
    const file = path.join(temporaryFolder(), 'plugin');
    writeFileSync(file, `#!${process.execPath}\n${body}`);
    chmodSync(file, 0o755);
    return {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: file,
        args: ['get-token'],
        env: [{ name: 'EXTRA', value: 'x' }],
      },
    };
  };
  const credential = (status: JsonObject) =>
    `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
     if (info.spec.interactive !== false || process.env.EXTRA !== 'x' || process.argv[2] !== 'get-token') process.exit(9);
     console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: info.apiVersion, status: ${JSON.stringify(status)} }));`;

  it('runs a credential plugin, as kubectl does', async function () {
    if (process.platform === 'win32') skip(this, 'plugins of this test need a shebang');
    const { server } = await secure();
    assert.equal(
      await reads(written(server.kubeconfig(plugin(credential({ token: server.token })), authority()))),
      'support',
    );
  });

  it('runs no plugin in a workspace that is not trusted', async () => {
    const { server } = await secure();
    const kubeconfig = written(server.kubeconfig(plugin('process.exit(1)'), authority()));
    assert.throws(
      () => open(kubeconfig, { mayRunPlugins: false }),
      (error) => error instanceof ConfigError && /not trusted/.test(error.message),
    );
  });

  it('never quotes what a plugin writes', async function () {
    if (process.platform === 'win32') skip(this, 'plugins of this test need a shebang');
    const { server } = await secure();
    for (const [body, pattern] of [
      ['console.log("secret-1"); console.error("secret-1"); process.exit(3)', /failed with exit code 3/],
      ['console.log("secret-1")', /did not write an ExecCredential/],
    ] as const)
      await assert.rejects(reads(written(server.kubeconfig(plugin(body), authority()))), (error: Error) => {
        assert.match(error.message, pattern);
        return !`${error.message} ${error.stack}`.includes('secret-1');
      });
  });

  it('takes the context that is named, of several files, and says which there are', async () => {
    const context = (name: string, server: string) => ({
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [{ name, cluster: { server } }],
      users: [{ name, user: {} }],
    });
    const one = written(stringify({ 'current-context': 'dev', ...context('dev', 'http://dev.example') }));
    const two = written(stringify({ 'current-context': 'prod', ...context('prod', 'http://prod.example/') }));
    const both = [one, two, '/nowhere'].join(path.delimiter);
    assert.deepEqual(open(both).target, { context: 'dev', server: 'http://dev.example', namespace: 'shop' });
    assert.deepEqual(open(both, { context: 'prod' }).target.server, 'http://prod.example');
    assert.throws(
      () => open(both, { context: 'test' }),
      (error) =>
        error instanceof ConfigError &&
        /no context named 'test'/.test(error.message) &&
        /dev, prod/.test(error.remedy ?? ''),
    );
  });

  for (const [what, user, cluster, pattern] of [
    ['auth-provider', { 'auth-provider': { name: 'gcp' } }, {}, /uses auth-provider/],
    ['a proxy of its own', {}, { 'proxy-url': 'socks5://x' }, /uses proxy-url/],
    ['a server that is none', {}, { server: 'ftp://x' }, /not an http or https URL/],
    [
      'a credential of a wrong type',
      { token: ['secret-2'] },
      {},
      /not a valid kubeconfig: users\.0\.user\.token/,
    ],
  ] as const)
    it(`refuses ${what}, and quotes no value`, async () => {
      shop = await startShop();
      const kubeconfig = written(
        shop.server.kubeconfig(structuredClone(user) as unknown as JsonObject, cluster),
      );
      assert.throws(
        () => open(kubeconfig),
        (error) =>
          error instanceof ConfigError &&
          pattern.test(error.message) &&
          !error.describe().includes('secret-2'),
      );
    });
});
