/** What mocha does not keep: why a test, or all tests of a suite, were skipped. */
interface Skipped {
  skipReason?: string;
}

/** Skips the test, or in a `before` hook the tests of its suite. The list at the end of all suites shows the reason. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable: Mocha.Runnable & Skipped = context.runnable();
  const skipped: (Mocha.Runnable | Mocha.Suite) & Skipped =
    isHook(runnable) && runnable.parent ? runnable.parent : runnable;
  skipped.skipReason = reason;
  return context.skip();
}

/** The reason that was given for the test or a suite around it. */
export function skipReason(test: Mocha.Test): string | undefined {
  let at: ((Mocha.Test | Mocha.Suite) & Skipped) | undefined = test;
  while (at) {
    if (at.skipReason !== undefined) return at.skipReason;
    at = at.parent;
  }
  return undefined;
}

function isHook(runnable: Mocha.Runnable): boolean {
  return 'type' in runnable && runnable.type === 'hook';
}
