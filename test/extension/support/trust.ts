/** Whether this pass of the tests has the workspace trusted; the harness makes one pass of each. */
export const trusted = process.env['TOUCHSTONE_TEST_TRUSTED'] !== 'false';
