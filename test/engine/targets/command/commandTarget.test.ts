import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import type { Output } from '../../../../src/engine/model/output.ts';
import {
  type Clock,
  fixedEnvironment,
  noSpan,
  type Span,
  systemClock,
} from '../../../../src/engine/ports.ts';
import {
  type CommandTargetOptions,
  createCommandTarget,
} from '../../../../src/engine/targets/command/commandTarget.ts';
import type { TargetContext } from '../../../../src/engine/targets/target.ts';
import { skip } from '../../../support/skip.ts';
import { stillGuards } from '../../../support/stillGuards.ts';
import { takenTraces } from '../../../support/takenTraces.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const agent = fileURLToPath(new URL('../../../fixtures/agents/agent.mjs', import.meta.url));
const span: Span = {
  ...noSpan,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  baggage: 'touchstone.case=greeting',
};
/** A reference to an environment variable, as a suite writes it. */
const fromEnv = (name: string) => `\${env:${name}}`;
const hello: GoldenCase = { id: 'greeting', input: 'hello' };

/** Time stands still, except that limits up to `expireMs` are over at once. */
function clockThatExpires(expireMs: number): Clock {
  return {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms, signal) => (ms <= expireMs ? Promise.resolve() : systemClock.sleep(ms, signal)),
    after: (ms, work) => systemClock.after(ms <= expireMs ? 0 : ms, work),
  };
}

function target(mode: string[], options: Partial<CommandTargetOptions> = {}, clock: Clock = systemClock) {
  return createCommandTarget(
    { name: 'agent', command: [process.execPath, agent, ...mode], cwd: path.dirname(agent), ...options },
    {
      clock,
      trust: { commands: true, scripts: false },
      guards: stillGuards(clock),
      environment: fixedEnvironment({
        PATH: process.env['PATH'] ?? '',
        LANG: 'C.UTF-8',
        OPENAI_API_KEY: 'sk-not-for-agents',
        AGENT_KEY: 'k-123',
      }),
    },
  );
}

async function call(
  mode: string[],
  options: Partial<CommandTargetOptions> = {},
  {
    golden = hello,
    clock = systemClock,
    ...context
  }: Partial<TargetContext> & { golden?: GoldenCase; clock?: Clock } = {},
): Promise<Output> {
  const tested = target(mode, options, clock);
  try {
    return await tested.call(
      { case: golden, trial: 2, seed: 7 },
      { signal: new AbortController().signal, span, timeoutMs: 15_000, ...context },
    );
  } finally {
    await tested.close();
  }
}

function errorOf(output: Output) {
  assert.equal(output.status, 'error', `expected an error, got ${JSON.stringify(output)}`);
  return output.error;
}

function json(output: Output): JsonValue | undefined {
  assert.equal(output.status, 'complete', `expected an answer, got ${JSON.stringify(output)}`);
  return output.json;
}

/** A zombie that waits to be collected is gone for our purposes. */
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

async function untilGone(pids: number[]): Promise<void> {
  while (pids.some(isAlive)) await systemClock.sleep(5);
}

