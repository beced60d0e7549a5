import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { nodeProgram, pythonProgram } from '../../../../src/engine/processes/scripts/interpreters.ts';
import { ScriptError, type ScriptFailure } from '../../../../src/engine/processes/scripts/scriptCall.ts';
import { ScriptPool } from '../../../../src/engine/processes/scripts/scriptPool.ts';
import { skip } from '../../../support/skip.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();
const env = { PATH: process.env['PATH'] ?? '' };
const hasPython = spawnSync('python3', ['-c', '']).status === 0;
const LONG = 'x'.repeat(3e6);

describe('a fresh process for each call', function () {
  this.timeout(60_000);
  const cwd = temporaryFolder();

  const pools = {
    mjs: new ScriptPool({ ...nodeProgram(), env, cwd }, { fresh: true, resultBytes: 4e6 }),
    py: new ScriptPool({ ...pythonProgram(undefined), env, cwd, shown: 'a.py' }, { fresh: true }),
  };

  function call(file: string, text: string, more: { name?: string; timeoutMs?: number } = {}) {
    writeFileSync(path.join(cwd, file), text);
    const { timeoutMs = 20_000, ...named } = more;
    const pool = file.endsWith('.py') ? pools.py : pools.mjs;
    const module = { kind: 'module', file: path.join(cwd, file), method: 'callApi', options: 7 } as const;
    return pool.run(
      { ...module, ...named, args: ['a', { provider: { id: 'p' } }] },
      { signal, timeoutMs, env: { TRACEPARENT: 't' } },
    );
  }

  const answers: [file: string, text: string, name: string | undefined, answer: unknown][] = [
    ['default.mjs', 'export default (a) => a;', undefined, 'a'],
    ['named.mjs', 'export const f = () => 2; export default 1;', 'f', 2],
    ['common.cjs', 'module.exports = () => 3;', undefined, 3],
    ['commonNamed.cjs', 'module.exports = { f: () => 4 };', 'f', 4],
    ['typed.ts', 'const f = (a: string): string => a; export default f;', undefined, 'a'],
    [
      'class.mjs',
      'export default class { constructor(o) { this.o = o } callApi() { return this.o } }',
      undefined,
      7,
    ],
    ['object.mjs', 'export default { async callApi(a) { return a } };', undefined, 'a'],
    [
      'callable.mjs',
      'export default (a, { provider }) => provider.id() + `${provider.id}`;',
      undefined,
      'pp',
    ],
    ['null.mjs', 'export default () => null;', undefined, null],
    ['long.mjs', `export default () => 'x'.repeat(3e6);`, undefined, LONG],
    ['noise.mjs', `export default () => { process.stdout.write('{"value":1}'); return 2; };`, undefined, 2],
    ['env.mjs', 'export default () => process.env.TRACEPARENT;', undefined, 't'],
    [
      'input.mjs',
      `import { readFileSync } from 'node:fs'; export default () => readFileSync(0, 'utf8');`,
      undefined,
      '',
    ],
    ['state.mjs', 'globalThis.n = (globalThis.n ?? 0) + 1; export default () => globalThis.n;', undefined, 1],
    ['late.mjs', 'export default () => { setInterval(() => {}, 1000); return 5; };', undefined, 5],
    ['plain.py', 'def f(a, b): return a + b["provider"]["id"]', 'f', 'ap'],
    ['later.py', 'async def f(a, b): return a', 'f', 'a'],
    ['input.py', 'import subprocess\ndef f(a, b): return subprocess.check_output("cat").decode()', 'f', ''],
    [
      'thread.py',
      'import threading, time\ndef f(a, b):\n  threading.Thread(target=time.sleep, args=[60]).start()\n  return 6',
      'f',
      6,
    ],
  ];
  for (const [file, text, name, answer] of answers)
    it(`answers: ${file}`, async function () {
      if (file.endsWith('.py') && !hasPython) skip(this, 'python3 is not installed');
      for (let round = 0; round < 2; round++)
        assert.deepEqual(await call(file, text, name === undefined ? {} : { name }), answer);
    });

  const failures: [file: string, text: string, kind: ScriptFailure, message: RegExp, written: RegExp][] = [
    [
      'throws.mjs',
      `export default () => { throw new Error('boom') };`,
      'threw',
      /^Error: boom$/,
      /at .*throws\.mjs/,
    ],
    [
      'missing.mjs',
      'export default {};',
      'threw',
      /exports no function, and no class or object with callApi/,
      /./,
    ],
    ['syntax.mjs', 'export default (', 'threw', /SyntaxError/, /./],
    ['nothing.mjs', 'export default () => {};', 'threw', /returned undefined/, /^$/],
    [
      'exits.mjs',
      `console.log('last'); process.exit(3);`,
      'exit',
      /^the script exited with code 3$/,
      /^last\n$/,
    ],
    ['hangs.mjs', 'console.log(1); while (true);', 'timeout', /did not finish within 1,000 ms/, /^1\n$/],
    ['large.mjs', `export default () => 'x'.repeat(5e6);`, 'too-large', /more than 4,000,000 bytes/, /^$/],
    [
      'forged.mjs',
      `import fs from 'node:fs'; fs.writeSync(3, '1\\n');`,
      'protocol',
      /channel reserved/,
      /^$/,
    ],
    [
      'deep.mjs',
      'let v = []; for (let n = 0; n < 300; n++) v = [v]; export default () => v;',
      'protocol',
      /nested deeper than 200 levels/,
      /^$/,
    ],
    [
      'raises.py',
      'def call_api(a, b):\n  raise ValueError("no")',
      'threw',
      /^ValueError: no$/,
      /raises\.py", line 2/,
    ],
    [
      'exits.py',
      'import os, sys\nprint("last", flush=True)\nos._exit(3)',
      'exit',
      /^a\.py exited with code 3$/,
      /^last\n$/,
    ],
  ];
  for (const [file, text, kind, message, written] of failures)
    it(`fails: ${file}`, async function () {
      if (file.endsWith('.py') && !hasPython) skip(this, 'python3 is not installed');
      const more = file.endsWith('.py') ? { name: 'call_api' } : {};
      const timeoutMs = file === 'hangs.mjs' ? 1000 : 20_000;
      await assert.rejects(call(file, text, { ...more, timeoutMs }), (error) => {
        assert.ok(error instanceof ScriptError, String(error));
        assert.equal(error.kind, kind, error.message);
        assert.match(error.message, message);
        assert.match(error.written, written);
        return true;
      });
    });

  it('is killed with the call, if that is cancelled', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    writeFileSync(path.join(cwd, 'wait.mjs'), 'export default () => new Promise((r) => setTimeout(r, 1e6));');
    const asked = { kind: 'module', file: path.join(cwd, 'wait.mjs'), args: [] } as const;
    const waiting = pools.mjs.run(asked, { signal, timeoutMs: 50_000 });
    setTimeout(() => controller.abort(new Error('cancelled here')), 300);
    await assert.rejects(waiting, /cancelled here/);
  });

  it('runs the Python that a person names', () => {
    assert.equal(pythonProgram('/opt/python').command[0], '/opt/python');
    assert.match(pythonProgram(undefined).command[0], /^python3?$/);
  });
});
