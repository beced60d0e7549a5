// Runs every check and suite, then prints one line with the counts over all of them. Exit code 1 on any failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'touchstone-test-'));
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const totals = { passed: 0, failed: 0, skipped: 0 };

/** A check that passes or fails as a whole. */
function check(name, command, args) {
  console.log(`\n== ${name}`);
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  totals[result.status === 0 ? 'passed' : 'failed'] += 1;
}

/** A mocha suite; its tests are counted one by one. */
function suite(name, args) {
  counted(name, bin('mocha'), ['--reporter', './test/support/countingReporter.mjs', ...args]);
}

/** A program that leaves the counts of its tests in a file. One that dies counts as one failure. */
function counted(name, command, args) {
  console.log(`\n== ${name}`);
  const counts = path.join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // Tests leave nothing in the person's own folders.
    env: { ...process.env, TOUCHSTONE_TEST_COUNTS: counts, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  const found = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : null;
  for (const key of Object.keys(totals)) totals[key] += found?.[key] ?? 0;
  if (result.status !== 0 && !found?.failed) totals.failed += 1;
}

check('format and lint', bin('biome'), ['ci', '.']);
check('types', bin('tsc'), ['--noEmit']);
check('types of the panels', bin('tsc'), ['--noEmit', '-p', 'src/webview']);
check('unused code', bin('knip'), []);
check('build', process.execPath, ['esbuild.mjs']);
suite('unit tests', [
  ...process.argv.slice(2),
  'test/{engine,engineProcess,cli,conformance,support,architecture,package,ui}/**/*.test.ts',
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
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed === 0 ? 0 : 1);
