import assert from 'node:assert/strict';
import { createScriptRunner } from '../../../../src/engine/evaluators/scripts/scriptRunner.ts';
import { noSpan } from '../../../../src/engine/ports.ts';
import { ScriptError } from '../../../../src/engine/processes/scripts/scriptCall.ts';
import { depsWith, evaluatorOf, inputWith, scriptsWith } from '../evaluating.ts';

const ARGS = ['abc', { vars: { x: 1 }, list: [1, 2] }];
const callOf = (code: string) => ({ kind: 'script' as const, code, args: ARGS });
/** How a script gets at the process around it: the runner is no sandbox. */
const PROCESS = 'this.constructor.constructor("return process")()';

describe('createScriptRunner', () => {
  /** Its limit is far off, so that what ends a script is never the clock. */
  const runner = createScriptRunner({ timeoutMs: 600_000 });
  const hasty = createScriptRunner({ timeoutMs: 2000 });
  const signal = new AbortController().signal;
  const run = (code: string) => runner.run(callOf(code), { signal });
  after(() => Promise.all([runner.close(), hasty.close()]));

  for (const [code, result] of [
    ['output === "abc"', true],
    ['output.length;', 3],
    ['({ pass: true, score: 0.5, reason: "half" })', { pass: true, score: 0.5, reason: 'half' }],
    ['{ pass: true }', { pass: true }],
    ['const s = context.vars.x; s > 0.5', true],
    ['const s = output;\nreturn s.length', 3],
    ['if (output) { return false }', false],
    ['await Promise.resolve(context.list.map((n) => n * 2))', [2, 4]],
    ['context.list instanceof Array', true],
    ['module.exports = (output, { vars }) => output.length + vars.x', 4],
    ['output // comment', 'abc'],
    ['null', null],
  ] as const) {
    it(`evaluates ${JSON.stringify(code)}`, async () => assert.deepEqual(await run(code), result));
  }
  for (const [code, reason] of [
    ['throw new Error("boom")', /Error: boom/],
    ['missing.name', /ReferenceError/],
    ['a b', /SyntaxError/],
    ['undefined', /returned undefined/],
    ['0 / 0', /returned NaN/],
    ['() => 1', /returned function/],
    ['const a = {}; a.a = a; a', /cannot be written as JSON/],
    ['throw null', /null/],
    [`${PROCESS}.exit(3)`, /exited with code 3/],
    ['"x".repeat(5e6)', /more than 1,048,576 bytes/],
    [
      'const all = []; while (true) all.push(new Array(1e5).fill(all.length))',
      /was ended by SIG|exited with code/,
    ],
    [`${PROCESS}.getBuiltinModule("fs").readFileSync("/etc/hosts", "utf8")`, /restricted/],
    [`${PROCESS}.getBuiltinModule("child_process").execSync("true")`, /restricted/],
  ] as const) {
    it(`reports ${JSON.stringify(code.slice(0, 60))}`, async () => {
      await assert.rejects(run(code), (error) => error instanceof ScriptError && reason.test(error.message));
    });
  }
  it('passes no environment variables on', async () => {
    assert.deepEqual(await run(`Object.keys(${PROCESS}.env).filter((name) => name !== 'SystemRoot')`), []);
  });
  it('lets what scripts print disturb nothing', async () => {
    assert.equal(await run('console.log("x".repeat(1e6)), 1'), 1);
    assert.equal(await run(`${PROCESS}.stdout.write('{"value":9}\\n'), 1`), 1);
  });
  it('gives no script the answer of another that wrote to the channel for results', async () => {
    const forged = `${PROCESS}.getBuiltinModule("fs").writeSync(3, 'x\\n{"ready":true}\\n{"value":9}\\n'), 1`;
    await assert.rejects(run(forged), /channel reserved for results/);
    assert.deepEqual(await Promise.all([run('2'), run('3'), run('4')]), [2, 3, 4]);
  });
  it('keeps scripts from changing the world of the next', async () => {
    await run('Array.prototype.map = () => "spoiled", 1').catch(() => {});
    await run('globalThis.left = 1');
    assert.deepEqual(await run('[typeof left, [1].map(String)]'), ['undefined', ['1']]);
  });
  it('ends a script that hangs, and only that', async () => {
    const runHasty = (code: string) => hasty.run(callOf(code), { signal });
    const hung = runHasty('while (true);');
    const fine = [runHasty('1'), runHasty('2'), runHasty('3')];
    await assert.rejects(hung, /did not finish within 2,000 ms/);
    assert.deepEqual(await Promise.all(fine), [1, 2, 3]);
    await assert.rejects(runHasty('new Promise(() => {})'), /did not finish/);
  });
  it('is not held up by a loop that a script left behind', async () => {
    const left =
      'let p = Promise.resolve(); for (let i = 0; i < 50; i++) p = p.then(() => {}); p.then(() => { while (true); }); true';
    assert.equal(await run(left), true);
    assert.deepEqual(await Promise.all([run('1'), run('2'), run('3')]), [1, 2, 3]);
  });
  it('ends a script that is cancelled, and one that waits for its turn', async () => {
    const controller = new AbortController();
    const jobs = [1, 2, 3, 4].map(() => runner.run(callOf('while (true);'), { signal: controller.signal }));
    controller.abort(new Error('stopped by hand'));
    for (const job of jobs) await assert.rejects(job, /stopped by hand/);
    assert.equal(await run('1'), 1);
  });
  it('says so when Node cannot be started, and after it was closed', async () => {
    const broken = createScriptRunner({ timeoutMs: 600_000, nodePath: '/does/not/exist' });
    await assert.rejects(broken.run(callOf('1'), { signal }), /could not be started/);
    await broken.close();
    await assert.rejects(broken.run(callOf('1'), { signal }), ScriptError);
  });

  describe('as the evaluator javascript', () => {
    const deps = depsWith(
      { scripts: scriptsWith({ javascript: runner }) },
      { 'check.js': 'module.exports = (output) => output.length > 1' },
    );
    const score = async (
      entry: Parameters<typeof evaluatorOf>[0],
      output: Parameters<typeof inputWith>[0] = 'abc',
    ) =>
      evaluatorOf(entry, deps).evaluate(inputWith(output, { input: { topic: 'x' } }), {
        signal,
        span: noSpan,
      });

    it('takes a boolean, a number against a threshold, or a whole result', async () => {
      assert.deepEqual(await score({ javascript: 'output === "abc"' }), {
        status: 'scored',
        score: 1,
        pass: true,
        reason: 'the script returned true',
      });
      const low = await score({ javascript: { code: '0.4', threshold: 0.5 } });
      assert.ok(low.status === 'scored' && !low.pass && low.score === 0.4);
      const whole = await score({
        type: 'not-javascript',
        value: '({ pass: false, score: 0.25, reason: "why" })',
      });
      assert.ok(whole.status === 'scored' && whole.pass && whole.score === 0.75);
    });
    it('sees variables, structured output and what the target did', async () => {
      assert.ok(
        (await score({ javascript: 'context.vars.topic === "x" && context.response.costUsd === null' }))
          .status === 'scored',
      );
      const structured = await score({ javascript: 'output.n' }, { text: '{"n":1}', json: { n: 1 } });
      assert.ok(structured.status === 'scored' && structured.score === 1);
    });
    it('reads a script from a file', async () => {
      const verdict = await score({ type: 'javascript', value: 'file://check.js' });
      assert.ok(verdict.status === 'scored' && verdict.pass);
    });
    it('does not pass what is no verdict', async () => {
      assert.equal((await score({ javascript: '"yes"' })).status, 'error');
      assert.equal((await score({ javascript: '({ score: 1 })' })).status, 'error');
    });
    it('refuses to run without trust, and says how to give it', () => {
      assert.throws(() => evaluatorOf({ javascript: 'true' }), { name: 'ConfigError', remedy: /--trust/ });
    });
  });
});
