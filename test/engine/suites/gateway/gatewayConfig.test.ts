import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { readTarget, targetText } from '../../../../src/engine/suites/gateway/armTarget.ts';
import type { GatewayConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { coversPattern, matchesModel } from '../../../../src/engine/suites/gateway/modelPattern.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const SUITE = `suites:
  support:
    dataset: d.golden.yaml
    targets: [{ echo: true }]
    evaluators: [is-json]
    gate: { min_pass_rate: 1 }
  exact:
    dataset: d.golden.yaml
    targets: [{ echo: true }]
    evaluators: [equals]
    gate: { min_pass_rate: 1 }
`;

/** A configuration whose section begins in line 1; `routes` is written in flow style, a route a line. */
async function read(gateway: string, rest = '') {
  const root = temporaryFolder({
    'touchstone.yaml': `gateway:\n${gateway}\n${SUITE}${rest}`,
    'd.golden.yaml':
      'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: x, expected_output: { answer: x } }\n',
    'releases/warm.yaml': '',
    'releases/crisp.yaml': '',
  });
  const { signal } = new AbortController();
  const { workspace, problems } = await checkWorkspace({ root, environment: fixedEnvironment({}), signal });
  return {
    gateway: workspace?.config.gateway,
    problems: problems.map(({ severity, message, remedy, location: { line, column } }) => {
      return `${line}:${column} ${severity === 'warning' ? 'warning: ' : ''}${message}${remedy === undefined ? '' : ` / ${remedy}`}`;
    }),
  };
}

/** One route. */
const route = (text: string, rest?: string) => read(`  routes:\n    a: ${text}`, rest);

describe('the gateway section of touchstone.yaml', () => {
  it('fills in every default', async () => {
    const { gateway, problems } = await route('{ to: openai }');
    assert.deepEqual(problems, []);
    assert.deepEqual(gateway, {
      routes: [
        {
          name: 'a',
          location: { path: 'touchstone.yaml', line: 3, column: 5 },
          match: { path: '/v1' },
          arms: [{ name: 'openai', weight: 1, target: { kind: 'provider', provider: 'openai' } }],
          pool: 'gateway',
          limits: {
            firstTokenMs: 120_000,
            idleMs: 60_000,
            wholeMs: 600_000,
            pauseMs: 5_000,
            queueMs: 60_000,
          },
          fallbacks: [],
          cache: false,
          isSafeToMirror: false,
          keep: 'content',
        },
      ],
    } satisfies GatewayConfig);
  });

  it('takes every setting', async () => {
    const { gateway, problems } = await read(
      `  port: 0
  routes:
    support:
      model: [support, "gpt-5*"]
      to: [{ name: blue, target: release/warm, weight: 90 }, { name: green, target: release/crisp, weight: 0.5 }]
      sticky: header:X-User-Id
      bulkhead: slow
      limits: { first_token: 30s, idle: 5s, whole: 1h }
      fallbacks: [openai/gpt-5-nano, openai, { url: http://127.0.0.1:9000/x }]
      cache: true
      keep: redacted
      safe_to_mirror: true
      shadow: { to: { url: http://127.0.0.1:9000 }, share: 0.1, suite: support, max_pairs: 50, max_cost_usd: 5, for: 7d, workers: 2, queue: 0 }`,
      'bulkheads: { slow: { max_concurrency: 1 } }\ncaches: { exact: true }\n',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(gateway, {
      port: 0,
      routes: [
        {
          name: 'support',
          location: { path: 'touchstone.yaml', line: 4, column: 5 },
          match: { path: '/v1', models: ['support', 'gpt-5*'] },
          arms: [
            { name: 'blue', weight: 90, target: { kind: 'release', release: 'warm' } },
            { name: 'green', weight: 0.5, target: { kind: 'release', release: 'crisp' } },
          ],
          sticky: { by: 'header', header: 'x-user-id' },
          pool: 'slow',
          limits: {
            firstTokenMs: 30_000,
            idleMs: 5_000,
            wholeMs: 3_600_000,
            pauseMs: 5_000,
            queueMs: 60_000,
          },
          fallbacks: [
            { kind: 'provider', provider: 'openai', model: 'gpt-5-nano' },
            { kind: 'provider', provider: 'openai' },
            { kind: 'agent', url: 'http://127.0.0.1:9000/x' },
          ],
          cache: true,
          isSafeToMirror: true,
          keep: 'redacted',
          shadow: {
            to: { kind: 'agent', url: 'http://127.0.0.1:9000' },
            share: 0.1,
            suite: 'support',
            maxPairs: 50,
            maxCostUsd: 5,
            maxMs: 604_800_000,
            workers: 2,
            queue: 0,
          },
        },
      ],
    } satisfies GatewayConfig);
  });

  it('has routes in the order of the file, also those whose names are numbers', async () => {
    const { gateway } = await read(
      '  routes: { b: { model: b, to: openai }, 2: { model: c, to: openai }, 1: { model: d, to: openai } }',
    );
    assert.deepEqual(
      gateway?.routes.map(({ name }) => name),
      ['b', '2', '1'],
    );
  });

  it('expects an agent at /agents and the name of its route, and one with a model below /v1', async () => {
    const { gateway } = await read(
      '  routes:\n    a: { to: { url: http://127.0.0.1:1 } }\n    b: { model: b, to: { url: http://127.0.0.1:1 } }\n    c: { path: /x/y, to: { url: http://127.0.0.1:1 } }',
    );
    assert.deepEqual(
      gateway?.routes.map(({ match }) => match.path),
      ['/agents/a', '/v1', '/x/y'],
    );
  });

  it('is absent where the file has none, and enough for a file without suites', async () => {
    const { signal } = new AbortController();
    const check = (text: string) => {
      const root = temporaryFolder({ 'touchstone.yaml': text });
      return checkWorkspace({ root, environment: fixedEnvironment({}), signal });
    };
    assert.equal((await check('suites: {}\n')).workspace?.config.gateway, undefined);
    const { workspace, problems } = await check('gateway: {}\n');
    assert.deepEqual([workspace?.config.gateway, problems], [{ routes: [] }, []]);
  });

  const wrong: [route: string, ...problems: string[]][] = [
    [
      '{ to: openai, stikcy: user }',
      '3:22 "stikcy" is not a key of gateway.routes.a / Did you mean "sticky"?',
    ],
    [
      '{ to: { url: "http://x", headers: {} } }',
      '3:33 "headers" is not a key of gateway.routes.a.to / Known keys: url.',
    ],
    ['{ model: x }', '3:5 gateway.routes.a needs "to" / Add "to".'],
    ['{ to: opnai }', '3:14 there is no provider "opnai" / Did you mean "openai"?'],
    ['{ to: opnai/gpt }', '3:14 there is no provider "opnai" / Did you mean "openai"?'],
    [
      '{ to: openai/ }',
      '3:14 the model "openai/" is not of the form provider/model / For example: openai/gpt-5-mini',
    ],
    [
      '{ to: vscode/gpt }',
      '3:14 models of the editor (vscode/…) cannot be reached through the gateway / Use a configured provider: openai.',
    ],
    [
      '{ to: release/wram }',
      '3:14 warning: there is no release "wram" (releases/wram.yaml) / Did you mean "warm"?',
    ],
    [
      '{ to: release/../../etc/passwd }',
      '3:14 "../../etc/passwd" is not the name of a release / Create it with `touchstone release create`, or use: crisp, warm.',
    ],
    [
      '{ to: openai, fallbacks: [openai/a, nobody] }',
      '3:44 there is no provider "nobody" / Write provider/model, or one of the configured providers: openai.',
    ],
    ['{ to: openai, bulkhead: gatway }', '3:32 there is no bulkhead "gatway" / Did you mean "gateway"?'],
    [
      '{ to: openai, cache: true }',
      '3:29 cache: true needs a cache, and caches.exact is not switched on / Add caches: { exact: true }, or remove cache.',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: -1 }] }',
      '3:50 gateway.routes.a.to[0].weight is -1; expected at least 0',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: .nan }] }',
      '3:50 .nan is not a finite number / Quote it if it is a string.',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: "1" }] }',
      '3:50 gateway.routes.a.to[0].weight is "1"; expected a number',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: 1e300 }] }',
      '3:50 gateway.routes.a.to[0].weight is 1e+300; expected at most 1000000',
    ],
    ['{ to: [] }', '3:14 gateway.routes.a.to is empty; expected at least 1 entry'],
    [
      '{ to: [{ name: x, target: openai, weight: 0 }] }',
      '3:14 warning: the only weight is 0, so the route "a" answers no request / Give one of its targets a weight above 0.',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: 0 }, { name: y, target: openai/b, weight: 0 }] }',
      '3:14 warning: all weights are 0, so the route "a" answers no request / Give one of its targets a weight above 0.',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: 1 }, { name: x, target: openai/b, weight: 1 }] }',
      '3:63 the name "x" is used twice in this route / Give each target of a route a name of its own.',
    ],
    [
      '{ to: { url: ftp://x } }',
      '3:21 "ftp://x" is not a URL that begins with http:// or https:// / Check the address.',
    ],
    [
      '{ to: { url: "http://me:pw@x" } }',
      '3:21 gateway.routes.a.to.url holds a user name or password / Take it out of the address.',
    ],
    [
      '{ to: { url: "http://${env:HOST}" } }',
      '3:21 ${env:HOST} is not filled in here (gateway.routes.a.to.url) / Environment variables are filled in for api_key and headers of providers, for headers and env of targets, for headers of traces.forward and stream, for environment of versions, and for the secret of a webhook.',
    ],
    [
      '{ to: { url: "http://[::ffff:169.254.169.254]/x" } }',
      '3:21 [::ffff:a9fe:a9fe] is a link-local address, where cloud machines keep their credentials; nothing is sent there / Use another address.',
    ],
    [
      '{ to: { url: "http://x/?key=1" } }',
      '3:21 "http://x/?key=1" has a query; the path of each request is added to this URL / Remove everything from "?" on.',
    ],
    [
      '{ path: /agents/x, to: openai }',
      '3:31 "openai" answers only requests below /v1, and the path of this route is /agents/x / Use a path below /v1, or an HTTP agent: { url: … }.',
    ],
    [
      '{ path: /x, model: m, to: { url: http://x } }',
      '3:20 only requests below /v1 name a model, and the path of this route is /x / Remove model or path.',
    ],
    [
      '{ path: /x/, to: { url: http://x } }',
      '3:16 gateway.routes.a.path is "/x/"; expected a path such as /agents/support, without "/" at its end',
    ],
    [
      '{ path: /x/../y, to: { url: http://x } }',
      '3:16 gateway.routes.a.path is "/x/../y"; expected a path such as /agents/support, without "/" at its end',
    ],
    [
      '{ to: openai, sticky: user }',
      '3:22 warning: sticky has no effect in a route with one target / Remove it, or add a second target.',
    ],
    [
      '{ to: [{ name: x, target: openai, weight: 1 }, { name: y, target: openai/b, weight: 1 }], sticky: header:Authorization }',
      '3:106 the header authorization holds a credential, which is not kept / Use a header that says who or what it is, such as header:x-user-id.',
    ],
    [
      '{ to: openai/a, fallbacks: [openai/a] }',
      '3:36 "openai/a" cannot be its own fallback / Name another target.',
    ],
    [
      '{ to: openai/a, fallbacks: [openai/b, openai/b] }',
      '3:46 the fallback "openai/b" is listed twice / Remove one of them.',
    ],
    ['{ to: openai, limits: { idle: 0s } }', '3:38 idle is 0s; expected a time above 0 and up to 1d'],
    ['{ to: openai, limits: { queue: 2d } }', '3:39 queue is 2d; expected a time of up to 1d'],
    ['{ to: openai, limits: { whole: 2d } }', '3:39 whole is 2d; expected a time above 0 and up to 1d'],
    [
      '{ to: openai, limits: { first_token: 2m, whole: 1m } }',
      '3:45 warning: first_token (2m) is never reached, because whole is 1m / Lower first_token or raise whole.',
    ],
    [
      '{ to: openai, shadow: { to: openai/b, share: 1.5 } }',
      '3:53 gateway.routes.a.shadow.share is 1.5; expected at most 1',
    ],
    [
      '{ to: openai, shadow: { to: openai/b, share: 0 } }',
      '3:53 warning: share is 0, so no request is copied / Raise it, or remove the shadow.',
    ],
    [
      '{ to: openai, shadow: { to: openai/b, share: 1, suite: suport } }',
      '3:63 there is no suite "suport" / Did you mean "support"?',
    ],
    [
      '{ to: openai, shadow: { to: openai/b, share: 1, suite: exact } }',
      '3:63 warning: no evaluator of the suite "exact" can score live answers, because all of them need an expected answer or several answers / Add an evaluator that looks at the answer alone, such as rubric or is-json.',
    ],
    [
      '{ to: { url: http://x }, shadow: { to: { url: http://y }, share: 1 } }',
      '3:33 a shadow asks an HTTP agent twice, and this route does not say that this is safe / Add safe_to_mirror: true to the route if the agents do nothing but answer, or remove the shadow.',
    ],
  ];
  for (const [text, ...expected] of wrong) {
    it(`says what is wrong with ${text}`, async () => {
      const { problems } = await route(text);
      assert.deepEqual(problems, expected);
    });
  }

  it('warns of a provider that is called as releases are', async () => {
    const { problems } = await read(
      '  routes: {}',
      'providers: { release: { base_url: "http://127.0.0.1:1/v1" } }\n',
    );
    assert.deepEqual(problems, [
      '14:14 warning: the gateway never asks a provider called "release": release/… is the name of a release / Rename the provider.',
    ]);
  });

  const unreachable: [routes: string, ...problems: string[]][] = [
    [
      'a: { to: openai }\n    b: { model: x, to: openai }',
      '4:5 no request reaches the route "b", because "a" before it answers all of them',
    ],
    [
      'a: { model: "gpt*", to: openai }\n    b: { model: [gpt-5, "gpt-*-mini"], to: openai }',
      '4:5 no request reaches the route "b", because "a" before it answers all of them',
    ],
    [
      'a: { model: "a*", to: openai }\n    b: { model: "b*", to: openai }\n    c: { model: [ab, ba], to: openai }',
      '5:5 no request reaches the route "c", because "a" and "b" before it answer all of them',
    ],
    [
      'a: { model: "gpt*", to: openai }\n    b: { model: [x, gpt-5], to: openai }',
      '4:21 warning: requests for "gpt-5" go to the route "a", which comes first',
    ],
    [
      'a: { path: /x, to: { url: http://x } }\n    b: { path: /x/y, to: { url: http://x } }',
      '4:5 no request reaches the route "b", because "a" before it answers all of them',
    ],
    // Requests without a model still come to the second.
    ['a: { model: "*", to: openai }\n    b: { to: openai/x }'],
    ['a: { path: /x/y, to: { url: http://x } }\n    b: { path: /x, to: { url: http://x } }'],
    ['a: { path: /x, to: { url: http://x } }\n    b: { path: /xy, to: { url: http://x } }'],
    ['a: { path: /v1/embeddings, to: openai }\n    b: { model: x, to: openai/y }'],
  ];
  for (const [routes, ...expected] of unreachable) {
    it(`finds what is never reached in ${routes.replaceAll(/\s+/g, ' ')}`, async () => {
      const { problems } = await read(`  routes:\n    ${routes}`);
      assert.deepEqual(
        problems.map((problem) => problem.replace(/ \/ .*$/, '')),
        expected,
      );
    });
  }
});

