import assert from 'node:assert/strict';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const PROMPT = `name: Triage
model: gpt-5-mini
messages: [{ role: user, content: "Which desk? {{ticket}}" }]
testData:
  - { ticket: My parcel is late, expected: shipping }
  - { ticket: I was charged twice, expected: payments }
evaluators:
  - { name: desk, string: { contains: "{{expected}}", startsWith: The } }
  - name: polite
    llm: { modelId: openai/gpt-5, prompt: "Is it? {{completion}}", choices: [{ choice: "1", score: 1 }, { choice: "2", score: 0 }] }
  - { name: similar, uses: github/similarity }
`;

async function load(files: { [name: string]: string }) {
  const root = temporaryFolder(files);
  const { signal } = new AbortController();
  return loadWorkspace({ root, environment: fixedEnvironment({}), signal });
}

describe('a prompt file with test data', () => {
  for (const name of ['sample.prompt.yml', 'sample_prompt.yml', 'a/sample_prompt.yaml']) {
    it(`is a suite by itself: ${name}`, async () => {
      const { config, warnings } = await load({ [name]: PROMPT });
      const [suite] = config.suites;

      assert.equal(suite?.name, 'sample');
      assert.deepEqual(
        suite?.cases?.map(({ case: entry }) => [entry.input, entry.expected_output, entry.assert]),
        [
          ['My parcel is late', 'shipping'],
          ['I was charged twice', 'payments'],
        ].map(([ticket, answer]) => [
          { ticket },
          { answer },
          [
            { type: 'contains', value: answer, metric: 'desk' },
            { type: 'starts-with', value: 'The', metric: 'desk (startsWith)' },
          ],
        ]),
      );
      assert.deepEqual(
        suite?.evaluators.map(({ type }) => type),
        ['choice-judge'],
      );
      assert.deepEqual(
        warnings.map(({ message, location }) => `${location.line}: ${message}`),
        ['11: the evaluator similar uses github/similarity, which lived on GitHub: it is not run'],
      );
    });
  }

  it('keeps its data from a dataset of another name, and is found beside it', async () => {
    const { config } = await load({
      'sample_prompt.yml': PROMPT,
      'answer.prompty': 'user:\n{{q}}',
      'other.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: { q: x } }]\n',
    });
    assert.deepEqual(
      config.suites.map(({ name, targets }) => [name, targets.map((target) => target.name)]),
      [
        ['other', ['answer']],
        ['sample', ['sample']],
      ],
    );
  });

  it('is none without test data, or when it cannot be read', async () => {
    const { config } = await load({
      'a.prompt.yml': 'messages: [{ role: user, content: x }]',
      'b.prompt.yml': 'messages: [',
    });
    assert.deepEqual(config.suites, []);
  });
});
