import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ConfigError } from '../../../../src/engine/errors.ts';
import {
  checkTexts,
  fillPlaceholders,
  placeholderNames,
} from '../../../../src/engine/evaluators/judge/placeholders.ts';

const LOCATION = { path: 'touchstone.yaml', line: 4, column: 7 };
const check = (...texts: Parameters<typeof checkTexts>[1][]) =>
  checkTexts(
    { type: 'rubric', name: 'r', negated: false, options: {}, weight: 1, location: LOCATION },
    ...texts,
  );

describe('the placeholders of a judge’s texts', () => {
  it('are plain names, of any alphabet, with any blanks around them', () => {
    check('{{ output }} {{vars.größe}} {{ _x-1 }} { not } {{}', undefined, [
      { role: 'user', content: '{{\n名前\n}}' },
    ]);
    assert.deepEqual(placeholderNames('{{ a }}{{b}} {{a}} {c} {{ d.e }}'), ['a', 'b', 'd.e']);
    assert.deepEqual(placeholderNames('{{ {{a}} }} {{b}} }}'), ['a', 'b']);
  });

  for (const [text, problem] of [
    ['{{ a }} {{ 1b }} {{ c | d }}', 'rubric: "{{ 1b }}" in the judge prompt is not a plain name'],
    ['{{ .a }}', 'rubric: "{{ .a }}" in the judge prompt is not a plain name'],
    ['{{ a b }}', 'rubric: "{{ a b }}" in the judge prompt is not a plain name'],
    ['{{}}', 'rubric: "{{  }}" in the judge prompt is not a plain name'],
    ['{{ }}', 'rubric: "{{  }}" in the judge prompt is not a plain name'],
    ['{% if x %}', 'rubric: a judge prompt cannot contain template blocks ({% … %})'],
  ] as const)
    it(`refuses ${text}, and says where it stands and what to write`, () => {
      for (const written of [
        text,
        [
          { role: 'system' as const, content: 'fine' },
          { role: 'user' as const, content: text },
        ],
      ])
        assert.throws(
          () => check('fine', written),
          (error) => {
            assert.ok(error instanceof ConfigError);
            assert.equal(error.message, problem);
            assert.match(error.describe(), /touchstone\.yaml:4:7/);
            assert.match(error.remedy ?? '', /plain names/);
            return true;
          },
        );
    });

  it('are filled in once, whatever the values hold', () => {
    const values = new Map([
      ['a', '{{ b }} $& $1'],
      ['b', 'B'],
    ]);
    assert.equal(fillPlaceholders('{{a}} {{ b }} {{ c }}', values), '{{ b }} $& $1 B {{ c }}');
  });
});
