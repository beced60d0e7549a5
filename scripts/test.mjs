// Runs every check and suite, then prints what failed, what was skipped and why, and one line with the counts over all of
// them. Exit code 1 on any failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { noOutcomes } from '../test/support/outcomes.ts';
import { testReport, total } from './testReport.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'touchstone-test-'));
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const suites = [];

/** A check that passes or fails as a whole. */
function check(name, command, args) {
  console.log(`\n== ${name}`);
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const said = `${stdout ?? ''}${stderr ?? ''}`;
  process.stdout.write(said);
  const outcomes = noOutcomes();
  if (status === 0) outcomes.passed = 1;
  else fail(outcomes, 'does not pass', error?.message ?? said);
  suites.push({ suite: name, outcomes });
}

/** A mocha suite; its tests are counted one by one. */
function suite(name, args) {
  counted(name, bin('mocha'), ['--reporter', './test/support/countingReporter.mjs', ...args]);
}

/** A program that leaves the outcomes of its tests in a file. One that dies counts as one failure. */
function counted(name, command, args) {
  console.log(`\n== ${name}`);
  const file = path.join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // Tests leave nothing in the person's own folders.
    env: { ...process.env, TOUCHSTONE_TEST_OUTCOMES: file, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  const outcomes = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : noOutcomes();
  if (result.status !== 0 && outcomes.failed === 0) fail(outcomes, 'ended early', howItEnded(result));
  suites.push({ suite: name, outcomes });
}

function fail(outcomes, title, error) {
  outcomes.failed += 1;
  outcomes.failures.push({ title, error });
}

function howItEnded({ error, signal, status }) {
  return error?.message ?? (signal ? `killed by ${signal}` : `exit code ${status}`);
}

check('format and lint', bin('biome'), ['ci', '.']);
check('types', bin('tsc'), ['--noEmit']);
check('types of the panels', bin('tsc'), ['--noEmit', '-p', 'src/webview']);
check('unused code', bin('knip'), []);
check('build', process.execPath, ['esbuild.mjs']);
suite('unit tests', [
  ...process.argv.slice(2),
  'test/{engine,engineProcess,cli,conformance,docs,support,architecture,package,scripts,services,simulation,ui}/**/*.test.ts',
]);
suite('panels in a browser', ['test/webview/**/*.test.ts']);
counted('extension host', process.execPath, ['test/support/vscode/extensionHost.ts']);
// A whole editor in a browser on a shared machine: a journey that fails leaves its evidence in screenshots/failed, is
// gone through once more, and says so.
suite('journeys', [
  '--retries',
  '1',
  '--require',
  './test/support/vscode/evidence.ts',
  'test/e2e/**/*.test.ts',
]);

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${testReport(suites, root)}`);
process.exit(total(suites, 'failed') === 0 ? 0 : 1);
