import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lastOutput } from '../../../../src/engine/targets/command/lastOutput.ts';

const MOST = 2_000;

describe('the last output of a program', () => {
  const long = 'x'.repeat(3_000);
  const cases: { [what: string]: { stderr: string; shows: RegExp } } = {
    'one long line, of which the end counts': { stderr: `${long} refused`, shows: /^…x+ refused$/ },
    'a long line before others': { stderr: `${long}\nlast`, shows: /^…x+\nlast$/ },
    'a long message, whose beginning counts as well': {
      stderr: `TypeError: no such thing ${long} at the end`,
      shows: /^TypeError: no such thing x+\n…x+ at the end$/,
    },
    'a message before long lines': {
      stderr: `Error: refused\n${long}\nlast`,
      shows: /^Error: refused\n…x+\nlast$/s,
    },
  };
  for (const [what, { stderr, shows }] of Object.entries(cases))
    it(`is ${what}`, () => {
      const text = lastOutput(stderr).replace(' Last output:\n', '');
      assert.match(text, shows);
      assert.ok(text.length <= MOST, `${text.length} characters`);
    });

  it('is never half a character', () => {
    for (const before of ['', 'x']) assert.ok(lastOutput(before + '😀'.repeat(2_000)).isWellFormed());
  });
});
