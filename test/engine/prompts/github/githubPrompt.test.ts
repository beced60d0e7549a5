import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { renderPrompt } from '../../../../src/engine/prompts/renderPrompt.ts';
import { complaint, fixtures, parse, readFixture, textAt } from '../readPrompt.ts';

describe('.prompt.yml', () => {
  it('reads the model, messages, schema and test data', () => {
    const prompt = readFixture('triage.prompt.yml');
    assert.deepEqual(prompt.model, {
      id: 'openai/gpt-4.1-mini',
      parameters: { temperature: 0, maxTokens: 50, topP: 0.5 },
    });
    assert.deepEqual(prompt.responseFormat, {
      type: 'json_schema',
      name: 'triage',
      strict: true,
      schema: {
        type: 'object',
        properties: { label: { type: 'string' } },
        required: ['label'],
        additionalProperties: false,
      },
    });
    assert.deepEqual(
      prompt.testData.map(({ values, location }) => [values['message'], location.line]),
      [
        ['My lamp is broken', 28],
        ['Where is it?', 31],
      ],
    );
    assert.deepEqual(renderPrompt(prompt, prompt.testData[0]?.values ?? {}).messages, [
      { role: 'system', content: 'You sort messages.\nLabels: fault, order\n' },
      { role: 'user', content: 'Message: My lamp is broken' },
    ]);
  });

  it('knows where texts and variables stand, in blocks and in quotes', () => {
    const text = readFileSync(`${fixtures}/triage.prompt.yml`, 'utf8');
    const prompt = readFixture('triage.prompt.yml');
    assert.deepEqual(
      prompt.messages.map(({ range }) => textAt(text, range, 8)),
      ['You sort', 'Message:'],
    );
    for (const input of prompt.inputs) {
      assert.ok(input.location);
      assert.equal(textAt(text, input.location, input.name.length), input.name);
    }
  });

  it('turns its evaluators into this program’s', () => {
    const specs = readFixture('triage.prompt.yml').evaluators;
    assert.deepEqual(
      specs.map(({ type, name, location }) => [type, name, location?.line]),
      [
        ['contains', 'names the label', 35],
        ['starts-with', 'is JSON', 38],
        ['ends-with', 'is JSON (endsWith)', 38],
        ['choice-judge', 'judged', 42],
        ['github/similarity', 'likeness', 52],
      ],
    );
    assert.deepEqual(specs[3]?.options, {
      prompt: 'Is {{completion}} right?',
      system: 'You judge.',
      choices: [
        { choice: 'yes', score: 1 },
        { choice: 'no', score: 0 },
      ],
      model: 'openai/gpt-4.1',
    });
  });

  it('takes the schema as a map, too', () => {
    const text =
      'responseFormat: json_schema\njsonSchema: { type: object }\nmessages: [{ role: user, content: hi }]';
    assert.deepEqual(parse('a.prompt.yml', text).responseFormat, {
      type: 'json_schema',
      name: 'response',
      schema: { type: 'object' },
    });
  });

  const message = 'messages:\n  - role: user\n    content: hi\n';
  const errors: [what: string, text: string, expected: RegExp][] = [
    ['missing messages', 'name: a\n', /^a\.prompt\.yml:1:1: the prompt has no messages/],
    ['an unknown role', 'messages:\n  - role: boss\n    content: hi\n', /:2:11: 'boss' is not a role/],
    ['a missing role', 'messages:\n  - content: hi\n', /:2:5: the message has no role/],
    [
      'content that is no text',
      'messages:\n  - role: user\n    content: [a]\n',
      /:3:14: messages\[0\]\.content is a list; expected a string/,
    ],
    [
      'an unknown response format',
      `${message}responseFormat: xml\n`,
      /:4:17: 'xml' is not a response format/,
    ],
    [
      'a schema that is no JSON',
      `${message}responseFormat: json_schema\njsonSchema: '{'\n`,
      /:5:13: invalid JSON schema/,
    ],
    [
      'an evaluator without check',
      `${message}evaluators:\n  - name: x\n`,
      /:5:5: the evaluator checks nothing/,
    ],
    [
      'a judge without choices',
      `${message}evaluators:\n  - llm: { prompt: p }\n`,
      /:5:10: the judge has no choices/,
    ],
    [
      'a score that is no number',
      `${message}evaluators:\n  - llm: { prompt: p, choices: [{ choice: a, score: high }] }\n`,
      /:5:53: .*expected a number/,
    ],
    [
      'a template that is not closed',
      'messages:\n  - role: user\n    content: |\n      hi\n        {{ x\n',
      /:5:9: unclosed template tag/,
    ],
  ];
  for (const [what, text, expected] of errors) {
    it(`names the place of ${what}`, () =>
      assert.match(
        complaint(() => parse('a.prompt.yml', text)),
        expected,
      ));
  }
});
