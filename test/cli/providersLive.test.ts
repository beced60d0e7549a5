import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROMPT = 'user:\nSay {{input}}.\n';
const cases = (count: number) =>
  `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${Array.from({ length: count }, (_, at) => `  - { id: c${at}, input: x${at} }\n`).join('')}`;

const config = (baseUrl: string, resilience: string, more = '') => `
providers: { cloud: { base_url: "${baseUrl}", resilience: ${resilience} } }
suites:
  s:
    dataset: a.golden.yaml
    targets: [{ name: m, prompt: p.prompty, model: cloud/one }]
    evaluators: [{ contains: a }]
    max_concurrency: 1
    timeout_ms: 20000
    gate: { min_pass_rate: 0.5 }
${more}`;

describe('a run whose provider holds calls up', function () {
  this.timeout(60_000);
  const cleanups: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  it('says that it waits, shows it to another terminal, and sums it up in the end', async () => {
    const held = Promise.withResolvers<void>();
    const server = await startOpenAiServer((_request, index) =>
      index === 2
        ? { status: 429, message: 'Rate limit reached', headers: { 'retry-after': '4' } }
        : { text: 'an answer', ...(index === 3 ? { after: held.promise } : {}) },
    );
    cleanups.push(() => server.close());
    const folder = temporaryFolder({
      'touchstone.yaml': config(
        server.baseUrl,
        '{ retry: { budget: 1 } }',
        'bulkheads: { judge: { max_concurrency: 2 } }\n',
      ),
      'a.golden.yaml': cases(6),
      'p.prompty': PROMPT,
    });

    const run = startTouchstone(folder, 'eval', '--no-progress');
    await server.received(4);
    // The process writes how its providers are doing every two seconds.
    let shown = await touchstone(folder, 'providers', '--json');
    while (JSON.parse(shown.out).providers[0].health?.calls.underWay !== 1)
      shown = await touchstone(folder, 'providers', '--json');
    const [cloud] = JSON.parse(shown.out).providers;
    assert.equal(cloud.name, 'cloud');
    assert.equal(cloud.health.totals.rateLimited, 1);
    assert.match((await touchstone(folder, 'providers')).out, /^Providers\n.*\n {2}cloud +1 in progress/);
    held.resolve();

    const { code, out, err } = await run.done;
    assert.equal(code, 0, err);
    assert.match(err, /^cloud: waits [34] s, asked by the provider \(429\)$/m);
    assert.match(
      out,
      /^cloud: 6 calls, 1 retry, 1 refused for their rate \(429\), .* of waiting over all calls$/m,
    );
    assert.match((await touchstone(folder, 'providers')).out, /^No run is in progress/);
  });

  it('says that the breaker is open, and when a run that stopped can go on', async () => {
    const server = await startOpenAiServer((_request, index) =>
      index < 3 ? { text: 'an answer' } : { status: 503, message: 'upstream connect error' },
    );
    cleanups.push(() => server.close());
    const folder = temporaryFolder({
      'touchstone.yaml': config(server.baseUrl, '{ breaker: { failures: 2, open_s: 60 }, retry: false }'),
      'a.golden.yaml': cases(40),
      'p.prompty': PROMPT,
    });

    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 1);
    assert.match(err, /stopped cloud\/one: the circuit breaker is open.*continue after \d{4}-\d\d-\d\dT/);
    assert.match(out, /^cloud: \d+ calls, \d+ rejected before they were sent/m);
    // A fast run may end before it is looked at; what is told is told in words.
    assert.ok(
      server.requests.length < 8,
      `${server.requests.length} requests reached a provider that is down`,
    );
  });

  it('stops where a quota is used up, and stores no trial as failed for it', async () => {
    let credit = 3;
    const server = await startOpenAiServer(() =>
      credit-- > 0
        ? { text: 'an answer' }
        : { status: 429, code: 'insufficient_quota', message: 'You exceeded your current quota' },
    );
    cleanups.push(() => server.close());
    const folder = temporaryFolder({
      'touchstone.yaml': config(server.baseUrl, '{ breaker: { open_s: 120 } }'),
      'a.golden.yaml': cases(8),
      'p.prompty': PROMPT,
    });

    const { code, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 1, err);
    assert.match(err, /the circuit breaker is open after a quota or credit was used up/);
    assert.equal(server.requests.length, 4);

    credit = 100;
    const resumed = await touchstone(folder, 'eval', '--resume');
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.out, /8 of 8|8\/8/);
    assert.equal(server.requests.length, 9);
  });

  it('says nothing of a provider that simply answers', async () => {
    const server = await startOpenAiServer(() => ({ text: 'an answer' }));
    cleanups.push(() => server.close());
    const folder = temporaryFolder({
      'touchstone.yaml': config(server.baseUrl, '{}'),
      'a.golden.yaml': cases(5),
      'p.prompty': PROMPT,
    });
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 0, out);
    assert.equal(err, '');
    assert.doesNotMatch(out, /^cloud:/m);
  });
});
