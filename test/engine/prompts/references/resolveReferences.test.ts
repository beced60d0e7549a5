import assert from 'node:assert/strict';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { resolveReferences } from '../../../../src/engine/prompts/references/resolveReferences.ts';
import { complaint, fixtures, parse } from '../readPrompt.ts';

const scope = { root: fixtures, environment: fixedEnvironment({ A: 'a', URL: 'http://x:1' }) };
const resolve = (text: string) => resolveReferences(text, { path: 'p.prompty', line: 1, column: 1 }, scope);

describe('references of a Prompty file', () => {
  const whole: [written: string, value: string][] = [
    ['${env:A}', 'a'],
    [' ${env:A} ', 'a'],
    ['${env:NOPE:}', ''],
    ['${env:NOPE:http://x:1/}', 'http://x:1/'],
  ];
  for (const [written, value] of whole)
    it(`are replaced as a whole: ${written}`, () => assert.equal(resolve(written), value));

  for (const text of [
    'Shows the ${file:} form',
    'Set ${env:NOPE} first',
    '${env:A} and more',
    'see ${env:A}',
    '${env:A',
    '${other:A}',
    '$${env:A}',
  ])
    it(`stay as they are within other text: ${text}`, () => assert.equal(resolve(text), text));

  it('are refused where a whole one names nothing', () => {
    assert.match(
      complaint(() => resolve('${env:NOPE}')),
      /NOPE is not set/,
    );
  });
});

describe('template formats of Prompty', () => {
  const syntax = (template: string) =>
    parse('p.prompty', `---\ntemplate: ${template}\n---\nsystem:\nHi {{a}}`).syntax;
  for (const written of [
    'nunjucks',
    '{ format: nunjucks }',
    '{ format: { kind: nunjucks }, parser: { kind: prompty } }',
    '{ format: { kind: jinja2 } }',
    '{ type: jinja2 }',
    '{ format: { kind: "*" } }',
    '{ parser: prompty }',
    '',
  ])
    it(`are Jinja's: ${written}`, () => assert.equal(syntax(written), 'jinja'));
  it('may be those of Mustache', () => assert.equal(syntax('{ format: { kind: mustache } }'), 'handlebars'));
  it('are refused when they are unknown', () =>
    assert.throws(() => syntax('constructor'), /unknown template format/));
});