describe('patterns of models', () => {
  const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 7 });

  function asRegExp(text: string): RegExp {
    return new RegExp(
      `^${text
        .split('*')
        .map((part) => part.replace(/[^\w]/g, '\\$&'))
        .join('.*')}$`,
      's',
    );
  }

  it('mean the same as regular expressions', () => {
    fc.assert(
      fc.property(alphabet, pattern, (model, text) => {
        assert.equal(matchesModel(model, text), asRegExp(text).test(model));
      }),
      { numRuns: 2_000 },
    );
  });

  it('cover others exactly if they match all that those do', () => {
    // All texts of up to 5 letters, one of which stands in no pattern.
    const texts = [''];
    for (let at = 0; (texts[at] ?? '').length < 5; at++)
      texts.push(...['a', 'b', 'z'].map((letter) => texts[at] + letter));
    const small = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 4 });
    fc.assert(
      fc.property(small, small, (outer, inner) => {
        const expected = texts.every((text) => !asRegExp(inner).test(text) || asRegExp(outer).test(text));
        assert.equal(coversPattern(outer, inner), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a model of a hundred thousand letters at once', () => {
    const model = 'a'.repeat(100_000);
    assert.equal(matchesModel(model, '*a*a*a*a*a*b'), false);
    assert.equal(matchesModel(model, '*a*a*a*a*a*b*'), false);
  });
});

describe('targets of routes', () => {
  it('are shown as they are written', () => {
    for (const text of ['openai', 'openai/gpt-5', 'router/meta/llama', 'release/warm'])
      assert.equal(targetText(readTarget(text)), text);
    assert.deepEqual(readTarget('router/meta/llama'), {
      kind: 'provider',
      provider: 'router',
      model: 'meta/llama',
    });
  });
});
