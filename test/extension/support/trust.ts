import { it } from 'mocha';

/** Whether this pass of the tests has the workspace trusted; the harness makes one pass of each. */
export const trusted = process.env['TOUCHSTONE_TEST_TRUSTED'] !== 'false';

/** Tests of the pass in which the workspace is trusted; in the other one they do not exist. */
export const itTrusted = trusted ? it : without;
/** Tests of the pass in Restricted Mode. */
export const itUntrusted = trusted ? without : it;

function without(_title: string, _test: () => Promise<void> | void): void {}
