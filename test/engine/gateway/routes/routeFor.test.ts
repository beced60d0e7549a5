import assert from 'node:assert/strict';
import fc from 'fast-check';
import { routeFor } from '../../../../src/engine/gateway/routes/routeFor.ts';
import { targetText } from '../../../../src/engine/suites/gateway/armTarget.ts';
import { routeOf } from './routeOf.ts';

const providers = {
  openai: { baseUrl: 'https://api.openai.com/v1' },
  local: { baseUrl: 'http://127.0.0.1:9/v1' },
};

const gateway = {
  routes: [
    routeOf({ name: 'exact', match: { path: '/v1', models: ['support', 'gpt-5*-mini'] } }),
    routeOf({ name: 'embeddings', match: { path: '/v1/embeddings' } }),
    routeOf({ name: 'any', match: { path: '/v1', models: ['claude*'] } }),
    routeOf({ name: 'agent', match: { path: '/agents/support' } }),
    routeOf({ name: 'agents', match: { path: '/agents' } }),
  ],
};

describe('the route of a request', () => {
  const chosen: [path: string, model: string | undefined, route: string | undefined][] = [
    ['/v1/chat/completions', 'support', 'exact'],
    ['/v1/responses', 'gpt-5-mini', 'exact'],
    ['/v1/responses', 'gpt-5.1-mini', 'exact'],
    ['/v1/embeddings', 'support', 'exact'],
    ['/v1/embeddings', 'text-embedding-3-small', 'embeddings'],
    ['/v1/embeddings', undefined, 'embeddings'],
    ['/v1/embeddings/x', undefined, 'embeddings'],
    ['/v1/messages', 'claude-sonnet', 'any'],
    // Case counts, and so does every letter.
    ['/v1/responses', 'Support', 'provider/openai'],
    ['/v1/responses', 'supports', 'provider/openai'],
    ['/agents/support', undefined, 'agent'],
    ['/agents/support/chat', undefined, 'agent'],
    ['/agents/supporters', undefined, 'agents'],
    ['/agents', undefined, 'agents'],
    ['/agentsx', undefined, undefined],
    ['/', undefined, undefined],
    ['', undefined, undefined],
    // Without configuration.
    ['/v1/chat/completions', 'gpt-5', 'provider/openai'],
    ['/v1/chat/completions', 'local/llama', 'provider/local'],
    ['/v1/chat/completions', 'local/meta/llama', 'provider/local'],
    ['/v1/chat/completions', 'meta/llama', 'provider/openai'],
    ['/v1/chat/completions', 'toString/x', 'provider/openai'],
    ['/v1/chat/completions', 'release/warm', 'release/warm'],
    ['/v1/chat/completions', 'release/../warm', undefined],
    ['/v1/chat/completions', 'release/', undefined],
    ['/v1/chat/completions', undefined, 'provider/openai'],
    ['/v1/models', undefined, 'provider/openai'],
    ['/v1/models/gpt-5', undefined, 'provider/openai'],
    ['/v1/models/meta%2Fllama', undefined, 'provider/openai'],
    ['/v1/messages', 'gpt-5', undefined],
    ['/v1/messages', 'local/llama', 'provider/local'],
    // Nobody knows whose files they are, as there are two providers.
    ['/v1/files', undefined, undefined],
    ['/v12/files', undefined, undefined],
    // What leads elsewhere.
    ['/agents/support/../admin', undefined, undefined],
    ['/agents/support/%2e%2E/admin', undefined, undefined],
    ['/agents/support/..%2Fadmin', undefined, undefined],
    ['/agents/support/x%2f..', undefined, undefined],
    ['/agents/support/./x', undefined, undefined],
    ['/agents/support\\..\\x', undefined, undefined],
    ['/agents/support/%5c..', undefined, undefined],
    ['/agents/support/..x', undefined, 'agent'],
    ['/agents/support/a.b', undefined, 'agent'],
    ['/agents/support?x', undefined, undefined],
    ['/v1/responses', `support${'x'.repeat(1_000_000)}`, undefined],
  ];
  for (const [path, model, expected] of chosen) {
    it(`is ${expected ?? 'none'} for ${path} and ${model === undefined ? 'no model' : model.slice(0, 30)}`, () => {
      assert.equal(routeFor({ gateway, providers }, { path, model })?.name, expected);
    });
  }

  const anthropic: [providers: { [name: string]: { baseUrl: string } }, expected: string | undefined][] = [
    [{ anthropic: { baseUrl: 'http://127.0.0.1:1' } }, 'provider/anthropic'],
    [{ claude: { baseUrl: 'https://api.anthropic.com/v1' } }, 'provider/claude'],
    [{ claude: { baseUrl: 'https://api.anthropic.com.example.com/v1' } }, undefined],
    [{ claude: { baseUrl: 'nonsense' } }, undefined],
    [{}, undefined],
  ];
  for (const [more, expected] of anthropic) {
    it(`is ${expected ?? 'none'} for Claude where ${JSON.stringify(more)} is configured`, () => {
      const config = { providers: { ...providers, ...more } };
      for (const path of ['/v1/messages', '/v1/messages/count_tokens'])
        assert.equal(routeFor(config, { path, model: 'claude-sonnet' })?.name, expected);
      assert.equal(
        routeFor(config, { path: '/v1/chat/completions', model: 'claude-sonnet' })?.name,
        'provider/openai',
      );
    });
  }

  it('goes to the only provider there is, whatever the path', () => {
    const only = { providers: { openai: providers.openai } };
    assert.equal(routeFor(only, { path: '/v1/files', model: undefined })?.name, 'provider/openai');
  });

  it('leaves the model to the request where a provider is named', () => {
    const route = routeFor({ providers }, { path: '/v1/responses', model: 'local/x' });
    assert.deepEqual(route, {
      name: 'provider/local',
      match: { path: '/v1', models: ['local/*'] },
      arms: [{ name: 'provider/local', weight: 1, target: { kind: 'provider', provider: 'local' } }],
      pool: 'gateway',
      limits: { firstTokenMs: 120_000, idleMs: 60_000, wholeMs: 600_000, pauseMs: 5_000, queueMs: 60_000 },
      fallbacks: [],
      cache: false,
      isSafeToMirror: false,
      keep: 'content',
    });
    const release = routeFor({ providers }, { path: '/v1/responses', model: 'release/warm' });
    assert.equal(release?.arms.map(({ target }) => targetText(target)).join(), 'release/warm');
  });

  it('is found or not for any path and model, and never throws', () => {
    const path = fc.oneof(
      fc.string(),
      fc.webPath(),
      fc.string().map((rest) => `/v1/${rest}`),
    );
    fc.assert(
      fc.property(path, fc.option(fc.string(), { nil: undefined }), (given, model) => {
        const route = routeFor({ gateway, providers }, { path: given, model });
        if (route) assert.ok(given === route.match.path || given.startsWith(`${route.match.path}/`));
      }),
      { numRuns: 1_000 },
    );
  });
});
