import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { program } from '../../scripts/program.ts';

describe('the programs of the checks', () => {
  it('are started with Node, as Windows cannot start what npm puts into .bin', () => {
    for (const [name, command] of [
      ['mocha'],
      ['typescript', 'tsc'],
      ['knip'],
      ['@biomejs/biome', 'biome'],
    ] as const) {
      const version = execFileSync(process.execPath, [program(name, command), '--version'], {
        encoding: 'utf8',
      });
      assert.match(version, /\d+\.\d+/, name);
    }
    const tests = readFileSync(new URL('../../scripts/test.mjs', import.meta.url), 'utf8');
    assert.doesNotMatch(tests, /\.bin\b/);
  });

  it('and the files that they check have the same bytes on every system', () => {
    const attributes = readFileSync(new URL('../../.gitattributes', import.meta.url), 'utf8');
    assert.match(attributes, /^\* text=auto eol=lf$/m);
  });
});
