// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files write their references so.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UserError } from '../../../src/engine/errors.ts';
import type { JsonObject } from '../../../src/engine/model/json.ts';
import { renderPrompt } from '../../../src/engine/prompts/renderPrompt.ts';
import { complaint, parse } from './readPrompt.ts';

const jinja = (template: string, variables: JsonObject = {}) =>
  renderPrompt(parse('p.prompty', `user:\n${template}`), variables).messages[0]?.content ?? null;
const handlebars = (template: string, variables: JsonObject = {}) =>
  renderPrompt(parse('p.prompt', template), variables).messages[0]?.content ?? null;

/** Texts that look like markers and templates of every syntax, among others. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[\s\S]*$/),
  fc
    .array(
      fc.constantFrom(
        ...[
          '\n',
          '\r\n',
          ' ',
          'system:',
          '# user:',
          'assistant:\n',
          '{{role "system"}}',
          '{{ x }}',
          '{% raw %}',
          '{#',
          '#}',
        ],
        ...[
          '{{history}}',
          '${input:x}',
          '![a](https://b/c.png)',
          '⟦1:message:0⟧',
          '⟧',
          '<<<dotprompt:role:system>>>',
          '\\',
          '$&',
          '---\n',
        ],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

describe('values are data', () => {
  const shapes: [name: string, path: string, text: string][] = [
    ['prompty', 'p.prompty', 'system:\nRules.\nuser:\nA {{ x }} B\nassistant:\nEnd.'],
    ['prompty, value alone', 'p.prompty', 'system:\nRules.\nuser:\n{{ x }}\nassistant:\nEnd.'],
    [
      'prompty with mustache',
      'p.prompty',
      '---\ntemplate: mustache\n---\nsystem:\nRules.\nuser:\n{{ x }}\nassistant:\nEnd.',
    ],
    ['dotprompt', 'p.prompt', '{{role "system"}}Rules.{{role "user"}}A {{x}} B{{role "model"}}End.'],
    [
      'dotprompt, value alone',
      'p.prompt',
      '{{role "system"}}Rules.{{role "user"}}\n{{x}}\n{{role "model"}}End.',
    ],
    [
      '.prompt.yml',
      'p.prompt.yml',
      'messages:\n- {role: system, content: Rules.}\n- role: user\n  content: "{{x}}"\n- {role: assistant, content: End.}',
    ],
    [
      'chat array',
      'p.json',
      '[{"role":"system","content":"Rules."},{"role":"user","content":"<{{x}}>"},{"role":"assistant","content":"End."}]',
    ],
    ['text', 'p.txt', 'Say {{ x }}'],
    ['.prompt.md', 'p.prompt.md', 'Say ${input:x} now'],
  ];
  for (const [name, path, text] of shapes) {
    it(`arrive byte for byte in one message: ${name}`, () => {
      const prompt = parse(path, text);
      const index = prompt.messages.findIndex(({ template }) => /\bx\b/.test(template));
      const [before = '', after = ''] = (prompt.messages[index]?.template ?? '').split(
        /\{\{ ?x ?\}\}|\$\{input:x\}/,
      );
      fc.assert(
        fc.property(hostile, (x) => {
          const { messages } = renderPrompt(prompt, { x });
          assert.deepEqual(
            messages.map(({ role, content }) => ({ role, content })),
            prompt.messages.map(({ role, template }, at) => ({
              role,
              content: at === index ? before + x + after : template,
            })),
          );
        }),
      );
    });
  }

  it('render the same every time', () => {
    const prompt = parse('p.txt', '{{ a }}');
    assert.deepEqual(renderPrompt(prompt, { a: 1 }), renderPrompt(prompt, { a: 1 }));
  });
});

describe('missing values', () => {
  it('are named with their place and the inputs that the prompt takes', () => {
    const prompt = parse(
      'p.prompty',
      '---\ninputs:\n  shop: Lamps\n---\nsystem:\nAt {{ shop }}\nuser:\nHello {{ name }},\r\n  {{ question }}',
    );
    assert.equal(
      complaint(() => renderPrompt(prompt, { name: 'Ada', extra: 1 })),
      "p.prompty:9:6: the variable 'question' has no value\n" +
        '  This prompt takes: shop (optional), name, question. Given: shop, name, extra.',
    );
  });

  const faults: [template: string, variables: JsonObject, expected: string][] = [
    ['{{ a.b }}', { a: {} }, "p.prompty:2:4: the variable 'a.b' has no value"],
    ['{{ a.b.c }}', { a: {} }, "p.prompty:2:4: the variable 'a.b' has no value"],
    ["x\n{{ a['b'] }}", { a: {} }, `p.prompty:3:4: the variable 'a["b"]' has no value`],
    ['{% if x is defined %}{{ x }}{% endif %} {{ x }}', {}, "p.prompty:2:44: the variable 'x' has no value"],
    [
      '{% for i in items %}{{ i.name }}{% endfor %}',
      { items: [{}] },
      "p.prompty:2:24: the variable 'i.name' has no value",
    ],
    ['{% for i in items %}{% endfor %}', {}, "p.prompty:2:13: the variable 'items' has no value"],
    ['{{ b if a else c }}', { b: 1 }, "p.prompty:2:16: the variable 'c' has no value"],
    ['{% set y = z %}{{ y }}', {}, "p.prompty:2:12: the variable 'z' has no value"],
    ["{{ 'z' ~ {'z': z}.z }}", {}, "p.prompty:2:16: the variable 'z' has no value"],
    ['{{ x | upper }}', {}, "p.prompty:2:4: the variable 'x' has no value"],
    ['{# x #}{{ toString }}', {}, "p.prompty:2:11: the variable 'toString' has no value"],
  ];
  for (const [template, variables, expected] of faults) {
    it(`Jinja: ${JSON.stringify(template)}`, () =>
      assert.equal(complaint(() => jinja(template, variables)).split('\n')[0], expected));
  }

  const guarded: [template: string, expected: string][] = [
    ["{{ x | default('none') }}!", 'none!'],
    ["{{ a.b | default('none') }}!", 'none!'],
    ['{% if x %}{{ x }}{% else %}nothing{% endif %}!', 'nothing!'],
    ["{% if x == 'y' %}{{ x }}{% endif %}!", '!'],
    ['{% if a.b %}{{ a.b }}{% endif %}!', '!'],
    ['{% if x is defined and x.y %}{{ x.y }}{% endif %}!', '!'],
    ["{{ 'a' if x else 'b' }}!", 'b!'],
    ["{{ x or 'b' }}!", 'b!'],
    ['{% for i in [1, 2] %}{{ i }}{{ loop.index }}{% endfor %}!', '1122!'],
    ['{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}!', '12!'],
  ];
  for (const [template, expected] of guarded) {
    it(`Jinja, guarded: ${template}`, () => {
      assert.equal(jinja(template), expected);
      const inputs = parse('p.prompty', template).inputs;
      assert.deepEqual(
        inputs.filter((input) => input.required),
        [],
      );
    });
  }

  const handlebarsFaults: [template: string, variables: JsonObject, expected: string][] = [
    ['{{x}}', {}, "p.prompt:1:3: the variable 'x' has no value"],
    ['a\n {{a.b}}', { a: {} }, "p.prompt:2:4: the variable 'a.b' has no value"],
    ['{{#each xs}}{{/each}}', {}, "p.prompt:1:9: the variable 'xs' has no value"],
    ['{{#each xs}}{{name}}{{/each}}', { xs: [{}] }, "p.prompt:1:15: the variable 'name' has no value"],
    ['{{#with x}}{{/with}}', {}, "p.prompt:1:9: the variable 'x' has no value"],
    ['{{json x}}', {}, "p.prompt:1:8: the variable 'x' has no value"],
    ['{{media url=x}}', {}, "p.prompt:1:13: the variable 'x' has no value"],
    ['{{#if y}}{{x}}{{/if}}', { y: true }, "p.prompt:1:12: the variable 'x' has no value"],
    [
      '{{role "system"}}a{{role "user"}}\n{{#if y}}\n{{x}}\n{{/if}}',
      { y: true },
      "p.prompt:3:3: the variable 'x' has no value",
    ],
  ];
  it('Handlebars: blocks within each other are refused where they are too many', () => {
    const depth = 4000;
    for (const template of [
      '{{#if x}}'.repeat(depth),
      `${'{{#if x}}'.repeat(depth)}${'{{/if}}'.repeat(depth)}`,
      '{{^x}}'.repeat(depth),
      `{{a ${'(b '.repeat(depth)}`,
      `{{#if x}}${'{{else if x}}'.repeat(depth)}{{/if}}`,
    ])
      assert.equal(
        complaint(() => handlebars(template))
          .split('\n')[0]
          ?.replace(/:\d+:\d+/, ''),
        'p.prompt: the template is nested too deeply',
      );
    assert.equal(handlebars(`${'{{#if x}}'.repeat(150)}y${'{{/if}}'.repeat(150)}`, { x: 1 }), 'y');
  });

  const xs = Array.from({ length: 5000 }, (_, index) => ({ index }));
  const endless: [template: string, variables: JsonObject][] = [
    ['{{#each xs}}{{#each @root.xs}}{{#each @root.xs}}{{/each}}{{/each}}{{/each}}', { xs }],
    ['{{#xs}}{{#@root.xs}}{{/@root.xs}}{{/xs}}', { xs }],
    ['{{#each xs}}{{@root.big}}{{/each}}', { xs, big: 'x'.repeat(1e6) }],
    [`{{#each xs}}${'long text '.repeat(10_000)}{{/each}}`, { xs }],
    ['{{#each xs}}{{json @root.xs}}{{/each}}', { xs }],
  ];
  for (const [template, variables] of endless) {
    it(`end when they multiply: ${template.slice(0, 60)}`, () =>
      assert.match(
        complaint(() => handlebars(template, variables)),
        /the template has too many iterations/,
      ));
  }

  for (const [template, variables, expected] of handlebarsFaults) {
    it(`Handlebars: ${JSON.stringify(template)}`, () =>
      assert.equal(complaint(() => handlebars(template, variables)).split('\n')[0], expected));
  }

  it('Handlebars, guarded', () => {
    assert.equal(
      handlebars('{{#if x}}{{x}}{{/if}}{{#unless x}}no{{/unless}}{{#if xs}}{{#each xs}}{{/each}}{{/if}}!'),
      'no!',
    );
  });

  it('finds inputs, but not what loops, blocks and the template itself bind', () => {
    const names = (path: string, text: string) =>
      parse(path, text).inputs.map(({ name, required }) => (required ? name : `${name}?`));
    assert.deepEqual(
      names(
        'p.txt',
        '{% set s = a %}{{ s }}{% for k, v in m.items() %}{{ k }}{{ v.w }}{{ b }}{% endfor %}{{ c[d] }}{% if e %}{{ e }}{% endif %}',
      ),
      ['a', 'm', 'b', 'c', 'd', 'e?'],
    );
    assert.deepEqual(
      names(
        'p.prompt',
        '{{#each a as |i|}}{{i}}{{j}}{{../b}}{{@root.c}}{{@index}}{{/each}}{{#with d}}{{e}}{{/with}}{{json f.g}}{{#if h}}{{h}}{{/if}}{{history}}',
      ),
      ['a', 'b', 'c', 'd', 'f', 'h?'],
    );
  });
});

describe('templates that go wrong', () => {
  const broken: [template: string, expected: RegExp][] = [
    ['a {{ x', /^p\.prompty:2:3: unclosed template tag/],
    ['a\n{# x', /^p\.prompty:3:1: unclosed template tag/],
    ['{% if x %}a', /^p\.prompty:2:1: unclosed template block/],
    ['{% for x in a %}{% if x %}b{% endif %}{{ c }}', /^p\.prompty:2:1: unclosed template block/],
    ['a {% endif %}', /^p\.prompty:2:3: invalid template: Unknown statement type: endif/],
    ['{{ a }} {{ a b }}', /^p\.prompty:2:9: invalid template/],
    ['{{ ? }}', /^p\.prompty:2:1: invalid template: Unexpected character/],
    [
      `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
      /^p\.prompty:2:1: the template is nested too deeply/,
    ],
    [`{{ x${' + x'.repeat(50_000)} }}`, /^p\.prompty:\d+:\d+: the template is nested too deeply/],
    ['{{ x | nope }}', /^p\.prompty:2:4: the template cannot be rendered: Unknown .*filter: nope/],
    ["{{ raise_exception('stop') }}", /^p\.prompty:2:4: the template cannot be rendered: stop/],
    ['{% for i in range(100000000) %}{% endfor %}', /range\(\) gives at most 10000 numbers/],
    [
      '{% for i in range(9999) %}{% for j in range(9999) %}{{ j }}{% endfor %}{% endfor %}',
      /the template has too many iterations/,
    ],
    ['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', /^p\.prompty:2:\d+: /],
    ...[
      '{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}{% endfor %}{% endfor %}{% endfor %}',
      '{% for i in range(9999) %}{{ range(10000) | sort | first }}{% endfor %}',
      '{% set r = range(10000) %}{% for i in r %}{{ (r | reverse | list)[0] }}{% endfor %}',
      '{% set r = range(10000) %}{% for i in r %}{{ -1 in r }}{% endfor %}',
      '{% set r = range(10000) %}{% for i in r %}{{ r[::2] | first }}{% endfor %}',
      "{% set n = namespace(s='x') %}{% for i in range(9999) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
      "{% set n = namespace(s=['x']) %}{% for i in range(9999) %}{% set n.s = n.s + n.s %}{% endfor %}",
      '{% for i in range(9999) %}{{ big }}{% endfor %}',
      "{% for i in range(9999) %}{{ big | replace('x', 'y') | length }}{% endfor %}",
      "{% for i in range(9999) %}{{ big.split('x') | length }}{% endfor %}",
      `{% for i in range(9999) %}${'long text '.repeat(10_000)}{% endfor %}`,
      '{{ many | indent(100000000) }}',
      '{{ [x] | tojson(indent=100000000) }}',
    ].map((template): [string, RegExp] => [template, /the template has too many iterations/]),
  ];
  for (const [template, expected] of broken) {
    it(`are refused with their place: ${template.slice(0, 60)}`, () => {
      assert.match(
        complaint(() =>
          jinja(template, { x: 'v', a: 1, b: 2, big: 'x'.repeat(1e6), many: 'a\n'.repeat(99) }),
        ),
        expected,
      );
    });
  }

  it('have no clock', () => {
    assert.match(
      complaint(() => jinja("{{ strftime_now('%Y') }}")),
      /'strftime_now' has no value/,
    );
  });

  it('never throw anything but an error for people', () => {
    const piece = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{%',
        '%}',
        '{#',
        '#}',
        '|',
        ' if ',
        ' for ',
        ' in ',
        'x',
        'a.b',
        "'",
        '"',
        '(',
        ')',
        '-',
        '\n',
        '#',
        '/',
        'else',
        'each ',
        'role ',
        '![',
        '](',
        '${input:',
        '}',
        'user:\n',
      ],
    );
    const template = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    const path = fc.constantFrom('p.prompty', 'p.prompt', 'p.prompt.md', 'p.txt', 'p.md', 'SKILL.md');
    fc.assert(
      fc.property(path, template, (name, text) => {
        try {
          renderPrompt(parse(name, text), { x: 'v', a: { b: 'w' } });
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
          assert.ok(error.where && 'line' in error.where, error.message);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('white space', () => {
  it('of the template arrives with LF; values keep theirs', () => {
    assert.equal(jinja('a\r\n{{ x }}\r\nb', { x: '1\r\n2' }), 'a\n1\r\n2\nb');
    assert.equal(handlebars('a\r\n{{x}}\r\nb', { x: '1\r\n2' }), 'a\n1\r\n2\nb');
    assert.equal(
      renderPrompt(parse('p.prompt.md', 'a\r\n${input:x}\r\nb'), { x: '1\r\n2' }).messages[0]?.content,
      'a\n1\r\n2\nb',
    );
    assert.equal(renderPrompt(parse('AGENTS.md', 'a\r\nb'), {}).messages[0]?.content, 'a\nb');
  });

  it('is Jinja’s own: kept, but for a minus', () => {
    assert.equal(jinja('a\n{% if true %}\nb\n{% endif %}\nc'), 'a\n\nb\n\nc');
    assert.equal(jinja('a\n{%- if true -%}\nb\n{%- endif %}\nc {#- x -#} d'), 'ab\ncd');
  });

  it('leaves out a message of which nothing is left', () => {
    const prompt = parse('p.prompty', '{% if no %}\nsystem:\nA\n{% endif %}\nuser:\nB');
    assert.deepEqual(renderPrompt(prompt, {}).messages, [{ role: 'user', content: 'B' }]);
  });

  it('that a value brings is kept', () => {
    assert.deepEqual(renderPrompt(parse('p.txt', '{{ x }}'), { x: '' }).messages, [
      { role: 'user', content: '' },
    ]);
  });
});
