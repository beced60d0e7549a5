import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format as formatAll } from 'node:util';
import { gatherOutcomes } from '../support/outcomes.ts';

/**
 * The entry that the editor calls, in the browser harness and in desktop VS Code alike. Rejects when a test
 * failed; leaves outcomes and lines in the file that TOUCHSTONE_TEST_REPORT names.
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
  const ended = Promise.withResolvers<void>();
  const outcomes = gatherOutcomes(mocha.run(() => ended.resolve()));
  await ended.promise;

  const file = process.env['TOUCHSTONE_TEST_REPORT'];
  if (file) writeFileSync(file, JSON.stringify({ outcomes, lines }));
  if (outcomes.failed > 0) throw new Error(`${outcomes.failed} tests failed`);
}
