import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { markdownBlocks } from './markdownBlocks.ts';

const docs = path.join(import.meta.dirname, '..', '..', 'docs');
const PAGES = [
  'provider-failures.md',
  'rate-limits.md',
  'bulkheads.md',
  'fallbacks.md',
  'provider-recipes.md',
];
const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n';
const PROMPT = 'user:\nSay {{input}}.\n';

/** The files that the examples speak of. */
const FILES = {
  'datasets/support.golden.yaml': DATASET,
  'prompts/plan.prompty': PROMPT,
  'prompts/reflect.prompty': PROMPT,
  'prompts/answer.prompty': PROMPT,
};

describe('the pages on providers', () => {
  for (const page of PAGES) {
    const blocks = markdownBlocks(readFileSync(path.join(docs, page), 'utf8'));
    const configs = blocks.filter(({ language, text }) => language === 'yaml' && hasAll(parse(text)));

    for (const { text, line } of configs) {
      it(`show a configuration that is valid: ${page}:${line}`, async () => {
        const folder = temporaryFolder({ ...FILES, 'touchstone.yaml': text });
        const { code, err } = await touchstone(folder, 'providers', '--json');
        assert.deepEqual([code, err.replace(/^.*has no suites.*\n.*$/m, '')], [0, '']);
      });
    }
  }

  it('correct budgets as bulkheads.md says', async () => {
    const blocks = markdownBlocks(readFileSync(path.join(docs, 'bulkheads.md'), 'utf8'));
    const config = blocks.find(({ language }) => language === 'yaml');
    const folder = temporaryFolder({ ...FILES, 'touchstone.yaml': config?.text ?? '' });
    const commands = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.trim().split('\n'))
      .map((command) => command.split(' ').slice(1));
    assert.ok(commands.length >= 3);
    for (const command of commands) {
      const { code, err } = await touchstone(folder, ...command);
      assert.equal(code, 0, `${command.join(' ')}: ${err}`);
    }
  });
});

/** A whole configuration, not a snippet. */
function hasAll(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'providers' in value;
}
