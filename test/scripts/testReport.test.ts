import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import { testReport } from '../../scripts/testReport.ts';
import { noOutcomes, type Outcomes } from '../support/outcomes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');
const skipModule = pathToFileURL(path.join(root, 'test', 'support', 'skip.ts')).href;

const SUITE = `import assert from 'node:assert/strict';
import { skip } from '${skipModule}';

describe('the store', () => {
  it('opens', () => {});
  it('keeps what it has', () => {
    assert.fail('expected 2\\nbut there are 3');
  });
  it('never answers', (done) => {}).timeout(50);
  it('asks Python', function () { skip(this, 'python3 is not installed'); });
  it.skip('has no reason', () => {});
  let tries = 0;
  it('is slow at first', () => assert.ok(++tries === 2, 'too slow')).retries(1);
});

describe('the editor', () => {
  before(function () { skip(this, 'no editor'); });
  it('opens', () => {});
  describe('and its views', () => { it('open', () => {}); });
});
`;

/** The outcomes that mocha leaves for a file of tests below \`test/\`. */
function outcomesOf(tests: string): { outcomes: Outcomes; folder: string } {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'test'));
  const [suite, file] = [path.join(folder, 'test', 'suite.test.mjs'), path.join(folder, 'outcomes.json')];
  writeFileSync(suite, tests);
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = path.join(root, 'test', 'support', 'countingReporter.mjs');
  spawnSync(process.execPath, [mocha, '--no-config', '--reporter', reporter, suite], {
    env: { ...process.env, TOUCHSTONE_TEST_OUTCOMES: file },
  });
  return { outcomes: JSON.parse(readFileSync(file, 'utf8')) as Outcomes, folder };
}

describe('the end of a test log', () => {
  it('says what was skipped and why, what needed a second try, and what failed where', () => {
    const { outcomes, folder } = outcomesOf(SUITE);
    const report = testReport([{ suite: 'unit tests', outcomes }], folder);
    assert.equal(
      report.replaceAll(path.sep, '/').replace(/\(\/.*suite\.test\.mjs\)/, '(FILE)'),
      `Skipped (4):
  python3 is not installed
    unit tests: the store asks Python
  no reason given
    unit tests: the store has no reason
  no editor
    unit tests: the editor opens
    unit tests: the editor and its views open

Needed a second try (1):
  unit tests: the store is slow at first
    too slow

Failed (2):
  unit tests: the store keeps what it has
    at test/suite.test.mjs:7:12
    expected 2
    but there are 3
  unit tests: the store never answers
    at test/suite.test.mjs
    Timeout of 50ms exceeded. For async tests and hooks, ensure "done()" is called; if returning a Promise, ensure it resolves. (FILE)

2 passed, 2 failed, 4 skipped`,
    );
  });

  it('adds up all suites and shows the first lines of a long error', () => {
    const error = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join('\n');
    const failed = { ...noOutcomes(), failed: 1, failures: [{ title: 'does not pass', error }] };
    const suites = [
      { suite: 'types', outcomes: failed },
      { suite: 'unit tests', outcomes: { ...noOutcomes(), passed: 7 } },
    ];
    const lines = testReport(suites, root).split('\n');
    assert.deepEqual(lines.slice(0, 3), ['Failed (1):', '  types: does not pass', '    line 1']);
    assert.deepEqual(lines.slice(-4), ['    line 12', '    … 28 more lines', '', '7 passed, 1 failed']);
  });

  it('is one line when all is well', () => {
    assert.equal(
      testReport([{ suite: 'types', outcomes: { ...noOutcomes(), passed: 3 } }], root),
      '3 passed, 0 failed',
    );
  });
});
