import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPythonRunner } from '../../../../src/engine/evaluators/scripts/scriptRunner.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { ScriptError } from '../../../../src/engine/processes/scripts/scriptCall.ts';
import { skip } from '../../../support/skip.ts';
import { depsWith, evaluatorOf, inputWith, scriptsWith } from '../evaluating.ts';

const hasPython = spawnSync('python3', ['-c', '']).status === 0;
const { signal } = new AbortController();
const callOf = (code: string) => ({ kind: 'script' as const, code, args: ['', {}] });

function runnerWith(options: { timeoutMs?: number; program?: string } = {}) {
  return createPythonRunner({
    timeoutMs: 20_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
    cwd: import.meta.dirname,
    ...options,
  });
}

describe('Python', function () {
  this.timeout(60_000);

  it('is not run where scripts are not trusted', () => {
    assert.throws(() => evaluatorOf({ python: 'True' }), /not trusted to run/);
  });

  it('says what to do where there is none', async () => {
    const runner = runnerWith({ program: 'no-such-python' });
    await assert.rejects(runner.run(callOf('x'), { signal }), (error) => {
      assert.ok(error instanceof ScriptError);
      assert.match(error.message, /no-such-python.*Install Python 3/);
      return true;
    });
    await runner.close();
  });

  describe('installed', () => {
    const runner = runnerWith();
    const deps = depsWith(
      { scripts: scriptsWith({ python: runner }) },
      { 'checks/tone.py': 'def get_assert(output, context):\n    return len(output) / 10\n' },
    );
    before(function () {
      if (!hasPython) skip(this, 'python3 is not installed');
    });
    after(() => runner.close());

    const score = (entry: Parameters<typeof evaluatorOf>[0], text: string) =>
      evaluatorOf(entry, deps).evaluate(inputWith(text, { input: { name: 'Ada' } }), {
        signal,
        span: noSpan,
      });

    it('reads a module of the workspace', async () => {
      const read = await score({ python: { code: 'file://checks/tone.py', threshold: 0.5 } }, 'hello');
      assert.ok(read.status === 'scored');
      assert.deepEqual([read.pass, read.score], [true, 0.5]);
    });

    it('knows the variables of the case', async () => {
      const read = await score({ python: "context['vars']['name'] in output" }, 'Dear Ada');
      assert.ok(read.status === 'scored' && read.pass);
    });

    it('takes a text for a number only where all of it is one', async () => {
      const said = (text: string) =>
        score({ type: 'python', value: JSON.stringify(text), threshold: 0.5 }, '');
      for (const text of ['0.8', ' 0.8 ', '+.8', '8e-1']) {
        const read = await said(text);
        assert.deepEqual(read.status === 'scored' && [read.score, read.pass], [0.8, true], text);
      }
      for (const text of ['0.8oops', '0.8 of 1', '0,8', '8/10', '', 'NaN', 'Infinity']) {
        assert.equal((await said(text)).status, 'error', text);
      }
    });
    it('hands over any text unharmed', async () => {
      const text = "'''\\ \u2028 \u{1f600} \n\0 {{x}}";
      const length = [...text].length;
      const read = await score({ python: `len(output) == ${length}` }, text);
      assert.ok(read.status === 'scored' && read.pass);
    });

    it('measures nothing with a number that is none, and names the line of a fault', async () => {
      await assert.rejects(async () => score({ python: "float('nan')" }, ''), /cannot be written as JSON/);
      await assert.rejects(
        async () => score({ python: 'x = 1\nreturn x / 0' }, ''),
        /ZeroDivisionError.*line 2/,
      );
    });

    it('does not see the environment of this process', async () => {
      process.env['TOUCHSTONE_TEST_SECRET'] = 'secret';
      try {
        const read = await score({ python: "'TOUCHSTONE_TEST_SECRET' not in __import__('os').environ" }, '');
        assert.ok(read.status === 'scored' && read.pass);
      } finally {
        delete process.env['TOUCHSTONE_TEST_SECRET'];
      }
    });

    it('is ended at its time limit, and the next assertion runs', async () => {
      const hasty = runnerWith({ timeoutMs: 1_500 });
      const forever = 'def __assertion__(output, context):\n    while True: pass\n';
      await assert.rejects(hasty.run(callOf(forever), { signal }), /did not finish within/);
      const quick = 'def __assertion__(output, context): return 1\n';
      assert.equal(await hasty.run(callOf(quick), { signal }), 1);
      await hasty.close();
    });
  });
});
