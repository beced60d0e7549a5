import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { FileError } from '../../../../src/engine/errors.ts';
import { addTarget } from '../../../../src/engine/suites/targets/addTarget.ts';

const add = (text: string, prompt = 'b.prompty') =>
  addTarget({ path: 'touchstone.yaml', text }, 'one', prompt);

describe('a target is added to a suite', () => {
  const cases: [name: string, before: string, after: string][] = [
    [
      'a list in brackets',
      'suites:\n  one:\n    targets: [{ prompt: a.prompty }] # all\n    repeat: 2\n',
      'suites:\n  one:\n    targets: [{ prompt: a.prompty }, { prompt: b.prompty }] # all\n    repeat: 2\n',
    ],
    [
      'a list in lines, with comments',
      'suites:\n  one:\n    targets:\n      - prompt: a.prompty # the old one\n        model: x/y\n    gate: {}\n  two: {}\n',
      'suites:\n  one:\n    targets:\n      - prompt: a.prompty # the old one\n        model: x/y\n      - { prompt: b.prompty }\n    gate: {}\n  two: {}\n',
    ],
    [
      'a list that is not indented, at the end of a file without a line feed',
      'suites:\n  one:\n    targets:\n    - echo: true',
      'suites:\n  one:\n    targets:\n    - echo: true\n    - { prompt: b.prompty }\n',
    ],
    [
      'line ends of Windows',
      'suites:\r\n  one:\r\n    targets:\r\n      - echo: true\r\n',
      'suites:\r\n  one:\r\n    targets:\r\n      - echo: true\r\n      - { prompt: b.prompty }\r\n',
    ],
  ];
  for (const [name, before, after] of cases) {
    it(`behind its others: ${name}`, () => assert.equal(add(before), after));
  }

  it('with a path that YAML would read otherwise in quotes', () => {
    assert.match(
      add('suites: { one: { targets: [{ echo: true }] } }', 'my prompts/#1.md'),
      /"my prompts\/#1.md"/,
    );
  });

  it('or refused where anything else would change', () => {
    for (const text of [
      'suites: { two: {} }',
      'suites: { one: { targets: [] } }',
      'base: &t [{ echo: true }]\nsuites: { one: { targets: *t } }',
    ])
      assert.throws(() => add(text), FileError, text);
  });
});
