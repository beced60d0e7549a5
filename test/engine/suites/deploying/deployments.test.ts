import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();

const REST = `suites:
  support: { dataset: a.golden.yaml, targets: [{ replay: r.jsonl }], evaluators: [ is-json ] }
  strict: { dataset: a.golden.yaml, targets: [{ replay: r.jsonl }], evaluators: [ equals ] }
gateway:
  routes:
    support: { path: /agents/support, to: { url: http://127.0.0.1:9000 } }
    shared: { model: a, to: [{ name: a, target: openai, weight: 1 }, { name: b, target: openai/x, weight: 1 }] }
    closed: { model: b, to: [{ name: a, target: openai, weight: 0 }] }
deployments:
`;
/** Lines before what a test writes. */
const LINES = REST.split('\n').length - 1;

async function check(text: string) {
  const files = {
    'touchstone.yaml': REST + text,
    'r.jsonl': '{"case":"a","output":"{}"}\n',
    'a.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: { q: a } }\n',
  };
  const root = temporaryFolder(files);
  const { workspace, problems } = await checkWorkspace({ root, environment: fixedEnvironment({}), signal });
  const own = problems.filter(({ location }) => location.line > LINES);
  const said = own.map(
    ({ message, remedy, location: { line, column } }) => `${line - LINES}:${column}: ${message} | ${remedy}`,
  );
  return { deployments: workspace?.config.deployments, said };
}

