import assert from 'node:assert/strict';
import { UserError } from '../../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { parsePrompt } from '../../../../src/engine/prompts/parsePrompt.ts';
import { renderPrompt } from '../../../../src/engine/prompts/renderPrompt.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { complaint } from '../readPrompt.ts';

describe('included templates', () => {
  const folder = temporaryFolder({
    'prompts/a.j2': 'Hello {{ name }},\n',
    'prompts/sub/b.j2': '{% if polite %}please {% endif %}{% include "c.j2" %}',
    'prompts/sub/c.j2': 'come',
    'shared.j2': 'shared',
    'prompts/loop.j2': '{% include "loop.j2" %}',
  });

  const read = (text: string) =>
    parsePrompt(
      { path: 'prompts/p.prompty', text: `system:\n${text}` },
      { root: folder, environment: fixedEnvironment({}) },
    );
  const render = (text: string, values = {}) => renderPrompt(read(text), values).messages[0]?.content;

  it('are filled in with the same values, and their variables are inputs', () => {
    const prompt = read('{% include "a.j2" %} {% include \'sub/b.j2\' %}!');
    assert.deepEqual(
      prompt.inputs.map(({ name, required }) => [name, required]),
      [
        ['name', true],
        ['polite', false],
      ],
    );
    const { messages } = renderPrompt(prompt, { name: 'Ann', polite: true });
    assert.equal(messages[0]?.content, 'Hello Ann, please come!');
  });

  it('count from the workspace where the folder has none, trim as their tags do, and may be missing when said', () => {
    assert.equal(render('a {%- include "shared.j2" -%} b'), 'asharedb');
    assert.equal(render('a{% include "no.j2" ignore missing %}b'), 'ab');
    assert.equal(render('{# {% include "no.j2" %} #}b'), 'b');
  });

  it('change the hash of the prompt', () => {
    const other = parsePrompt(
      { path: 'prompts/p.prompty', text: 'system:\n{% include "sub/c.j2" %}' },
      { root: folder, environment: fixedEnvironment({}) },
    );
    assert.notEqual(read('{% include "shared.j2" %}').hash, other.hash);
  });

  it('are refused with their place', () => {
    const wrong: [text: string, message: RegExp][] = [
      ['a\n {% include "no.j2" %}', /^prompts\/p\.prompty:3:2: the included template no\.j2 does not exist/],
      ['{% include "../../etc/passwd" %}', /^prompts\/p\.prompty:2:1: .*is outside the workspace/],
      ['{% include "loop.j2" %}', /^prompts\/p\.prompty:2:1: includes are nested deeper than 10 levels/],
    ];
    for (const [text, message] of wrong)
      assert.match(
        complaint(() => read(text), UserError),
        message,
      );
  });
});

describe('texts for str.format', () => {
  const parse = (path: string, text: string) =>
    parsePrompt({ path, text }, { root: '.', environment: fixedEnvironment({}) });

  it('are taken as they stand', () => {
    for (const text of [
      'Return {{ "a": 1 }} for {page}.',
      'Write {{\'a\': [{{"b": 2}}]}}',
      '{{\n  "a": "{x}"\n}}',
    ]) {
      const prompt = parse('p.md', text);
      assert.equal(prompt.messages[0]?.template, text);
      assert.equal(renderPrompt(prompt, {}).messages[0]?.content, text);
    }
  });

  it('are told from templates', () => {
    assert.equal(parse('p.md', 'Hi {{ name }}').syntax, 'jinja');
    assert.throws(() => parse('p.md', 'Hi {{ name'), /unclosed/);
  });
});
