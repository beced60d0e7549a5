import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { Output } from '../../../../src/engine/model/output.ts';
import { fixedEnvironment, noSpan, systemClock } from '../../../../src/engine/ports.ts';
import {
  type CommandTargetOptions,
  createCommandTarget,
} from '../../../../src/engine/targets/command/commandTarget.ts';
import { stillGuards } from '../../../support/stillGuards.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const REPLY = '{"output":"fine"}';

describe('replies of programs', () => {
  const folder = temporaryFolder();

  async function run(
    code: string,
    {
      golden = { id: 'a', input: 'hello' },
      timeoutMs = 20_000,
      args = [] as string[],
      ...options
    } = {} as Partial<CommandTargetOptions & { golden: GoldenCase; timeoutMs: number; args: string[] }>,
  ): Promise<{ output: Output; logged: string[] }> {
    const logged: string[] = [];
    const target = createCommandTarget(
      { name: 'agent', command: [process.execPath, '-e', code, '--', ...args], cwd: folder, ...options },
      {
        clock: systemClock,
        guards: stillGuards(),
        environment: fixedEnvironment({
          PATH: process.env['PATH'] ?? '',
          OPENAI_API_KEY: 'sk-1',
          MY_TOKEN: 't',
        }),
        trust: { commands: true, scripts: false },
      },
    );
    const span = { ...noSpan, log: (_: string, line: string) => void logged.push(line) };
    const context = { signal: new AbortController().signal, span, timeoutMs };
    try {
      return { output: await target.call({ case: golden, trial: 0, seed: 1 }, context), logged };
    } finally {
      await target.close();
    }
  }

  function answer({ output }: { output: Output }): string {
    assert.equal(output.status, 'complete', JSON.stringify(output));
    return output.text;
  }

  function error({ output }: { output: Output }): string {
    assert.equal(output.status, 'error', JSON.stringify(output));
    return output.error.message;
  }

  it('are found among other lines, which are kept, with the remedy', async () => {
    const whole = JSON.stringify({ output: 'fine', steps: [] }, null, 2);
    for (const [written, lines] of [
      [`Exporting traces to x\n${REPLY}\n`, 1],
      [`${REPLY}\nflushed 3 spans\n`, 1],
      [`{"level":"info"}\n[1]\n${REPLY}\n`, 2],
      [`{"output":"draft"}\n${REPLY}`, 1],
      [`Exporting { traces }\n${whole}\nflushed\n`, 2],
    ] as const) {
      const found = await run(`process.stdout.write(${JSON.stringify(written)})`);
      assert.equal(answer(found), 'fine', written);
      assert.equal(found.logged.length, lines, written);
      assert.match(
        found.output.warnings?.[0] ?? '',
        /standard output.*standard error.*TOUCHSTONE_REPLY_FILE/,
      );
    }
  });

  it('may be written to a file of their own; standard output is then free', async () => {
    const code = `console.log('{"output":"not this"}'); require('fs').writeFileSync(process.env.TOUCHSTONE_REPLY_FILE, '${REPLY}')`;
    const found = await run(code);
    assert.equal(answer(found), 'fine');
    assert.equal(found.output.warnings, undefined);
    assert.deepEqual(found.logged, ['{"output":"not this"}']);
  });

  it('are as quick as the reply, and not as the end of the program', async () => {
    const found = await run(`process.stdout.write('${REPLY}'); setTimeout(() => {}, 1200)`);
    assert.equal(answer(found), 'fine');
    const { latencyMs, exitMs } = found.output;
    assert.ok(exitMs !== undefined && exitMs - latencyMs > 1000, `${latencyMs} of ${exitMs}`);
    assert.equal(found.output.warnings, undefined);
  });

  it('count although the program fails afterwards, with a warning', async () => {
    const throws = await run(
      `console.log('${REPLY}'); setTimeout(() => { throw new Error('ECONNREFUSED 4318') }, 50)`,
    );
    assert.equal(answer(throws), 'fine');
    assert.match(
      throws.output.warnings?.[0] ?? '',
      /exited with code 1 after its reply[\s\S]*ECONNREFUSED 4318/,
    );

    const killed = await run(`process.stdout.write('${REPLY}', () => process.kill(process.pid, 'SIGKILL'))`);
    assert.equal(answer(killed), 'fine');
    assert.match(killed.output.warnings?.[0] ?? '', /SIGKILL after its reply/);

    const late = await run(`console.log('${REPLY}'); setInterval(() => {}, 1000)`, { timeoutMs: 1000 });
    assert.equal(answer(late), 'fine');
    assert.match(late.output.warnings?.[0] ?? '', /time limit/);
  });

  it('end a program that goes on', async function () {
    this.timeout(20_000);
    for (const code of [
      `console.log('${REPLY}'); setInterval(() => {}, 1000)`,
      `require('fs').writeFileSync(process.env.TOUCHSTONE_REPLY_FILE, '${REPLY}'); setInterval(() => {}, 1000)`,
    ]) {
      const found = await run(code);
      assert.equal(answer(found), 'fine');
      assert.match(found.output.warnings?.[0] ?? '', /went on for 2\.5 s after its reply/);
      assert.ok(found.output.latencyMs < 2000);
    }
  });

  it('that are cut off never count', async () => {
    assert.match(error(await run(`process.stdout.write('{"output":"fi'); process.exitCode = 1`)), /code 1/);
    assert.match(error(await run(`process.stdout.write('{"output":"fi')`)), /not usable JSON/);
    assert.match(error(await run(`console.log('{"progress":1}'); process.exitCode = 2`)), /"output"|code 2/);
  });

  it('take the case from arguments and variables as data, one argument each', async () => {
    const code = `console.log(JSON.stringify({ result: { args: process.argv.slice(1), env: process.env.Q, stdin: require('fs').readFileSync(0, 'utf8') } }))`;
    const question = '$(id) "; rm -rf / {{shop}} -- \n`x`';
    const found = await run(code, {
      golden: { id: 'c', input: { question, shop: { id: 4 } } },
      args: ['-p', '{{question}}', 'case={{case_id}} {{shop}}', '{{.Go}}'],
      env: { Q: 'ask: {{question}}' },
      response: { text: 'result' },
    });
    assert.equal(found.output.status, 'complete', JSON.stringify(found.output));
    assert.deepEqual(found.output.json, {
      args: ['-p', question, 'case=c {"id":4}', '{{.Go}}'],
      env: `ask: ${question}`,
      stdin: '',
    });
    await assert.rejects(run(code, { args: ['{{nothing}}'] }), /uses \{\{nothing\}\}/);
  });

  it('never fill a variable’s value in again', async () => {
    const target = createCommandTarget(
      {
        name: 'agent',
        command: [process.execPath, '-e', 'console.log(JSON.stringify({ output: process.env.Q }))'],
        cwd: folder,
        env: { Q: '$' + '{env:EVIL} {{input}}' },
      },
      {
        clock: systemClock,
        guards: stillGuards(),
        environment: fixedEnvironment({ PATH: process.env['PATH'] ?? '', EVIL: '{{case_id}}' }),
        trust: { commands: true, scripts: false },
      },
    );
    const golden = { id: 'c', input: '$' + '{env:PATH}' };
    const context = { signal: new AbortController().signal, span: noSpan, timeoutMs: 9_000 };
    const output = await target.call({ case: golden, trial: 0, seed: 1 }, context);
    await target.close();
    assert.equal(output.text, '{{case_id}} $' + '{env:PATH}');
  });

  it('that fail keep the line that says why, before a deep stack', async () => {
    const code = `
      const deep = (n) => { if (n === 0) throw new TypeError('the order has no lines', { cause: new Error('empty table') }); deep(n - 1); };
      Error.stackTraceLimit = 50;
      deep(40);`;
    const message = error(await run(code));
    assert.match(message, /Last output:[\s\S]*TypeError: the order has no lines/);
    assert.match(message, /\[cause\]: Error: empty table/);
    assert.ok(message.split('\n').length <= 14, message);
  });

  it('that fail say which variables were withheld, and how to pass them on', async () => {
    const missing = `console.error('Missing credentials: set MY_TOKEN'); process.exit(1)`;
    assert.match(
      error(await run(missing)),
      /not passed on: MY_TOKEN, OPENAI_API_KEY\..*env: \{ MY_TOKEN: "\$\{env:MY_TOKEN\}" \}/,
    );
    const own = await run(`console.log('{"error":"Missing credentials"}')`);
    assert.match(error(own), /not passed on: OPENAI_API_KEY/);
    const given = await run(missing, { env: { MY_TOKEN: 'x', OPENAI_API_KEY: 'y' } });
    assert.doesNotMatch(error(given), /not passed on/);
  });

  it('that ask for it are tried again, and say how often', async () => {
    const code = `
      const fs = require('fs');
      const made = fs.existsSync('made') ? Number(fs.readFileSync('made', 'utf8')) : 0;
      fs.writeFileSync('made', String(made + 1));
      console.log(JSON.stringify(made < 2 ? { error: { message: 'busy', transient: true }, cost_usd: 0.1 } : { output: 'fine', cost_usd: 0.2 }));`;
    const found = await run(code);
    assert.equal(answer(found), 'fine');
    assert.equal(found.output.attempts, 3);
    assert.ok(Math.abs((found.output.costUsd ?? 0) - 0.4) < 1e-9);
    const never = await run(`console.log('{"error":{"message":"busy","transient":true}}')`);
    assert.match(error(never), /busy.*after 4 attempts/);
  });
});
