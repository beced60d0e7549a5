// Runs every check and suite, then prints what failed, what was skipped and why, and one line with the counts over all of
// them. Exit code 1 on any failure.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { noOutcomes } from '../test/support/outcomes.ts';
import { testReport, total } from './testReport.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'touchstone-test-'));
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const suites = [];
/** After its end, so long is waited for what a program still prints. */
const LAST_WORDS_MS = 2_000;
/** The suite whose output is printed as it comes. */
let shown;

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
  return counted(name, bin('mocha'), ['--reporter', './test/support/countingReporter.mjs', ...args]);
}

/** A program that leaves the outcomes of its tests in a file. One that dies counts as one failure. */
async function counted(name, command, args) {
  const file = path.join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const result = await run(name, command, args, {
    cwd: root,
    // Tests leave nothing in the person's own folders.
    env: { ...process.env, TOUCHSTONE_TEST_OUTCOMES: file, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  const outcomes = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : noOutcomes();
  if (result.status !== 0 && outcomes.failed === 0) fail(outcomes, 'ended early', howItEnded(result));
  suites.push({ suite: name, outcomes });
}

/** What it prints is shown while it runs, or at its end where another program is being shown. */
function run(name, command, args, options) {
  const isShown = shown === undefined;
  const kept = [];
  if (isShown) shown = name;
  const print = (text) => (isShown ? process.stdout.write(text) : kept.push(text));
  print(`\n== ${name}\n`);

  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', print);
    child.stderr.on('data', print);
    const end = (result) => {
      if (isShown) shown = undefined;
      for (const text of kept.splice(0)) process.stdout.write(text);
      resolve(result);
    };
    child.on('error', (error) => end({ error, signal: null, status: null }));
    child.on('exit', (status, signal) => {
      // What it started may go on, and hold its output open.
      const enough = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, LAST_WORDS_MS);
      child.on('close', () => {
        clearTimeout(enough);
        end({ status, signal });
      });
    });
  });
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
// Two at a time: each of them leaves half of a machine idle. What builds the bundles anew is in the first only.
await Promise.all([
  suite('unit tests', [
    ...process.argv.slice(2),
    'test/{cli,docs,support,architecture,package,scripts,services,ui}/**/*.test.ts',
  ]),
  suite('unit tests of the engine', [
    ...process.argv.slice(2),
    'test/{engine,engineProcess,conformance,simulation}/**/*.test.ts',
  ])
    .then(() => suite('panels in a browser', ['test/webview/**/*.test.ts']))
    .then(() => counted('extension host', process.execPath, ['test/support/vscode/extensionHost.ts'])),
]);
// A whole editor in a browser on a shared machine: a journey that fails leaves its evidence in screenshots/failed, is
// gone through once more, and says so. Two at a time: each of them waits for the editor most of its time.
const journeys = globSync('test/e2e/**/*.test.ts', { cwd: root }).sort();
const lane = (name, first) =>
  suite(name, [
    ...['--retries', '1', '--require', './test/support/vscode/evidence.ts'],
    ...journeys.filter((_, index) => index % 2 === first),
  ]);
await Promise.all([lane('journeys', 0), lane('journeys of the second lane', 1)]);

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${testReport(suites, root)}`);
process.exitCode = total(suites, 'failed') === 0 ? 0 : 1;
