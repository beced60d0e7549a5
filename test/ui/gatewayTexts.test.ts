import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RouteEntry, ServingGateway, ShadowEntry } from '../../src/protocol/gatewayEntries.ts';
import type { ServicesStatus } from '../../src/protocol/servicesCalls.ts';
import { stubEditor } from '../support/editorStub.ts';

stubEditor();
const texts = await import('../../src/ui/gateway/gatewayTexts.ts');
const { receiverFacts } = await import('../../src/ui/services/receiverTexts.ts');

const arm = (more: Partial<RouteEntry['arms'][number]> = {}): RouteEntry['arms'][number] => ({
  ...{ arm: 'blue', target: 'local/old', weight: 90, requests: 1_200, failed: 12, p50Ms: 12, p95Ms: 1_500 },
  ...{ tokens: 9, costUsd: 0.5, unpriced: 0 },
  ...more,
});

const route = (more: Partial<RouteEntry> = {}): RouteEntry => ({
  ...{ route: 'support', path: '/v1', models: ['support'], inFlight: 0, arms: [arm()] },
  ...{ mismatch: null, shadow: null },
  ...more,
});

const shadow = (more: Partial<ShadowEntry> = {}): ShadowEntry => ({
  ...{ to: 'local/new', share: 0.1, suite: null, state: 'mirroring', reason: null },
  ...{ mirrored: 14, pairs: 12, queued: 0, dropped: {}, costUsd: 0.12, unpriced: 0, diverged: 0 },
  ...{ runId: null, verdict: null, limits: { maxPairs: 40, maxCostUsd: null, endsMs: null } },
  interference: {
    on: { requests: 1, p50Ms: null, p99Ms: null },
    off: { requests: 0, p50Ms: null, p99Ms: null },
    ...{ p: null, isTripped: false },
  },
  ...more,
});

const serving = (more: Partial<ServingGateway> = {}): ServingGateway => ({
  ...{ state: 'serving', port: 4320, endpoint: 'http://127.0.0.1:4320', token: 't', anthropic: false },
  ...{ keep: true, insteadOf: null, problem: null, keysWanted: [], routes: [route()] },
  ...more,
});

describe('texts of the gateway', () => {
  const ROUTES: [Partial<RouteEntry>, text: string][] = [
    [{}, '1,200 requests'],
    [{ arms: [arm({ requests: 1 })], inFlight: 2 }, '1 request · 2 in progress'],
    [{ mismatch: { p: 0.001 } }, 'split does not fit the weights · 1,200 requests'],
    [{ shadow: shadow() }, '1,200 requests · mirrored'],
    [{ shadow: shadow({ state: 'ended' }) }, '1,200 requests'],
  ];
  for (const [more, text] of ROUTES)
    it(`say of a route: ${text}`, () => assert.equal(texts.routeText(route(more)), text));

  it('say what is wrong, what to do about it, and what a click does', () => {
    const problem = 'touchstone.yaml:3:16: error: "prompt" is not a key of suites.s';
    const key = { provider: 'openai', origin: 'https://api.openai.com', variable: 'OPENAI_API_KEY' };
    const insteadOf = { port: 4320, holder: 'node (process 7)' };
    const concerns = texts.gatewayConcerns(
      serving({ problem, keysWanted: [key], insteadOf, port: 5001, endpoint: 'http://127.0.0.1:5001' }),
    );
    const place = { path: 'touchstone.yaml', line: 3, column: 16 };
    assert.deepEqual(
      concerns.map(({ text, does }) => [text, does]),
      [
        [problem, { kind: 'open', place }],
        ['No API key for openai at https://api.openai.com: OPENAI_API_KEY is not set', { kind: 'set-key' }],
        ['Port 4320 is in use by node (process 7)', undefined],
      ],
    );
    assert.match(concerns[2]?.help ?? '', /^Port 5001 is used in its place\./);
    assert.deepEqual(texts.gatewayConcerns(serving({ problem: 'the disk is full' })), [
      { text: 'the disk is full' },
    ]);

    const failed = { state: 'failed' as const, port: 4320, message: 'port 4320 is in use', remedy: '' };
    const [only] = texts.gatewayConcerns(failed);
    assert.deepEqual([only?.text, only?.does], ['port 4320 is in use', { kind: 'start' }]);
    assert.equal(only?.help, 'Click to start the gateway on another port.');
    assert.deepEqual(texts.gatewayConcerns({ state: 'off' }), []);
  });

  it('name a route that is there without configuration by what it leads to', () => {
    const seen = ['provider/local', 'release/warm', 'support'].map((name) => route({ route: name }));
    assert.deepEqual(seen.map(texts.routeName), ['local', 'release/warm', 'support']);
    assert.deepEqual(seen.map(texts.isBuiltIn), [true, true, false]);
  });

  it('say of a target only what was measured, and never that an unknown cost is none', () => {
    const text = (more: Parameters<typeof arm>[0]) => texts.armText(arm(more), [arm(more)]);
    assert.equal(text({}), '1,200 requests · 1.0 % failed · p50 12 ms · p95 1.5 s · $0.5000');
    assert.equal(text({ requests: 0, failed: 0, p50Ms: null, p95Ms: null, costUsd: 0 }), '0 requests');
    const none = { p50Ms: null, p95Ms: null, failed: 0, requests: 2 };
    assert.equal(text({ ...none, costUsd: 0, unpriced: 2 }), '2 requests · cost unknown');
    assert.equal(text({ ...none, unpriced: 1 }), '2 requests · at least $0.5000');
  });

  it('say how requests were split only where there are several targets', () => {
    const arms = [arm({ requests: 3, failed: 0 }), arm({ arm: 'green', weight: 10, requests: 1 })];
    assert.match(texts.armText(arm({ requests: 3 }), arms), /^90\.0 %, observed 75\.0 % · 3 requests/);
    const fresh = [arm({ requests: 0 }), arm({ weight: 10, requests: 0 })];
    assert.match(texts.armText(arm({ requests: 0 }), fresh), /^90\.0 % · 0 requests/);
  });

  it('tell what keeps it from working as configured', () => {
    const keysWanted = [{ provider: 'openai', origin: 'https://api.openai.com', variable: 'OPENAI_API_KEY' }];
    const insteadOf = { port: 4320, holder: 'another\nprogram' };
    const facts = texts.gatewayFacts(serving({ keysWanted, insteadOf, problem: 'touchstone.yaml:1:1: no' }));
    assert.deepEqual(facts, [
      'Gateway on http://127.0.0.1:4320',
      '1,200 requests',
      'touchstone.yaml:1:1: no',
      'No API key for openai at https://api.openai.com: OPENAI_API_KEY is not set',
      'Port 4320 is in use by another program',
    ]);
    assert.deepEqual(
      texts.gatewayFacts({ state: 'failed', port: 1, message: 'port 1 is taken', remedy: '' }),
      ['The gateway does not run: port 1 is taken'],
    );
  });
});

