// Mocha's own spec reporter that also leaves its counts in a file, so that the test script can add up suites.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    // A journey that was tried twice says so: once is chance, often is a fault.
    runner.on('retry', (test, error) => {
      console.log(`    tried again: ${test.fullTitle()} (${error.message.split('\n')[0]})`);
    });
    runner.once('end', () => {
      const file = process.env.TOUCHSTONE_TEST_COUNTS;
      if (!file) return;
      const { passes, failures, pending } = runner.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