describe('command target', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('hands over the case as one JSON document', async () => {
    assert.deepEqual(json(await call(['echo'], {}, { golden: { ...hello, metadata: { shop: 'north' } } })), {
      version: 1,
      input: 'hello',
      case_id: 'greeting',
      trial: 2,
      seed: 7,
      metadata: { shop: 'north' },
    });
  });

  it('hands over a conversation with the last words of the user as its input', async () => {
    const messages = [
      { role: 'user', content: 'Where is my order?' },
      { role: 'assistant', content: 'Which one?' },
      { role: 'user', content: '4711' },
    ];
    for (const golden of [
      { id: 'm', messages },
      { id: 'm', input: { messages } },
    ]) {
      const seen = json(await call(['echo'], {}, { golden })) as { input: JsonValue; messages: JsonValue };
      assert.equal(seen.input, '4711');
      assert.deepEqual(seen.messages, messages);
    }
  });

  it('gives the agent a scrubbed environment, the trace, and what the suite adds', async () => {
    const seen = json(
      await call(['environment'], { env: { TOKEN: fromEnv('AGENT_KEY'), MODE: 'test' } }),
    ) as {
      [name: string]: string;
    };
    assert.equal(seen['OPENAI_API_KEY'], undefined);
    assert.equal(seen['LANG'], 'C.UTF-8');
    assert.equal(seen['TOKEN'], 'k-123');
    assert.equal(seen['MODE'], 'test');
    assert.equal(seen['TRACEPARENT'], span.traceparent);
    assert.equal(seen['BAGGAGE'], span.baggage);
    assert.equal(seen['TOUCHSTONE_OTLP_FILE'], undefined);
  });

  it('gives the agent nothing of this process’s own environment', async () => {
    process.env['CANARY_OF_THIS_PROCESS'] = 'leaked';
    try {
      const seen = JSON.stringify(json(await call(['environment'])));
      assert.ok(!seen.includes('leaked'));
    } finally {
      delete process.env['CANARY_OF_THIS_PROCESS'];
    }
  });

  it('sends no trace context when nothing is traced', async () => {
    const seen = json(await call(['environment'], {}, { span: noSpan })) as { [name: string]: string };
    assert.equal(seen['TRACEPARENT'], undefined);
  });

  it('takes plain text as the answer where the suite says so', async () => {
    const output = await call(['plain'], { reply: 'text' });
    assert.equal(output.status, 'complete');
    assert.equal(output.text, 'You said: hello');
    assert.equal(output.costUsd, null);
    assert.equal(output.usage, null);
  });

  it('does not mind an agent that never reads its input', async () => {
    const golden = { id: 'long', input: 'x'.repeat(1_000_000) };
    const output = await call(['deaf'], {}, { golden });
    assert.equal(output.text, 'not listening');
  });

  it('reports an exit code with the agent’s last output', async () => {
    const error = errorOf(await call(['exit']));
    assert.equal(error.code, 'exit');
    assert.match(error.message, /code 3/);
    assert.match(error.message, /the index is missing/);
    assert.equal(error.transient, false);
  });

  it('reports a signal', async () => {
    assert.match(errorOf(await call(['die'])).message, /SIGKILL/);
  });

  it('reports silence, text that is not JSON, and bytes that are not UTF-8', async () => {
    const raw = (bytes: string | Uint8Array) => call(['raw', Buffer.from(bytes).toString('base64')]);
    for (const [output, pattern] of [
      [await call(['silent']), /wrote nothing/],
      [await raw('Thinking…\nDone'), /not usable JSON.*Thinking.*TOUCHSTONE_REPLY_FILE/],
      [await raw(new Uint8Array([0x22, 0xff, 0x22])), /not valid UTF-8/],
      [await raw('{"outptu": 1}'), /not an object with "output"/],
    ] as const) {
      const error = errorOf(output);
      assert.equal(error.code, 'protocol');
      assert.match(error.message, pattern);
    }
  });

  it('ends an agent that writes too much to either stream', async () => {
    for (const stream of ['stdout', 'stderr']) {
      const error = errorOf(await call(['flood', stream], { maxOutputBytes: 100_000 }));
      assert.equal(error.code, 'too-large');
      assert.match(error.message, new RegExp(stream));
    }
  });

  it('ends an agent at its time limit', async () => {
    for (const limits of [{ timeoutMs: 1 }, {}]) {
      const context = { clock: clockThatExpires(1), timeoutMs: limits.timeoutMs ? 60_000 : 1 };
      const error = errorOf(await call(['hang'], limits, context));
      assert.equal(error.code, 'timeout');
      assert.equal(error.transient, true);
    }
  });

  it('ends the whole process tree on an abort, even if it ignores the polite signal', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no signals that a process may ignore');
    const ready = path.join(folder, 'ready');
    const controller = new AbortController();
    // The grace period of two seconds is over at once; the call's own limit is not.
    const running = call(
      ['stubborn', ready],
      {},
      {
        clock: clockThatExpires(2_000),
        signal: controller.signal,
      },
    );
    while (!existsSync(ready) || readFileSync(ready, 'utf8') === '') await systemClock.sleep(5);
    const pids = readFileSync(ready, 'utf8').split(' ').map(Number);
    assert.equal(pids.filter(isAlive).length, 2);
    controller.abort(new Error('stopped by the person'));
    await assert.rejects(running, /stopped by the person/);
    await untilGone(pids);
  });

  it('ends what the agent left behind, and does not wait for it', async function () {
    if (process.platform === 'win32') skip(this, 'Windows has no signals that a process may ignore');
    const output = await call(['leave']);
    await untilGone([Number(json(output))]);
  });

  it('rejects at once when the call is already aborted', async () => {
    await assert.rejects(call(['hang'], {}, { signal: AbortSignal.abort(new Error('no')) }), /no/);
  });

  it('names a program that does not exist, and a folder that does not', async () => {
    const missing = errorOf(await call([], { command: ['no-such-agent-program'] }));
    assert.equal(missing.code, 'start');
    assert.match(missing.message, /"no-such-agent-program" was not found/);
    assert.match(
      errorOf(await call(['echo'], { cwd: path.join(folder, 'gone') })).message,
      /gone does not exist/,
    );
  });

  it('reports what cannot even be tried: a folder that is a file, an argument with a NUL', async () => {
    assert.match(errorOf(await call(['echo'], { cwd: agent })).message, /does not exist/);
    assert.equal(errorOf(await call(['echo', '\0'])).code, 'start');
  });

  it('waits as long as a limit says that no timer can hold', async () => {
    assert.equal((await call(['deaf'], {}, { timeoutMs: 2 ** 40 })).status, 'complete');
  });

  it('passes no argument through a shell', async () => {
    const witness = path.join(folder, 'witness');
    await call(['echo', `; touch ${witness}`, `$(touch ${witness})`]);
    assert.equal(existsSync(witness), false);
  });

  it('reads the spans that the agent wrote, skips broken lines, and cleans up', async () => {
    const received: JsonValue[] = [];
    const good = { resourceSpans: [{ scopeSpans: [] }] };
    const golden = {
      id: 'spans',
      input: [JSON.stringify(good), '{"resourceSpans": [', JSON.stringify(good)],
    };
    const warnings: string[] = [];
    const output = await call(
      ['spans'],
      { scratchFolder: folder },
      {
        golden,
        openTraces: takenTraces(received),
        span: { ...span, log: (_level, message) => warnings.push(message) },
      },
    );
    assert.deepEqual(received, [good, good]);
    assert.equal(warnings.length, 1);
    assert.ok(output.text.startsWith(folder));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('refuses to run what is not trusted', () => {
    assert.throws(
      () =>
        createCommandTarget(
          { name: 'agent', command: ['node', agent], cwd: folder, where: { path: 'touchstone.yaml' } },
          {
            clock: systemClock,
            guards: stillGuards(),
            environment: fixedEnvironment({}),
            trust: { commands: false, scripts: true },
          },
        ),
      (error) => error instanceof ConfigError && /not trusted/.test(error.describe()),
    );
  });

  it('refuses an empty command and a variable that is not set', () => {
    assert.throws(() => target([], { command: [] }), /empty command/);
    assert.throws(
      () => target([], { env: { TOKEN: fromEnv('NOT_SET') } }),
      (error) => error instanceof ConfigError && /NOT_SET/.test(error.message),
    );
    assert.doesNotThrow(() => target([], { env: { TOKEN: fromEnv('NOT_SET:none') } }));
  });

  it('has a hash that follows the agent’s code but not the value of a key', async () => {
    const code = path.join(folder, 'agent');
    await mkdir(code);
    writeFileSync(path.join(code, 'main.mjs'), 'import "./answer.mjs";');
    writeFileSync(path.join(code, 'answer.mjs'), 'one');
    const hashWith = (key: string) =>
      createCommandTarget(
        { name: 'a', command: ['node', 'agent/main.mjs'], cwd: folder, env: { KEY: fromEnv('KEY') } },
        {
          clock: systemClock,
          guards: stillGuards(),
          environment: fixedEnvironment({ KEY: key }),
          trust: { commands: true, scripts: false },
        },
      ).hash;
    const first = hashWith('secret-1');
    assert.equal(hashWith('secret-2'), first);
    writeFileSync(path.join(code, 'answer.mjs'), 'two');
    assert.notEqual(hashWith('secret-1'), first);
  });
});