describe('deployments of touchstone.yaml', () => {
  it('are read with every default', async () => {
    const { deployments, said } = await check('  support: { route: support, suite: support }\n');
    assert.deepEqual(said, []);
    const [support] = deployments ?? [];
    assert.deepEqual(support?.router, { kind: 'local', route: 'support' });
    assert.deepEqual(support?.policy, {
      steps: [
        { weight: 1, holdMs: 600_000, minSamples: 30 },
        ...[10, 25, 50, 75, 100].map((weight) => ({ weight, holdMs: 300_000, minSamples: 30 })),
      ],
      undecided: 'pause',
      maxExtensions: 3,
      readyMs: 120_000,
      keepMs: 3_600_000,
      drainMs: 30_000,
      confirm: false,
    });
    assert.deepEqual(support?.evidence, {
      share: 1,
      maxErrorIncrease: 0.02,
      goldenCases: false,
      shadowPairs: false,
      prometheus: [],
    });
  });

  it('are read with all that they can say', async () => {
    const { deployments, said } = await check(`
  support:
    route: support
    suite: support
    versions:
      older: { command: [node, agent/older.mjs], port_variable: PORT, ready: /healthz, environment: { KEY: "\${env:KEY}" } }
      newer: { url: http://127.0.0.1:9001, ready: /up }
    steps: [5, { weight: 50, hold: 10s, min_samples: 7 }, 100]
    hold: 1m
    min_samples: 20
    undecided: extend
    max_extensions: 1
    early_pass: 30s
    ready_within: 5s
    keep: 0
    drain: 1s
    confirm: true
    evidence:
      share: 0.5
      max_cost_usd: 2.00
      max_error_increase: 0
      max_latency_increase: 0.25
      golden_cases: true
      prometheus: [{ name: errors, url: http://127.0.0.1:9090, query: 'rate(errors{version="{{green}}"}[{{window}}])', max: 0.1 }]
`);
    assert.deepEqual(said, []);
    const [one] = deployments ?? [];
    assert.deepEqual(
      one?.versions.map(({ name, what }) => [name, what]),
      [
        [
          'older',
          {
            kind: 'program',
            command: ['node', 'agent/older.mjs'],
            portVariable: 'PORT',
            readyPath: '/healthz',
            environment: { KEY: '${env:KEY}' },
          },
        ],
        ['newer', { kind: 'url', url: 'http://127.0.0.1:9001', readyPath: '/up' }],
      ],
    );
    assert.deepEqual(one?.policy, {
      steps: [
        { weight: 5, holdMs: 60_000, minSamples: 20 },
        { weight: 50, holdMs: 10_000, minSamples: 7 },
        { weight: 100, holdMs: 60_000, minSamples: 20 },
      ],
      undecided: 'extend',
      maxExtensions: 1,
      earlyPassMs: 30_000,
      readyMs: 5000,
      keepMs: 0,
      drainMs: 1000,
      confirm: true,
    });
    assert.equal(one?.evidence.maxErrorIncrease, 0);
    assert.equal(one?.evidence.maxCostUsd, 2);
    assert.equal(one?.evidence.prometheus[0]?.max, 0.1);
  });

  it('are read of a cluster', async () => {
    const { deployments, said } = await check(`
  shop:
    kubernetes: { namespace: shop, deployment: support, service: support, http_route: support, context: prod }
    versions: { next: { image: shop/support@sha256:abc, environment: { MODE: next } } }
`);
    assert.deepEqual(said, []);
    assert.deepEqual(deployments?.[0]?.router, {
      kind: 'kubernetes',
      namespace: 'shop',
      deployment: 'support',
      service: 'support',
      httpRoute: 'support',
      context: 'prod',
    });
  });

  const CLUSTER = 'kubernetes: { namespace: a, deployment: b, service: c, http_route: d }';
  for (const [what, text, ...expected] of [
    ['an unknown route', 'route: suport', '2:12: there is no route "suport" | Did you mean "support"?'],
    [
      'a route that shares its traffic',
      'route: shared',
      '2:12: the route "shared" shares its traffic among 2 targets, and a deployment moves it away from one | Leave one target in "to" of the route; the deployment adds the other one itself.',
    ],
    [
      'a route without traffic',
      'route: closed',
      '2:12: the route "closed" answers no request, so there is no traffic to move | Leave one target in "to" of the route; the deployment adds the other one itself.',
    ],
    [
      'nothing that is steered',
      'suite: support',
      '1:3: it is not said whose traffic is moved | Add "route", the name of a route of the gateway, or "kubernetes".',
    ],
    [
      'two things that are steered',
      `route: support\n    ${CLUSTER}`,
      '3:5: "route" and "kubernetes" cannot be used together: one of them moves the traffic | Remove one of them, or write two deployments.',
    ],
    [
      'an unknown suite',
      'route: support\n    suite: suport',
      '3:12: there is no suite "suport" | Did you mean "support"?',
    ],
    [
      'steps that fall',
      'route: support\n    steps: [1, 50, 25, 100]',
      '3:20: a step of 25 % follows one of 50 %; each step must be larger than the one before | Order them, for example steps: [1, 10, 25, 50, 75, 100].',
    ],
    [
      'steps that stay',
      'route: support\n    steps: [{ weight: 10 }, { weight: 10 }, 100]',
      '3:39: a step of 10 % follows one of 10 %; each step must be larger than the one before | Order them, for example steps: [1, 10, 25, 50, 75, 100].',
    ],
    [
      'steps without an end',
      'route: support\n    steps: [1, 50]',
      '3:16: the last step is 50 %, so the deployment would never be complete | Add 100 as the last step.',
    ],
    [
      'a step of nothing',
      'route: support\n    steps: [0, 100]',
      '3:13: deployments.support.steps[0] is 0; expected at least 1 | undefined',
    ],
    [
      'no samples',
      'route: support\n    min_samples: 0',
      '3:18: deployments.support.min_samples is 0; expected at least 1 | undefined',
    ],
    [
      'no time',
      'route: support\n    hold: 0',
      '3:11: hold is 0; expected a time above 0 and up to 30d | undefined',
    ],
    [
      'a time of a step that is a slip',
      'route: support\n    steps: [{ weight: 100, hold: 31d }]',
      '3:34: hold is 31d; expected a time above 0 and up to 30d | undefined',
    ],
    [
      'an image for a route',
      'route: support\n    versions: { a: { image: x } }',
      '3:22: a container image cannot be deployed to a route of the gateway | Use "command" or "url", or "kubernetes" in place of "route".',
    ],
    [
      'a program for a cluster',
      `${CLUSTER}\n    versions: { a: { command: [node] } }`,
      '3:22: a version in a cluster is a container image, not a command | Use "image", or "route" in place of "kubernetes".',
    ],
    [
      'a version of no kind',
      'route: support\n    versions: { a: { ready: /health } }',
      '3:17: deployments.support.versions.a needs one of its forms: "command", "url" or "image" | undefined',
    ],
    [
      'an address where keys are kept',
      'route: support\n    versions: { a: { url: http://169.254.169.254/ } }',
      '3:27: 169.254.169.254 is a link-local address, where cloud machines keep their credentials; nothing is sent there | Use another address.',
    ],
    [
      'an address with a password',
      'route: support\n    versions: { a: { url: "http://a:b@127.0.0.1/" } }',
      '3:27: deployments.support.versions.a.url holds a user name or password | Take it out of the address.',
    ],
    [
      'a secret in a cluster',
      `${CLUSTER}\n    versions: { a: { image: x, environment: { KEY: "\${env:KEY}" } } }`,
      '3:52: ${env:KEY} is not filled in here: the environment of a container can be read in the cluster | Keep secrets in a Secret that the Deployment refers to; a new version has the same reference.',
    ],
    [
      'a port that is set twice',
      'route: support\n    versions: { a: { command: [node], environment: { PORT: "1" } } }',
      '3:54: PORT is the variable in which the program gets its port | Remove it from environment, or name another one in port_variable.',
    ],
    [
      'golden cases of no suite',
      'route: support\n    evidence: { golden_cases: true }',
      '3:31: golden_cases needs a suite, whose cases are asked | Add "suite" to the deployment, or remove golden_cases.',
    ],
    [
      'pairs of no shadow',
      'route: support\n    evidence: { shadow_pairs: true }',
      '3:31: shadow_pairs needs a shadow, and the route "support" has none | Add "shadow" to the route, or remove shadow_pairs.',
    ],
    [
      'a query without a limit',
      'route: support\n    evidence: { prometheus: [{ name: a, url: http://p, query: "x{{side}}" }] }',
      '3:30: the query has no limit, so it decides nothing | Add "min" or "max".',
      '3:63: {{side}} is not filled in | Use {{blue}}, {{green}} or {{window}}.',
    ],
    [
      'a query whose limits cross',
      'route: support\n    evidence: { prometheus: [{ name: a, url: http://p, query: x, min: 2, max: 1 }] }',
      '3:66: min (2) is above max (1), so no value is within the limits | Swap them, or remove one.',
    ],
    [
      'an unknown key',
      'route: support\n    stps: [100]',
      '3:5: "stps" is not a key of deployments.support | Did you mean "steps"?',
    ],
  ] as const) {
    it(`do not take ${what}`, async () => {
      const { deployments, said } = await check(`  support:\n    ${text}\n`);
      assert.deepEqual([deployments, said], [undefined, expected]);
    });
  }

  it('do not steer one route twice', async () => {
    const { said } = await check('  a: { route: support }\n  b: { route: support }\n');
    assert.deepEqual(said, [
      '2:15: the route "support" is steered by the deployment "a" already | Keep one of them: a deployment can bring forward any number of versions, one after another.',
    ]);
  });

  it('warn of what has no effect', async () => {
    const { deployments, said } = await check(
      '  a: { route: support, suite: strict, hold: 1m, early_pass: 2m }\n',
    );
    assert.equal(deployments?.length, 1);
    assert.deepEqual(said, [
      '1:31: no evaluator of the suite "strict" can score live answers, because all of them need an expected answer or several answers | Add an evaluator that looks at the answer alone, such as rubric or is-json.',
      '1:61: early_pass (2m) has no effect, because no step lasts longer | Lower early_pass, or remove it.',
    ]);
  });

  it('say nothing of a route that cannot be used itself', async () => {
    const { said } = await check('  a: { route: shared }\n');
    assert.equal(said.length, 1);
  });
});
