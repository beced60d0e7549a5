import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format as formatAll } from 'node:util';

/**
 * The entry that the editor calls, in the browser harness and in desktop VS Code alike. Rejects when a test
 * failed; leaves counts and lines in the file that TOUCHSTONE_TEST_REPORT names.
 */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const grep = process.env['TOUCHSTONE_TEST_GREP'];
  const lines: string[] = [];
  const log = console.log;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    forbidOnly: true,
    color: false,
    reporter: 'spec',
    ...(grep ? { grep } : {}),
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  // A bundle of its own beside this one, loaded now that mocha's functions are in place.
  require(path.join(__dirname, 'tests.cjs'));
  // Mocha keeps the function that the console had when it was loaded; its own hook is this one.
  Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => {
    lines.push(formatAll(...parts));
    log(...parts);
  };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', () => {
        counts.passed += 1;
      })
      .on('fail', () => {
        counts.failed += 1;
      })
      .on('pending', () => {
        counts.skipped += 1;
      });
  });
  const file = process.env['TOUCHSTONE_TEST_REPORT'];
  if (file) writeFileSync(file, JSON.stringify({ ...counts, lines }));
  if (counts.failed > 0) throw new Error(`${counts.failed} tests failed`);
}
