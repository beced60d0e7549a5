import assert from 'node:assert/strict';
import { parse } from './readPrompt.ts';

const base =
  '---\nname: a\ndescription: b\nmodel:\n  options:\n    temperature: 0\n---\nsystem:\nA\nuser:\n{{ x }}\n';
const hash = (text: string) => parse('p.prompty', text).hash;

describe('the hash of a prompt', () => {
  it('is a SHA-256', () => assert.match(hash(base), /^[0-9a-f]{64}$/));

  const same: [what: string, text: string][] = [
    ['CRLF', base.replaceAll('\n', '\r\n')],
    [
      'another name and description',
      base.replace('name: a', 'name: z').replace('description: b', 'description: y'),
    ],
    ['blank lines around messages', base.replace('A\n', '\nA\n\n\n')],
    ['test data', base.replace('name: a', 'name: a\nsample: { x: 1 }')],
  ];
  for (const [what, text] of same)
    it(`does not change with ${what}`, () => assert.equal(hash(text), hash(base)));

  const different: [what: string, text: string][] = [
    ['text', base.replace('A\n', 'B\n')],
    ['a role', base.replace('system:', 'developer:')],
    ['a parameter', base.replace('temperature: 0', 'temperature: 1')],
    ['a tool', base.replace('name: a', 'name: a\ntools: [{ name: t }]')],
    ['the response format', base.replace('name: a', 'name: a\noutputs: { t: { kind: string } }')],
    ['a default', base.replace('name: a', 'name: a\ninputs: { x: 1 }')],
    ['how variables are written', base.replace('name: a', 'name: a\ntemplate: mustache')],
  ];
  for (const [what, text] of different)
    it(`changes with ${what}`, () => assert.notEqual(hash(text), hash(base)));
});
