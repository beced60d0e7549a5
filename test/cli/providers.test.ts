import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { ProviderCheck } from '../../src/engine/models/providers/providerCheck.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { processOwner } from '../../src/processOwner.ts';
import { touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const KEY = 'sk-canary-5c1d7f90aa31';
const CASES = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n';
const PROMPT = 'user:\nSay {{input}}.\n';

describe('touchstone providers', () => {
  const cleanups: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    delete process.env['CHECK_KEY'];
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  function workspace(config: string, more: { [file: string]: string } = {}): string {
    const files = { 'a.golden.yaml': CASES, 'p.prompty': PROMPT, 'touchstone.yaml': config, ...more };
    return temporaryFolder(files);
  }

  async function serving(script: Script | Script[], embed?: Script): Promise<OpenAiServer> {
    const server = await startOpenAiServer(
      Array.isArray(script) ? script : () => script,
      embed === undefined ? undefined : () => embed,
    );
    cleanups.push(() => server.close());
    return server;
  }

  /** One provider with a key, and one model that is used of it. */
  const oneModel = (baseUrl: string, more = '') => `
providers: { own: { base_url: "${baseUrl}", api_key: "\${env:CHECK_KEY}"${more} } }
suites: { s: { dataset: a.golden.yaml, targets: [{ prompt: p.prompty, model: own/scripted-1 }], gate: { min_pass_rate: 1 } } }
`;

  async function checked(
    folder: string,
  ): Promise<{ code: number | null; text: string; checks: ProviderCheck[] }> {
    const { code, out, err } = await touchstone(folder, 'providers', '--check', '--json');
    const human = await touchstone(folder, 'providers', '--check');
    assert.equal(human.code, code);
    const text = human.out + human.err;
    assert.ok(!(out + err + text).includes(KEY), 'the key is printed');
    const { passed, checks } = JSON.parse(out);
    assert.equal(passed, code === 0);
    return { code, text, checks };
  }

  describe('without a process that calls anything', () => {
    it('says what the configuration sets and what is left of budgets, and writes nothing', async () => {
      const folder = workspace(`
providers:
  own: { base_url: http://127.0.0.1:9/v1, max_concurrency: 2, resilience: { rpm: 500, breaker: { failures: 3, open_s: 30 }, retry: false } }
bulkheads:
  judge: { max_concurrency: 4, tokens_per_hour: 1000, cost_per_hour_usd: 5 }
suites: {}
`);
      const empty = await touchstone(folder, 'providers');
      assert.equal(empty.code, 0);
      assert.match(empty.out, /^No run is in progress/);
      assert.match(empty.out, /own .*3 failures in a row or 50\.0 % +30\.0 s +1 +1–2, adaptive/);
      assert.match(empty.out, /judge +0 of 4 +0 +1,000 of 1,000 +\$5\.00 of \$5\.00/);

      const store = new RunStore(storePath(folder));
      store.pools(processOwner()).correct('judge', { tokens: 900, costUsd: 6 }, systemClock.now());
      store.close();
      const used = await touchstone(folder, 'providers', '--json');
      const [pool] = JSON.parse(used.out).pools;
      assert.deepEqual(pool.tokens, { used: 900, reserved: 0, limit: 1000 });
      assert.match((await touchstone(folder, 'providers')).out, /100 of 1,000 +\$0 of \$5\.00/);
    });

    it('refuses options of which one would be left undone, and makes no store to clear it', async () => {
      const folder = workspace('suites: {}\n');
      for (const options of [
        ['--check', '--clear-cache'],
        ['--check', '--simulate', 'latest'],
        ['--simulate', 'latest', '--correct', 'judge=1usd'],
        ['--clear-cache', '--json'],
        ['--correct', 'judge=1usd', '--json'],
      ]) {
        const { code, err } = await touchstone(folder, 'providers', ...options);
        assert.deepEqual([code, err.includes(options[0] ?? '')], [2, true], options.join(' '));
      }

      assert.match((await touchstone(folder, 'providers', '--clear-cache')).out, /^no replies are stored$/);
      assert.equal(existsSync(path.join(folder, '.touchstone')), false);
    });

    it('corrects what a bulkhead used, and clears caches', async () => {
      const folder = workspace('bulkheads: { judge: { cost_per_hour_usd: 5 } }\nsuites: {}\n');
      const more = await touchstone(
        folder,
        ...['providers', '--correct', 'judge=2.50usd', '--correct', 'judge=120tokens'],
      );
      assert.match(more.out, /judge: 120 tokens and \$2\.50 used in the last hour$/);
      const less = await touchstone(folder, 'providers', '--correct', 'judge=-9usd');
      assert.match(less.out, /120 tokens and \$0 used/);
      const unknown = await touchstone(folder, 'providers', '--correct', 'nobody=1usd');
      assert.deepEqual([unknown.code, /there is no bulkhead 'nobody'/.test(unknown.err)], [2, true]);
      for (const wrong of ['judge', 'judge=1', 'judge=usd', '=1usd'])
        assert.equal((await touchstone(folder, 'providers', '--correct', wrong)).code, 2, wrong);
      assert.match((await touchstone(folder, 'providers', '--clear-cache')).out, /0 stored replies deleted/);
    });
  });

  describe('--check', () => {
    it('says what works, for chats and embeddings', async () => {
      process.env['CHECK_KEY'] = KEY;
      const server = await serving({ text: 'OK' });
      const folder = workspace(`
providers: { own: { base_url: "${server.baseUrl}", api_key: "\${env:CHECK_KEY}" } }
suites:
  s:
    dataset: a.golden.yaml
    embeddings: own/embed-1
    targets: [{ prompt: p.prompty, model: own/scripted-1 }]
    evaluators: [{ similar: x }, { rubric: { criteria: polite, model: own/judge-1 } }]
    gate: { min_pass_rate: 1 }
fallbacks: { own/scripted-1: [own/simple-1] }
`);
      const { code, checks, text } = await checked(folder);
      assert.equal(code, 0, text);
      assert.deepEqual(
        checks.map(({ model, reachable, keyAccepted, modelKnown, streams, problem }) => [
          ...[model, reachable, keyAccepted, modelKnown, streams, problem],
        ]),
        [
          ['judge-1', 'yes', 'yes', 'yes', 'yes', null],
          ['scripted-1', 'yes', 'yes', 'yes', 'yes', null],
          ['simple-1', 'yes', 'yes', 'yes', 'yes', null],
          ['embed-1', 'yes', 'yes', 'yes', 'not asked', null],
        ],
      );
      assert.ok(checks.every(({ latencyMs }) => latencyMs !== null && latencyMs >= 0));
      assert.equal(server.requests[0]?.headers.authorization, `Bearer ${KEY}`);
    });

    it('asks a provider of which no model is used for its models, and leaves the built-in one alone', async () => {
      const server = await serving({ text: 'OK' });
      const folder = workspace(`providers: { own: { base_url: "${server.baseUrl}/" } }\nsuites: {}\n`);
      const { code, checks } = await checked(folder);
      assert.equal(code, 0);
      assert.deepEqual(
        checks.map(({ provider, model, reachable, keyAccepted, modelKnown }) => [
          ...[provider, model, reachable, keyAccepted, modelKnown],
        ]),
        [['own', null, 'yes', 'not asked', 'not asked']],
      );
      assert.equal(server.requests[0]?.method, 'GET');
    });

    it('says that a server does not stream', async () => {
      const server = await serving({
        raw: '{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"OK"},"finish_reason":"stop"}]}',
        contentType: 'application/json',
      });
      process.env['CHECK_KEY'] = KEY;
      const { code, checks } = await checked(workspace(oneModel(server.baseUrl)));
      assert.deepEqual([code, checks[0]?.streams], [0, 'no']);
      const unasked = await checked(workspace(oneModel(server.baseUrl, ', stream: false')));
      assert.equal(unasked.checks[0]?.streams, 'not asked');
    });

    const failures: { name: string; script: Script; facts: string[]; words: RegExp; remedy: RegExp }[] = [
      {
        name: 'a wrong key, which the provider quotes',
        script: { status: 401, message: `Incorrect API key provided: ${KEY}.` },
        facts: ['yes', 'no', 'unknown'],
        words: /401 Incorrect API key provided: \[key\]/,
        remedy: /CHECK_KEY: the key may be mistyped/,
      },
      {
        name: 'a key without the right to a model',
        script: { status: 403, message: 'You have insufficient permissions.' },
        facts: ['yes', 'no', 'unknown'],
        words: /403/,
        remedy: /check its permissions/,
      },
      {
        name: 'an unknown model',
        script: { status: 404, message: 'The model `scripted-1` does not exist', code: 'model_not_found' },
        facts: ['yes', 'yes', 'no'],
        words: /does not exist/,
        remedy: /how the model is spelled/,
      },
      {
        name: 'an unknown model of a local server',
        script: { status: 400, message: 'model "scripted-1" not found, try pulling it first' },
        facts: ['yes', 'yes', 'no'],
        words: /not found/,
        remedy: /must be downloaded first/,
      },
      {
        name: 'a wrong base_url',
        script: { status: 404, message: 'Not Found' },
        facts: ['yes', 'unknown', 'unknown'],
        words: /404/,
        remedy: /it must end with the version of the API, such as \/v1/,
      },
      {
        name: 'a rate limit',
        script: { status: 429, message: 'Rate limit reached', headers: { 'retry-after': '7' } },
        facts: ['yes', 'yes', 'unknown'],
        words: /429 Rate limit reached/,
        remedy: /Wait 7\.0 s and try again; set rpm and tpm/,
      },
      {
        name: 'a spent quota',
        script: { status: 429, message: 'You exceeded your current quota', code: 'insufficient_quota' },
        facts: ['yes', 'yes', 'unknown'],
        words: /quota/,
        remedy: /plan and billing/,
      },
      {
        name: 'a provider that fails',
        script: { status: 503, message: 'upstream connect error' },
        facts: ['yes', 'unknown', 'unknown'],
        words: /503/,
        remedy: /set fallbacks/,
      },
      {
        name: 'something that is no such API',
        script: { raw: '<html>Welcome</html>', contentType: 'text/html' },
        facts: ['yes', 'unknown', 'unknown'],
        words: /something other than an event stream/,
        remedy: /OpenAI-compatible API/,
      },
      {
        name: 'a page of a proxy',
        script: {
          status: 502,
          message: `<html><head><title>502 Bad Gateway</title></head><body>${'x'.repeat(9000)}</body></html>`,
        },
        facts: ['yes', 'unknown', 'unknown'],
        words: /^502 an HTML page: '502 Bad Gateway'$/,
        remedy: /try again later/,
      },
      {
        name: 'a redirect, without what may be secret in it',
        script: { status: 302, headers: { location: 'https://me:pw@login.example.com/in?token=t0p' } },
        facts: ['yes', 'unknown', 'unknown'],
        words: /^302 the provider redirects to https:\/\/login\.example\.com\/in, which is not followed/,
        remedy: /not that of the API/,
      },
      {
        name: 'a request that is refused',
        script: { status: 400, message: "Unsupported parameter: 'stream_options'", param: 'stream_options' },
        facts: ['yes', 'yes', 'unknown'],
        words: /Unsupported parameter/,
        remedy: /its message says why/,
      },
    ];
    for (const { name, script, facts, words, remedy } of failures) {
      it(`explains ${name}, once`, async () => {
        process.env['CHECK_KEY'] = KEY;
        const server = await serving(script);
        const { code, checks, text } = await checked(workspace(oneModel(server.baseUrl)));
        assert.equal(code, 1);
        const [check] = checks;
        assert.ok(check?.problem);
        assert.deepEqual([check.reachable, check.keyAccepted, check.modelKnown], facts);
        assert.match(check.problem.message, words);
        assert.match(check.problem.remedy, remedy);
        assert.ok(text.includes(`own/scripted-1: ${check.problem.message}`));
        // One request for each of the two commands: nothing is retried.
        assert.equal(server.requests.length, 2);
      });
    }

    it('explains a server that does not speak TLS', async () => {
      process.env['CHECK_KEY'] = KEY;
      const server = await serving({ text: 'OK' });
      const { checks } = await checked(workspace(oneModel(server.baseUrl.replace('http:', 'https:'))));
      assert.match(checks[0]?.problem?.message ?? '', /: no TLS connection: wrong version number$/);
      assert.match(checks[0]?.problem?.remedy ?? '', /must begin with http:\/\//);
    });

    it('explains a missing key without connecting', async () => {
      const server = await serving({ text: 'OK' });
      const { code, checks } = await checked(workspace(oneModel(server.baseUrl)));
      assert.equal(code, 1);
      assert.deepEqual([checks[0]?.reachable, checks[0]?.keyAccepted], ['unknown', 'no']);
      assert.match(
        checks[0]?.problem?.message ?? '',
        /CHECK_KEY, which the provider 'own' needs, is not set/,
      );
      assert.equal(server.requests.length, 0);
    });

    it('explains a server that is not there, and goes on with the others', async () => {
      const server = await serving({ text: 'OK' });
      const gone = await serving({ text: 'OK' });
      await gone.close();
      const folder = workspace(
        `providers: { gone: { base_url: "${gone.baseUrl}" }, own: { base_url: "${server.baseUrl}" } }\nsuites: {}\n`,
      );
      const { code, checks, text } = await checked(folder);
      assert.equal(code, 1);
      assert.deepEqual(
        checks.map(({ provider, reachable }) => [provider, reachable]),
        [
          ['gone', 'no'],
          ['own', 'yes'],
        ],
      );
      assert.match(text, /gone: no connection to .*ECONNREFUSED/);
    });
  });
});
