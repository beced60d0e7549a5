// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files write their references so.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { renderPrompt } from '../../../../src/engine/prompts/renderPrompt.ts';
import { complaint, fixtures, parse, readFixture, textAt } from '../readPrompt.ts';

describe('.prompt.md', () => {
  it('is one user message whose inputs are ${input:name}', () => {
    const prompt = readFixture('review.prompt.md');
    assert.equal(prompt.name, 'review');
    assert.equal(prompt.model.id, 'GPT-5 mini');
    assert.deepEqual(
      prompt.inputs.map(({ name, description, required, location }) => [
        name,
        description,
        required,
        location?.column,
      ]),
      [
        ['part', 'folder or file', true, 12],
        ['focus', undefined, true, 19],
      ],
    );
    assert.deepEqual(renderPrompt(prompt, { part: 'src', focus: '${input:part} {{ x }}' }).messages, [
      {
        role: 'user',
        content: 'Review the src of ${workspaceFolder}.\nLook above all at ${input:part} {{ x }}.',
      },
    ]);
  });

  it('takes the first of several models', () => {
    assert.equal(parse('a.prompt.md', '---\nmodel: [A, B]\n---\nx').model.id, 'A');
  });

  it('says where a missing input is used', () => {
    const error = complaint(() => renderPrompt(readFixture('review.prompt.md'), { part: 'src' }));
    assert.equal(
      error,
      "review.prompt.md:10:19: the variable 'focus' has no value\n  This prompt takes: part, focus. Given: part.",
    );
  });
});

describe('skills, agents and instructions', () => {
  it('are one system message, taken literally', () => {
    const prompt = readFixture('refunds/SKILL.md');
    assert.equal(prompt.format, 'skill');
    assert.equal(prompt.name, 'refunds');
    assert.deepEqual(prompt.inputs, []);
    assert.deepEqual(renderPrompt(prompt, {}).messages, [
      { role: 'system', content: prompt.messages[0]?.template },
    ]);
    assert.match(String(prompt.messages[0]?.template), /`\{\{ amount \}\}` as it stands/);
    assert.equal(prompt.body.line, 7);
  });

  it('need no front matter unless they are skills', () => {
    assert.equal(parse('AGENTS.md', '# Rules\n\nBe kind.').name, 'AGENTS');
    assert.equal(parse('x/planner.agent.md', '---\ndescription: plans\n---\nPlan.').description, 'plans');
    assert.match(
      complaint(() => parse('a/SKILL.md', '---\nname: a\n---\nx')),
      /^a\/SKILL\.md:2:1: the skill has no description\n {2}Add description:/,
    );
    assert.match(
      complaint(() => parse('a/SKILL.md', '---\nname: ""\ndescription: d\n---\nx')),
      /^a\/SKILL\.md:2:7: the skill has no name/,
    );
    assert.match(
      complaint(() => parse('a/SKILL.md', 'x')),
      /^a\/SKILL\.md:1:1: the skill has no name/,
    );
  });
});

describe('text that a suite names', () => {
  it('is a user message when it has variables, else a system message', () => {
    assert.deepEqual(renderPrompt(readFixture('translate.txt'), { text: 'Hi' }).messages, [
      { role: 'user', content: 'Translate to French:\n\nHi' },
    ]);
    assert.equal(readFixture('plain.txt').messages[0]?.role, 'system');
  });

  it('may have front matter in Markdown, where a line --- may also be a rule', () => {
    assert.equal(parse('a.md', '---\nname: n\n---\nHello {{ x }}').name, 'n');
    assert.equal(parse('a.md', '---\nHello {{ x }}').messages[0]?.template, '---\nHello {{ x }}');
    assert.equal(parse('a.md', '---\nHello\n---\nthere').messages[0]?.template, '---\nHello\n---\nthere');
  });
});

describe('a chat array in JSON', () => {
  it('renders within its texts', () => {
    const prompt = readFixture('chat.json');
    assert.deepEqual(renderPrompt(prompt, { shop: 'A "B"\n', question: '\\"}' }).messages, [
      { role: 'system', content: 'You answer for "A "B"\n".' },
      { role: 'user', content: 'Hello,\n\\"}' },
    ]);
    const text = readFileSync(`${fixtures}/chat.json`, 'utf8');
    for (const { name, location } of prompt.inputs) {
      assert.ok(location);
      assert.equal(textAt(text, location, name.length), name);
    }
  });

  it('may stand under messages', () => {
    assert.equal(parse('c.json', '{"messages":[{"role":"user","content":"x"}]}').messages.length, 1);
  });

  it('keeps names, calls, images and tools of a request, and sends them', () => {
    const messages = [
      { role: 'system', name: 'guide', content: 'Look at {{ what }}.' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://x/y.png' } },
          { type: 'text', text: 'This' },
        ],
      },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '' },
    ];
    const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object' } } }];
    const prompt = parse('c.json', JSON.stringify({ model: 'gpt-4o', messages, tools }));

    assert.equal(prompt.model.id, 'gpt-4o');
    assert.deepEqual(prompt.tools, [{ name: 'find', parameters: { type: 'object' } }]);
    assert.deepEqual(renderPrompt(prompt, { what: 'it' }).messages, [
      { role: 'system', name: 'guide', content: 'Look at it.' },
      {
        role: 'user',
        content: [
          { type: 'image', url: 'https://x/y.png' },
          { type: 'text', text: 'This' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'find', arguments: '{}' }] },
      { role: 'tool', content: '', toolCallId: 'c1' },
    ]);
  });

  it('names the place of what is wrong', () => {
    assert.match(
      complaint(() => parse('c.json', '{"a": 1}')),
      /^c\.json:1:1: messages is missing; expected a list/,
    );
    assert.match(
      complaint(() => parse('c.json', '[{"role": "user", "content": 4}]')),
      /^c\.json:1:30: \[0\]\.content is the number 4/,
    );
    const image = '[{"role": "user", "content": [{"type": "image_url"}]}]';
    assert.match(
      complaint(() => parse('c.json', image)),
      /^c\.json:1:31: content parts of type "image_url" cannot be sent/,
    );
    assert.match(
      complaint(() => parse('c.json', '[]')),
      /the prompt has no text/,
    );
  });
});

describe('parsePrompt', () => {
  it('refuses a file of no known kind, and takes a format by name', () => {
    assert.match(
      complaint(() => parse('a.yaml', 'x')),
      /^a\.yaml: unknown prompt file format/,
    );
    assert.equal(parse('a.yaml', 'Hello', {}, { format: 'instructions' }).messages[0]?.role, 'system');
  });
});
