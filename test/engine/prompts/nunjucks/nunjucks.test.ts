import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { withEnvironment } from '../../../../src/engine/promptfoo/config/environmentTemplates.ts';
import { renderPromptText } from '../../../../src/engine/promptfoo/prompts/promptText.ts';
import { fillValue } from '../../../../src/engine/prompts/nunjucks/fillValue.ts';
import { wrapPartialTags } from '../../../../src/engine/prompts/nunjucks/partialTags.ts';
import { readsName } from '../../../../src/engine/prompts/nunjucks/readsName.ts';
import {
  checkNunjucks,
  NunjucksError,
  renderNunjucks,
} from '../../../../src/engine/prompts/nunjucks/renderNunjucks.ts';
import { readsUndefined } from '../../../../src/engine/prompts/nunjucks/undefinedNames.ts';

/** The message of a template that is refused. */
function complaint(template: string, variables: JsonObject = {}): string {
  try {
    renderNunjucks(template, variables);
  } catch (error) {
    if (error instanceof NunjucksError) return error.message;
    throw error;
  }
  return assert.fail(`not refused: ${template}`);
}

describe('templates of promptfoo', () => {
  it('says what is wrong with the line, the column and the text', () => {
    const template = 'One\nTwo {{ x | }} three\nFour';
    assert.equal(
      complaint(template),
      "expected the name of a filter, but found '}}' (line 2, column 12: 'Two {{ x | }} three')",
    );
    assert.throws(() => checkNunjucks(template), NunjucksError);
    assert.match(complaint('{% if a %}'), /\{% endif %\} is missing \(line 1, column 1/);
    assert.match(complaint('{{ a | nope }}'), /Nunjucks has no filter 'nope' \(line 1, column 8/);
    assert.match(complaint('{{ 5 | upper }}'), /the filter 'upper': it requires a string, not 5/);
    assert.match(complaint(`${'x'.repeat(500)}{{ }}${'y'.repeat(500)}`), /column 504: '….{80,90}…'\)$/);
  });

  it('reads values as data, whatever they hold', () => {
    const hostile = '{{ secret }}{% for %}{#';
    assert.equal(renderNunjucks('{{ a }}', { a: hostile, secret: 's' }), hostile);
    assert.equal(renderNunjucks('{{ a.constructor }}{{ a["__proto__"] }}', { a: {} }), '');
    assert.match(complaint('{{ "".constructor.constructor("return process")() }}'), /is not a function/);
    assert.match(complaint('{{ range.constructor("return 1")() }}'), /is not a function/);
    assert.equal(renderNunjucks('{{ constructor }}{{ toString }}{{ process }}', {}), '');
  });

  it('changes no value of the case', () => {
    const list = ['b', 'a'];
    assert.match(complaint('{{ list.push("c") }}', { list }), /'list.push' is not a function/);
    assert.equal(renderNunjucks('{{ list | sort }}{{ list | reverse }}', { list }), 'a,ba,b');
    assert.deepEqual(list, ['b', 'a']);
  });

  describe('end, whatever they do', () => {
    const endless: [name: string, template: string][] = [
      ['loops within loops', '{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}'],
      ['work on long lists', '{% for i in range(9999) %}{{ range(10000) | sort | first }}{% endfor %}'],
      ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}'],
      ['a text that doubles', '{% set x = "ab" %}{% for i in range(99) %}{% set x = x ~ x %}{% endfor %}'],
      ['wide margins', '{{ "a" | indent(4) | center(999999999999) }}'],
      ['repeated texts', '{{ "abc".repeat(99999999) }}'],
      ['long ranges', '{{ range(0, 9999999999) }}'],
      ['many slices', '{{ [1] | slice(99999999999) }}'],
      [
        'replacing nothing',
        '{% for i in range(999) %}{{ "x".repeat(100000) | replace("", "yy") | length }}{% endfor %}',
      ],
      ['parentheses', `{{ ${'('.repeat(5_000)}1${')'.repeat(5_000)} }}`],
      ['long sums', `{{ 1${' + 1'.repeat(50_000)} }}`],
      ['blocks within blocks', '{% if 1 %}'.repeat(5_000) + '{% endif %}'.repeat(5_000)],
      ['backtracking', '{{ x | replace(r/(a+)+b(?=c)/, "y") }}'],
    ];
    for (const [name, template] of endless)
      it(name, () => assert.ok(complaint(template, { x: 'a'.repeat(40) }) !== ''));

    it('and patterns run in linear time', () => {
      const text = 'a'.repeat(20_000);
      assert.equal(renderNunjucks('{{ x | replace(r/(a+)+$/, "y") }}', { x: text }), 'y');
      assert.equal(renderNunjucks('{{ x | replace(r/(a+)+b/g, "y") | length }}', { x: text }), '20000');
    });
  });

  it('takes a prompt with a tag that is not closed on its line for plain text, as promptfoo does', () => {
    const texts: [text: string, isPartial: boolean][] = [
      ['Hi {{ a }}', false],
      ['open {{ a', true],
      ['open {% if', true],
      ['open {# note', true],
      ['{{ a\n}}', true],
      ['{% set a = [\n1] %}', true],
      ['{# two\nlines #}', true],
      ['{{ a }} {{ b\n }}', true],
      ['{{ {a: 1}\n }}', false],
      ['brace } {{ a }}', false],
      ['a { b', false],
    ];
    for (const [text, isPartial] of texts)
      assert.equal(wrapPartialTags(text), isPartial ? `{% raw %}${text}{% endraw %}` : text, text);
    const wrapped = 'open {{ a {% raw %}{{ b }}{% endraw %}';
    assert.equal(wrapPartialTags(wrapped), wrapped);
    assert.equal(renderPromptText('Use {{ like this', { x: 1 }), 'Use {{ like this');
  });

  it('leaves variables that read what is not there, as promptfoo does', () => {
    const values: [value: string, expected: string][] = [
      ['{{ a }}', '1'],
      ['{{ nope }}', '{{ nope }}'],
      ['{{ a }}{{ nope | upper }}', '{{ a }}{{ nope | upper }}'],
      ['{% if nope %}x{% endif %}', '{% if nope %}x{% endif %}'],
      ['{% for i in list %}{{ i }}{% endfor %}', '12'],
      ['{% for i in nope %}{{ i }}{% endfor %}', '{% for i in nope %}{{ i }}{% endfor %}'],
      ['{# {{ nope }} #}{{ a }}', '1'],
      ['{{ "text" }}', 'text'],
      ['{{ a + nope }}', 'NaN'],
      ['{{ open', '{{ open'],
    ];
    for (const [value, expected] of values)
      assert.equal(fillValue(value, { a: 1, list: [1, 2] }), expected, value);
  });

  it('finds a name that a template reads, and no other', () => {
    for (const template of [
      '{{ _c }}',
      '{% for x in _c %}{% endfor %}',
      '{{ a[_c.length - 1] }}',
      '{{ open _c',
    ])
      assert.ok(readsName(template, '_c'), template);
    for (const template of ['_c', '{{ a._c }}', '{{ "_c" }}', '{{ x_c }}', '{% raw %}{{ _c }}{% endraw %}'])
      assert.ok(!readsName(template, '_c'), template);
  });

  /** Each made `n` times over; quadratic work on the largest would take minutes, and the test would run out of time. */
  describe('take linear time', function () {
    this.timeout(20_000);
    const shapes: { [name: string]: (count: number) => string } = {
      'openings and one brace': (n) => `${'{{'.repeat(n)}}`,
      'openings of statements': (n) => '{%'.repeat(n),
      'openings of comments': (n) => '{#'.repeat(n),
      'names with a bar': (n) => '{{a|'.repeat(n),
      'conditions that do not end': (n) => '{% if a '.repeat(n),
      spaces: (n) => `{{${' '.repeat(n)}x`,
      'raw blocks that do not end': (n) => '{% raw %}'.repeat(n),
      'lines that open': (n) => '{{ \n'.repeat(n),
      quotes: (n) => `{{ "${'a"'.repeat(n)}`,
      'environment names': (n) => "{{ env.A | default('x' ".repeat(n),
      filters: (n) => `{{ x${' | trim'.repeat(n)} }}`,
      'tags to strip': (n) => `{{ "${'<a'.repeat(n)}" | striptags }}`,
      'comments to strip': (n) => `{{ "${'<!--'.repeat(n)}" | striptags }}`,
      'spaces to strip': (n) => `{{ "a${' '.repeat(n)}b" | striptags(true) }}`,
      'spaces to trim': (n) => `{{ "a${' '.repeat(n)}b" | trim }}`,
      addresses: (n) => `{{ "${'a@b.'.repeat(n)}" | urlize }}`,
    };
    const quietly = (work: () => unknown): void => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof NunjucksError)) throw error;
      }
    };
    for (const [name, make] of Object.entries(shapes)) {
      it(name, () => {
        const text = make(200_000);
        quietly(() => renderNunjucks(text, { x: 'a' }));
        quietly(() => renderPromptText(text, { x: text }));
        quietly(() => fillValue(text, { a: 1, x: 'a' }));
        readsUndefined(text, {});
        readsName(`${text}_c`, '_c');
        withEnvironment(text, {});
      });
    }
  });
});
