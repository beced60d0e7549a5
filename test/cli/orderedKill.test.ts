import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Writes each call down. While there is a file ".touchstone/kill", its third call waits until two results are stored, and kills. */
const PROVIDER = `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
export const call = async (prompt) => {
  appendFileSync('calls.txt', prompt + '\\n');
  if (existsSync('.touchstone/kill') && readFileSync('calls.txt', 'utf8').split('\\n').length > 3) {
    const store = new DatabaseSync('.touchstone/touchstone.db', { timeout: 10_000, readOnly: true });
    while (store.prepare('SELECT count(*) AS n FROM results').get().n < 2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    process.kill(process.ppid, 'SIGKILL');
  }
  return { output: 'said ' + prompt };
};
`;

describe('promptfoo tests that read outputs of earlier ones, in a run that is killed', () => {
  it('go on with the stored outputs, and ask for none of them again', async function () {
    this.timeout(30_000);
    const folder = temporaryFolder({
      'promptfooconfig.yaml': `
prompts: ['{{kept}}{% for turn in _conversation %}|{{turn.output}}{% endfor %} {{q}}']
providers: ['file://provider.mjs:call']
defaultTest: { assert: [{ type: contains, value: '{{q}}' }] }
tests:
  - { vars: { q: a }, options: { storeOutputAs: kept } }
  - { vars: { q: b } }
  - { vars: { q: c } }
  - { vars: { q: d } }
`,
      'provider.mjs': PROVIDER,
      // In a folder that is not the workspace's own content: nothing depends on it.
      '.touchstone/kill': '',
    });
    const killed = startTouchstone(folder, 'eval', '--trust', '--no-progress');
    assert.equal((await killed.done).code, null, 'it was killed');
    rmSync(path.join(folder, '.touchstone', 'kill'));
    const resumed = await touchstone(folder, 'eval', '--trust', '--resume', '--no-progress');
    assert.equal(resumed.code, 0, resumed.err + resumed.out);
    const [a, b, c, again, d, ...more] = readFileSync(path.join(folder, 'calls.txt'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.deepEqual(more, []);
    assert.equal(a, ' a');
    assert.equal(b, 'said  a|said  a b');
    assert.equal(c, `said  a|said  a|said ${b} c`);
    assert.equal(again, c, 'the call that was cut off is asked again, with the same words');
    assert.equal(d, `said  a|said  a|said ${b}|said ${c} d`);
  });
});