describe('texts of a shadow', () => {
  const NOW = 1_000_000;
  const limits = { maxPairs: 40, maxCostUsd: 1, endsMs: NOW + 7_080_000 };

  const BUDGETS: [name: string, Partial<ShadowEntry>, text: string][] = [
    ['no limit but that of pairs', {}, '$0.1200 spent · 12 of 40 pairs'],
    ['all limits', { limits }, '$0.1200 of $1.00 spent · 12 of 40 pairs · 1 h 58 min left'],
    [
      'no time left',
      { limits: { ...limits, endsMs: NOW - 1 } },
      '$0.1200 of $1.00 spent · 12 of 40 pairs · 0 ms left',
    ],
    ['an end', { limits, state: 'ended' }, '$0.1200 of $1.00 spent · 12 of 40 pairs'],
    ['guessed costs', { unpriced: 2 }, 'about $0.1200 spent · 12 of 40 pairs'],
    ['unknown costs', { unpriced: 2, costUsd: 0 }, 'cost unknown · 12 of 40 pairs'],
    [
      'one pair at most',
      { pairs: 0, limits: { ...limits, maxPairs: 1, maxCostUsd: null, endsMs: null } },
      '$0.1200 spent · 0 of 1 pair',
    ],
  ];
  for (const [name, more, text] of BUDGETS)
    it(`tell the budget with ${name}`, () => assert.equal(texts.budgetText(shadow(more), NOW), text));

  const VERDICTS: [Partial<ShadowEntry>, text: string][] = [
    [{}, 'no verdict yet · 12 pairs · 10.0 % mirrored'],
    [{ verdict: 'better' }, 'better so far · 12 pairs · 10.0 % mirrored'],
    [{ verdict: 'worse', state: 'ended', pairs: 1 }, 'worse · 1 pair · ended'],
    [{ state: 'ended' }, 'no verdict · 12 pairs · ended'],
  ];
  for (const [more, text] of VERDICTS)
    it(`say "${text}"`, () => assert.equal(texts.shadowText(shadow(more)), text));
});

const STATUS: ServicesStatus = {
  ...{ pid: 1, version: '1.0.0', startedAt: 0, foreground: false, attached: { windows: 1, terminals: 0 } },
  receiver: { state: 'off' },
  received: { spans: 0, logs: 0, duplicates: 0, recentSpans: 0, lastAt: null },
  ...{ storeProblem: null, liveProblems: [], forward: [], gateway: serving() },
  stream: { monitors: [], behind: 0, problem: null, subscribers: [] },
  deployments: { entries: [], problems: [] },
};

describe('latencies beside a shadow', () => {
  it('are not measured where there was no request', () => {
    assert.equal(texts.latencyText({ requests: 0, p50Ms: null, p99Ms: null }), 'not measured yet');
    assert.equal(texts.latencyText({ requests: 1, p50Ms: null, p99Ms: null }), '1 request');
    assert.equal(texts.latencyText({ requests: 2, p50Ms: 3, p99Ms: 9 }), 'p50 3 ms, p99 9 ms, 2 requests');
  });
});

describe('texts of received traces', () => {
  it('say that requests of the gateway are traced although nothing else is received', () => {
    const facts = receiverFacts({ state: 'attached', status: STATUS });
    assert.deepEqual(facts, ['Traces are not received.', 'Requests of the gateway are traced all the same.']);
  });
});
