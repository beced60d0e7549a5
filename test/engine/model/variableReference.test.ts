import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  attemptedReferences,
  replaceReferences,
  soleReference,
  variableReferences,
} from '../../../src/engine/model/variableReference.ts';

describe('references to environment variables', () => {
  it('have a name, and may have a default', () => {
    assert.deepEqual(variableReferences('${env:A} ${env: B_1 } ${env:C:} ${env:D:x:y}'), [
      { name: 'A', fallback: undefined },
      { name: 'B_1', fallback: undefined },
      { name: 'C', fallback: '' },
      { name: 'D', fallback: 'x:y' },
    ]);
  });

  for (const text of ['${env:}', '${env:1A}', '${env:A-B}', '${env:A', '$env:A', '${ENV:A}', '${input:A}']) {
    it(`are not found in ${text}`, () => assert.deepEqual(variableReferences(text), []));
  }

  it('are replaced once: a value that looks like one stays', () => {
    const filled = replaceReferences(
      '${env:A}-${env:B:b}',
      ({ name, fallback }) => fallback ?? `\${env:${name}}`,
    );
    assert.equal(filled, '${env:A}-b');
  });

  it('may be all of a text, with braces in the default', () => {
    assert.deepEqual(soleReference(' ${env:A:{"a":{}}} '), { name: 'A', fallback: '{"a":{}}' });
    assert.equal(soleReference('x ${env:A}'), undefined);
    assert.equal(soleReference('${env:A-B}'), undefined);
  });

  it('are distinguished from malformed ones', () => {
    assert.deepEqual(attemptedReferences('${env:A} ${env:A-B}'), [
      { written: '${env:A}', valid: true },
      { written: '${env:A-B}', valid: false },
    ]);
  });
});
