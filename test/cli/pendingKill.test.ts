import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Says which call it was; writes each call down. */
const QUICK = `import { appendFileSync } from 'node:fs';
appendFileSync('quick.txt', 'x');
console.log(JSON.stringify({ output: 'quick, at ' + process.hrtime.bigint() }));
`;

/** While there is a file "kill": waits until the outputs of the other target are stored, and kills who called it. */
const KILLER = `import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
if (existsSync('.touchstone/kill')) {
  const store = new DatabaseSync('.touchstone/touchstone.db', { timeout: 10_000, readOnly: true });
  while (store.prepare('SELECT count(*) AS n FROM held_outputs').get().n < 2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  process.kill(process.ppid, 'SIGKILL');
}
console.log(JSON.stringify({ output: 'slow and good' }));
`;

describe('a comparison of targets that is killed between its phases', () => {
  let openai: OpenAiServer;
  before(async () => {
    openai = await startOpenAiServer(() => ({ text: '{"reason": "It is better.", "winner": "tie"}' }));
  });
  after(() => openai.close());

  it('goes on from the stored outputs and calls no target twice for them', async function () {
    this.timeout(30_000);
    const folder = temporaryFolder({
      'touchstone.yaml': `
providers: { local: { base_url: "${openai.baseUrl}" } }
suites:
  s:
    dataset: d.golden.yaml
    judge: local/judge
    targets:
      - { name: quick, command: ["${process.execPath}", quick.mjs] }
      - { name: slow, command: ["${process.execPath}", --no-warnings, slow.mjs] }
    evaluators: [{ pairwise: is better }]
`,
      'd.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }, { id: b, input: y }]\n',
      'quick.mjs': QUICK,
      'slow.mjs': KILLER,
      // In a folder that is not the workspace's own content: nothing depends on it.
      '.touchstone/kill': '',
    });
    const killed = startTouchstone(folder, 'eval', '--no-progress');
    assert.equal((await killed.done).code, null, 'it was killed');
    assert.equal(openai.requests.length, 0, 'nothing was judged yet');
    assert.equal(readFileSync(path.join(folder, 'quick.txt'), 'utf8'), 'xx');
    rmSync(path.join(folder, '.touchstone', 'kill'));

    const resumed = await touchstone(folder, 'eval', '--resume', '--no-progress', '-o', 'r.json');
    assert.equal(resumed.code, 0, resumed.err + resumed.out);
    assert.equal(readFileSync(path.join(folder, 'quick.txt'), 'utf8'), 'xx', 'quick was not called again');
    const [run] = JSON.parse(readFileSync(path.join(folder, 'r.json'), 'utf8')).runs;
    assert.equal(run.results.length, 4);
    assert.ok(run.results.every(({ status }: { status: string }) => status === 'passed'));
    // Two cases, two targets, each asked in two orders.
    assert.equal(openai.requests.length, 8);
  });
});
