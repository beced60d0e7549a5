import assert from 'node:assert/strict';
import { HEURISTIC } from '../../../../src/engine/evaluators/heuristic/heuristicDefinitions.ts';
import { LEXICAL } from '../../../../src/engine/evaluators/lexical/lexicalDefinitions.ts';
import { evaluatorTypes } from '../../../../src/engine/evaluators/registry.ts';
import { fixedEnvironment, noSpan } from '../../../../src/engine/ports.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { unfitFor } from '../../../../src/engine/suites/monitoring/unfitEvaluators.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { depsWith, inputWith } from '../../evaluators/evaluating.ts';

const { signal } = new AbortController();

async function check(text: string) {
  const root = temporaryFolder({ 'touchstone.yaml': text });
  const { workspace, problems } = await checkWorkspace({ root, environment: fixedEnvironment({}), signal });
  const said = problems.map(
    ({ message, remedy, location: { line, column } }) => `${line}:${column}: ${message} | ${remedy}`,
  );
  return { monitors: workspace?.config.monitors, said };
}

describe('monitors of touchstone.yaml', () => {
  it('are read with every default', async () => {
    const { monitors, said } = await check(`
monitors:
  support:
    match: { service: support-*, kind: [agent, tool], root: true, attributes: { tier: gold } }
    share: 0.2
    judge: openai/gpt-5-mini
    evaluators: [ is-json, { latency: 2000 }, { rubric: polite } ]
    budget: { max_cost_usd: 1.00, per: hour }
  tools: { match: { kind: tool }, evaluators: [ is-json ] }
`);
    assert.deepEqual(said, []);
    const [support, tools] = monitors ?? [];
    assert.deepEqual(support?.match, {
      ...{ service: ['support-*'], kind: ['agent', 'tool'], root: true, attributes: { tier: 'gold' } },
    });
    assert.deepEqual(
      [
        support?.share,
        support?.maxCostPerHourUsd,
        support?.judgeModel,
        tools?.share,
        tools?.maxCostPerHourUsd,
      ],
      [0.2, 1, 'openai/gpt-5-mini', 1, undefined],
    );
    assert.deepEqual(
      support?.evaluators.map(({ name }) => name),
      ['is-json', 'latency', 'rubric'],
    );
  });

  for (const [what, monitor, expected] of [
    [
      'an evaluator without its expectation',
      'match: { kind: agent }\n    evaluators: [ is-json, equals ]',
      '5:28: "equals" needs an expected answer or a limit, and live spans come without a case | Add "value" to it, or use it in a suite.',
    ],
    [
      'a member of a set without one',
      'match: { kind: agent }\n    evaluators: [ { assert-set: { assert: [ { type: rouge-l } ] } } ]',
      '5:19: "rouge-l" needs an expected answer or a limit, and live spans come without a case | Add "value" to it, or use it in a suite.',
    ],
    [
      'one that compares answers',
      'match: { kind: agent }\n    evaluators: [ { select-best: { criteria: short, model: openai/gpt-5-mini } } ]',
      '5:19: "select-best" compares several answers, and a live span has one | Use it in a suite, or score the answer by itself, for example with rubric.',
    ],
    [
      'a script',
      'match: { kind: agent }\n    evaluators: [ { javascript: "true" } ]',
      '5:19: "javascript" runs a script, and scripts are not run on live spans | Use it in a suite, or replace it with an evaluator without a script.',
    ],
    [
      'a judge without a model',
      'match: { kind: agent }\n    evaluators: [ { rubric: polite } ]',
      '5:19: "rubric" asks a model, and none is named | Add "model" to it, or "judge" to the monitor, e.g. judge: openai/gpt-5-mini.',
    ],
    [
      'a model of an unknown provider',
      'match: { kind: agent }\n    judge: opnai/gpt-5\n    evaluators: [ { rubric: polite } ]',
      '5:12: there is no provider "opnai" | Did you mean "openai"?',
    ],
    [
      'a match of everything',
      'match: {}\n    evaluators: [ is-json ]',
      '4:5: match is empty, so every span would be evaluated | Say which spans, for example kind: agent, or root: true.',
    ],
    [
      'an unknown kind',
      'match: { kind: agnt }\n    evaluators: [ is-json ]',
      '4:20: monitors.support.match.kind is "agnt"; expected agent, model, tool, retrieval, embedding, evaluator, guardrail or other or a list | undefined',
    ],
    [
      'a share beyond all',
      'match: { kind: agent }\n    share: 20\n    evaluators: [ is-json ]',
      '5:12: monitors.support.share is 20; expected at most 1 | undefined',
    ],
    [
      'a bulkhead',
      'match: { kind: agent }\n    evaluators: [ { rubric: { criteria: polite, model: openai/gpt-5-mini, bulkhead: judge } } ]',
      '5:19: "bulkhead" has no meaning here: the judges of a monitor have a bulkhead of their own | Remove "bulkhead"; "budget" limits what they spend.',
    ],
  ] as const) {
    it(`do not take ${what}`, async () => {
      const { monitors, said } = await check(`\nmonitors:\n  support:\n    ${monitor}\n`);
      assert.deepEqual([monitors, said], [undefined, [expected]]);
    });
  }

  it('send nothing to where nothing may be sent, and no header that cannot be', async () => {
    const { said } = await check(`
monitors: { support: { match: { kind: agent }, evaluators: [ is-json ] } }
stream:
  a: { webhook: http://169.254.169.254/latest, secret: "\${env:S}" }
  b: { otlp: "http://[fe80::1]:4318" }
  c: { otlp: http://127.0.0.1:4318, headers: { x-a: "one\\r\\ntwo", "x b": one, Content-Length: "5", x-c: "é\${env:A:ok}" } }
  d: { otlp: http://127.0.0.1:4318, headers: { x-a: "\${env:A}", x-d: "\${env:A:\\n}" } }
traces:
  forward:
    - { url: http://2852039166/, headers: { x-a: "\\u0000" } }
`);
    const local = 'is a link-local address, where cloud machines keep their credentials;';
    const unsendable =
      'cannot be sent as an HTTP header | Use letters, digits and hyphens in its name, and no line breaks in its value.';
    assert.deepEqual(said, [
      `4:17: 169.254.169.254 ${local} evaluations are not sent there | Use another address.`,
      `5:14: [fe80::1] ${local} evaluations are not sent there | Use another address.`,
      `6:53: stream.c.headers.x-a ${unsendable}`,
      `6:74: stream.c.headers.x b ${unsendable}`,
      '6:79: stream.c.headers.Content-Length cannot be set: it belongs to what is sent | Remove it.',
      `7:70: stream.d.headers.x-d ${unsendable}`,
      `10:14: 169.254.169.254 ${local} traces are not sent there | Use another address.`,
      `10:50: traces.forward[0].headers.x-a ${unsendable}`,
    ]);
  });

  it('warn of a budget in dollars where the cost of a judge is unknown', async () => {
    const monitorOf = (budget: string) => `
providers: { local: { base_url: "http://127.0.0.1:9/v1", prices: { priced: { input: 1, output: 1 }, free: { input: 0, output: 0 } } } }
monitors:
  support:
    match: { kind: agent }
    judge: local/priced
    embeddings: local/vectors
    evaluators:
      - is-json
      - rubric: polite
      - rubric: { criteria: short, model: local/free }
        name: short
      - assert-set: { assert: [ { type: not-llm-rubric, value: rude, provider: local/inner }, { type: contains, value: a } ] }
      - answer-relevance
      - similar: { value: text, model: local/other }
${budget}`;
    const { monitors, said } = await check(monitorOf('    budget: { max_cost_usd: 1 }'));
    assert.equal(monitors?.length, 1);
    assert.deepEqual(said, [
      '16:29: the cost of local/inner and local/vectors and local/other is unknown, so the budget of "support" cannot hold and its judges are not asked | Add its price to "prices" of the provider, { input: 0, output: 0 } for a model that costs nothing, or remove "budget".',
    ]);
    assert.deepEqual((await check(monitorOf(''))).said, []);
  });

  it('know of every evaluator whether it needs an expectation', async () => {
    const deps = depsWith();
    const input = inputWith('some text');
    for (const definition of [...HEURISTIC, ...LEXICAL]) {
      const options = definition.options.safeParse({});
      if (!options.success || unfitFor({ type: definition.type, options: {} })) continue;
      const spec = { type: definition.type, name: 'one', negated: false, options: {}, weight: 1 };
      let score: Awaited<ReturnType<ReturnType<typeof definition.create>>>;
      try {
        score = await definition.create(spec, options.data, deps)(input, { signal, span: noSpan });
      } catch {
        continue;
      }
      assert.notEqual(score.status, 'skipped', `${definition.type}: ${score.reason}`);
    }
  });

  it('name only evaluators that there are', () => {
    const named = ['equals', 'tool-calls', 'similar:dot', 'factuality', 'context-recall', 'pairwise'];
    for (const type of named) {
      assert.ok(evaluatorTypes().has(type), type);
      assert.ok(unfitFor({ type, options: {} }), type);
    }
  });
});
