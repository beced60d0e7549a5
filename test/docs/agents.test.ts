import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { markdownBlocks } from './markdownBlocks.ts';

const PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'agents.md');
const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: hello, input: Is it open? }
`;

describe('docs/agents.md', () => {
  it('has an agent in Python that runs as it is written', async function () {
    this.timeout(30_000);
    if (spawnSync('python3', ['--version']).error) skip(this, 'python3 is not installed');
    const [agent, config] = markdownBlocks(readFileSync(PAGE, 'utf8'));
    assert.ok(agent && config);
    const files = { 'agent.py': agent.text, 'touchstone.yaml': config.text, 'cases.golden.yaml': DATASET };
    const folder = temporaryFolder(files);
    const { code, out, err } = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(code, 0, `${out}\n${err}`);
  });
});
