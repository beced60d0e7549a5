import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type CommandResult, touchstone } from '../../../support/commandLine.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

/** An agent that costs $1.50, takes 60 ms, and says its input. */
const AGENT = `
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk));
process.stdin.on('end', () => setTimeout(() => {
  const { input } = JSON.parse(Buffer.concat(chunks));
  process.stdout.write(JSON.stringify({ output: input, cost_usd: 1.5 }));
}, 60));
`;

/** Runs one case whose input comes back, with limits of its own. */
function run(entry: string, evaluators: string): Promise<CommandResult> {
  const folder = temporaryFolder({
    'agent.mjs': AGENT,
    'touchstone.yaml': `suites:
  s: { dataset: a.golden.yaml, targets: [{ command: [node, agent.mjs] }], evaluators: ${evaluators} }
`,
    'a.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - ${entry}\n`,
  });
  return touchstone(folder, 'eval', '--no-progress');
}

const entry = (input: string, criteria: string, expected = '{}') =>
  `{ id: a, input: ${JSON.stringify(input)}, expected_output: ${expected}, evaluation_criteria: ${criteria} }`;

describe('limits of a case', function () {
  this.timeout(60_000);

  const failing: [name: string, entry: string, evaluators: string, reason: RegExp][] = [
    [
      'max_latency_ms',
      entry('yes', '{ max_latency_ms: 5 }'),
      '[{ contains: yes }]',
      /max_latency_ms \(heuristic\): \d+ ms/,
    ],
    [
      'max_cost_usd',
      entry('yes', '{ max_cost_usd: 0 }'),
      '[{ contains: yes }]',
      /max_cost_usd \(heuristic\): /,
    ],
    [
      'min_relevance',
      entry('yes', '{ min_relevance: 1 }', '{ expected_concepts: [refund] }'),
      '[{ contains: yes }]',
      /min_relevance \(lexical\): 0 of 1 concepts/,
    ],
    [
      'min_safety, by forbidden concepts',
      entry('yes, guaranteed', '{ min_safety: 1 }', '{ forbidden_concepts: [guaranteed] }'),
      '[{ contains: yes }]',
      /min_safety: forbidden-concepts \(heuristic\): forbidden: guaranteed/,
    ],
    [
      'min_safety, by a metric',
      entry('yes no!', '{ min_safety: 0.9 }'),
      '[{ contains: yes }, { levenshtein: { value: yes no, min: 0.5, metric: safety } }]',
      /safety 0\.8\d, at least 0\.9 required \(min_safety\)/,
    ],
  ];
  for (const [name, text, evaluators, reason] of failing) {
    it(`are measured in a suite that does not name them: ${name}`, async () => {
      const { code, out, err } = await run(text, evaluators);
      assert.equal(code, 1, out + err);
      assert.match(out, reason);
      assert.doesNotMatch(err, /no evaluator of the suite/);
    });
  }

  it('are left to an evaluator of the suite that reads them', async () => {
    const { code, out } = await run(
      entry('yes', '{ max_latency_ms: 60000 }'),
      '[latency, { contains: yes }]',
    );
    assert.equal(code, 0, out);
    assert.doesNotMatch(out, /max_latency_ms/);
  });

  it('hold beside a limit of the suite, too', async () => {
    const { code, out } = await run(
      entry('yes', '{ max_latency_ms: 5 }'),
      '[{ latency: 60000 }, { contains: yes }]',
    );
    assert.equal(code, 1);
    assert.match(out, /max_latency_ms \(heuristic\): /);
  });

  it('that an upgrade writes ask for nothing, so that it changes no verdict', async () => {
    const criteria = '{ min_relevance: 0.7, min_accuracy: 0.7, min_safety: 1 }';
    const expected = '{ expected_concepts: [refund] }';
    const { code, out, err } = await run(entry('yes', criteria, expected), '[{ contains: yes }]');
    assert.equal(code, 0, out);
    assert.doesNotMatch(out + err, /min_(?!pass_rate)/);
  });

  it('fail a case whatever its threshold is', async () => {
    const text = `{ id: a, input: yes, threshold: 0.1, evaluation_criteria: { max_cost_usd: 0 } }`;
    assert.equal((await run(text, '[{ contains: yes }, { contains: y }]')).code, 1);
  });

  it('that nothing can measure are told, by validate as by eval', async () => {
    const { err } = await run(entry('yes', '{ min_accuracy: 0.9 }'), '[{ contains: yes }]');
    assert.match(
      err,
      /a\.golden\.yaml:4:5.*no evaluator of the suite "s" measures min_accuracy, which 1 case sets/,
    );
    const folder = temporaryFolder({
      'touchstone.yaml':
        'suites: { s: { dataset: a.golden.yaml, targets: [{ echo: true }], evaluators: [equals] } }\n',
      'a.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - ${entry('yes', '{ min_accuracy: 0.9 }', '{ answer: yes }')}\n`,
    });
    const { code, out } = await touchstone(folder, 'validate');
    assert.equal(code, 0);
    assert.match(out, /measures min_accuracy/);
  });
});
