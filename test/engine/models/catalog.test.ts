import assert from 'node:assert/strict';
import { ConfigError } from '../../../src/engine/errors.ts';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import type { ModelRequest } from '../../../src/engine/models/modelClient.ts';
import type { ProviderConfig } from '../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../src/engine/ports.ts';
import { type OpenAiServer, startOpenAiServer } from '../../support/openaiServer.ts';
import { countingRandom, manualClock } from './manualClock.ts';

const fromEnv = (name: string) => `\${env:${name}}`;
const location = { path: 'touchstone.yaml', line: 4, column: 3 };

function catalogOf(
  providers: { [name: string]: ProviderConfig },
  environment: { [name: string]: string } = {},
) {
  return createModelCatalog(providers, {
    environment: fixedEnvironment(environment),
    clock: manualClock(0),
    random: countingRandom(),
    log: noLog,
  });
}

describe('the model catalog', () => {
  const local = { baseUrl: 'http://127.0.0.1:1/v1', location };

  it('splits a reference at its first slash', () => {
    const client = catalogOf({ local }).client('local/meta/llama-3');
    assert.deepEqual(
      [client.provider, client.model, client.endpoint],
      ['local', 'meta/llama-3', local.baseUrl],
    );
  });

  it('gives the same client for the same reference', () => {
    const catalog = catalogOf({ local });
    assert.equal(catalog.client('local/a'), catalog.client('local/a'));
    assert.notEqual(catalog.client('local/a'), catalog.client('local/b'));
  });

  it('reads the key only when a model of the provider is asked for', () => {
    const keyed = { ...local, apiKey: fromEnv('MISSING') };
    const catalog = catalogOf({ local, keyed });
    catalog.client('local/a');
    assert.throws(
      () => catalog.client('keyed/a'),
      (error) => {
        assert(error instanceof ConfigError);
        assert.match(error.describe(), /^touchstone\.yaml:4:3: .*MISSING.*'keyed'/);
        return true;
      },
    );
  });

  it('asks for a variable that is set to nothing, and for one in a header', () => {
    const keyed = { ...local, apiKey: fromEnv('EMPTY') };
    assert.throws(() => catalogOf({ keyed }, { EMPTY: ' ' }).client('keyed/a'), /EMPTY/);
    const headed = { ...local, headers: { 'x-team': fromEnv('TEAM') } };
    assert.throws(() => catalogOf({ headed }).client('headed/a'), /TEAM/);
  });

  it('lists the configured providers for one that is not', () => {
    for (const reference of ['openai/gpt-5', 'constructor/x', '__proto__/x']) {
      assert.throws(
        () => catalogOf({ local, other: local }).client(reference),
        (error) =>
          error instanceof ConfigError && /Configured providers: local, other/.test(error.describe()),
      );
    }
  });

  it('refuses a reference without a provider or a model', () => {
    for (const reference of ['gpt-5', '/gpt-5', 'local/', '']) {
      assert.throws(() => catalogOf({ local }).client(reference), /provider\/model/);
    }
  });

  it('takes slashes off the end of a base URL, however many it holds', () => {
    const slashes = '/'.repeat(200_000);
    for (const [baseUrl, path] of [
      [`http://127.0.0.1:1/v1${slashes}`, '/v1'],
      [`http://127.0.0.1:1/v1${slashes}x`, `/v1${slashes}x`],
    ] as const) {
      const client = catalogOf({ long: { baseUrl, location } }).client('long/x');
      assert.equal(client.endpoint, `http://127.0.0.1:1${path}`);
    }
  });

  it('refuses a base URL that is none, or that carries a password', () => {
    for (const baseUrl of ['api.example.com', 'file:///etc', 'https://me:secret@example.com/v1']) {
      assert.throws(
        () => catalogOf({ bad: { baseUrl, location } }).client('bad/x'),
        (error) => error instanceof ConfigError && !/secret/.test(error.describe()),
      );
    }
  });

  describe('max_concurrency', () => {
    const request: ModelRequest = { messages: [{ role: 'user', content: 'x' }], parameters: {} };
    let server: OpenAiServer;
    afterEach(() => server.close());

    it('holds calls back, over all models of a provider, in their order', async () => {
      const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
      server = await startOpenAiServer((_, index) => ({
        text: String(index),
        after: gates[index]?.promise ?? Promise.resolve(),
      }));
      const catalog = catalogOf({ busy: { baseUrl: server.baseUrl, maxConcurrency: 1 } });
      const options = { signal: new AbortController().signal, span: noSpan, timeoutMs: 1000 };
      const calls = ['a', 'b', 'c'].map((model) =>
        catalog.client(`busy/${model}`).complete(request, options),
      );
      for (const [index, gate] of gates.entries()) {
        await server.received(index + 1);
        assert.equal(server.requests.length, index + 1);
        gate.resolve();
        assert.equal((await calls[index])?.text, String(index));
      }
      assert.deepEqual(
        server.requests.map(({ body }) => body.model),
        ['a', 'b', 'c'],
      );
    });

    it('lets a waiting call be cancelled, and gives its place to the next', async () => {
      const gate = Promise.withResolvers<void>();
      server = await startOpenAiServer(() => ({ text: 'x', after: gate.promise }));
      const client = catalogOf({ busy: { baseUrl: server.baseUrl, maxConcurrency: 1 } }).client('busy/a');
      const caller = new AbortController();
      const options = { signal: new AbortController().signal, span: noSpan, timeoutMs: 1000 };
      const first = client.complete(request, options);
      const second = client.complete(request, { ...options, signal: caller.signal });
      const third = client.complete(request, options);
      caller.abort(new Error('no longer wanted'));
      await assert.rejects(second, /no longer wanted/);
      gate.resolve();
      await Promise.all([first, third]);
      assert.equal(server.requests.length, 2);
    });
  });
});
