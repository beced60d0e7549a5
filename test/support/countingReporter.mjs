// Mocha's own spec reporter that also leaves the outcomes in a file, so that the test script can add up suites.
import Mocha from 'mocha';
import { gatherOutcomes, leaveOutcomes } from './outcomes.ts';

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const outcomes = gatherOutcomes(runner);
    runner.on('retry', (test, error) => {
      console.log(`    tried again: ${test.fullTitle()} (${error.message.split('\n')[0]})`);
    });
    runner.once('end', () => {
      leaveOutcomes(outcomes);
      setTimeout(endAnyway, LEFT_OPEN_MS).unref();
    });
  }
}

/** What tests leave open keeps the process from ending, and would hold all other suites. */
const LEFT_OPEN_MS = 30_000;

function endAnyway() {
  console.error(`left open after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit();
}
