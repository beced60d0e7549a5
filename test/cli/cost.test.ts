import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROMPT = `---
name: answer
model:
  api: chat
  id: local/gpt-4o
inputs:
  question:
    type: string
---
system:
You answer in one word.

user:
{{question}}
`;

function dataset(cases: number): string {
  const entries = Array.from(
    { length: cases },
    (_, index) => `  - { id: case-${index}, input: question ${index} }`,
  );
  return `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${entries.join('\n')}\n`;
}

/** One dollar per thousand tokens of either kind, so that costs are easy to read. */
function config(baseUrl: string, more = ''): string {
  return `providers:
  local:
    base_url: ${baseUrl}
    prices: { gpt-4o: { input: 1000, output: 1000 } }
suites:
  answers:
    dataset: cases.golden.yaml
    targets: [{ name: agent, prompt: answer.prompty }]
    evaluators: [{ contains: yes }]
    max_concurrency: 1
${more}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('touchstone eval and money', () => {
  let server: OpenAiServer | undefined;
  afterEach(async () => {
    await server?.close();
  });

  async function workspace(
    script: (index: number) => Script,
    options: { cases?: number; more?: string } = {},
  ) {
    server = await startOpenAiServer((_, index) => script(index));
    const folder = temporaryFolder({
      'touchstone.yaml': config(server.baseUrl, options.more),
      'answer.prompty': PROMPT,
      'cases.golden.yaml': dataset(options.cases ?? 6),
    });
    return { folder: folder, server };
  }

  const answers = (): Script => ({ text: 'yes', usage: { input: 40, output: 10 } });

  it('needs no key for an estimate', async () => {
    const { folder } = await workspace(answers);
    const file = path.join(folder, 'touchstone.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('    prices:', '    api_key: "${env:TOUCHSTONE_TEST_NO_SUCH_KEY}"\n    prices:'),
    );
    assert.equal((await touchstone(folder, 'eval', '--estimate')).code, 0);
    assert.match((await touchstone(folder, 'eval')).err, /TOUCHSTONE_TEST_NO_SUCH_KEY/);
  });

  it('estimates before anything is called, first from defaults and then from the past', async () => {
    const { folder, server } = await workspace(answers);
    const first = await touchstone(folder, 'eval', '--estimate', '--no-progress');
    assert.equal(first.code, 0);
    assert.equal(server.requests.length, 0);
    assert.match(first.out, /agent +local\/gpt-4o +6 .* default/);
    assert.match(first.out, /no past run shows how long the answers of agent are/);

    const run = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(server.requests.length, 6);
    assert.match(run.out, /^estimate: cost \$/m);
    assert.match(run.out, /the run cost \$0\.3000: within the estimate of /);

    const second = await touchstone(folder, 'eval', '--estimate', '--no-progress');
    assert.equal(server.requests.length, 6);
    // Ten output tokens each, as all the past ones: this part is certain.
    assert.match(second.out, /agent +local\/gpt-4o +6 +\S+ +60 +\S+ +6 past calls/);
  });

  it('says that a cost is unknown where the price is, and what to do', async () => {
    const { folder, server } = await workspace(answers);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${folder}/touchstone.yaml`, config(server.baseUrl).replace(/\n {4}prices.*/, ''));
    const { out } = await touchstone(folder, 'eval', '--estimate');
    assert.match(out, /estimate: cost unknown/);
    assert.match(out, /the price of local\/gpt-4o is unknown: set it under providers/);
    const limited = await touchstone(folder, 'eval', '--max-cost', '1', '--no-progress');
    assert.equal(limited.code, 1);
    assert.match(limited.err, /the cost of agent is unknown, so the limit cannot be enforced/);
    assert.equal(server.requests.length, 1);
  });

  it('stops before a limit is passed, keeps what was paid for, and goes on with a higher one', async () => {
    const { folder, server } = await workspace(answers);
    // Five cents a call.
    const stopped = await touchstone(folder, 'eval', '--max-cost', '0.16', '--no-progress');
    assert.equal(stopped.code, 1);
    assert.match(stopped.err, /stopped the next trial could exceed the limit of \$0\.1600 for a run/);
    assert.match(stopped.out, /3 missing/);
    assert.equal(server.requests.length, 3);
    const shown = await touchstone(folder, 'show');
    assert.match(shown.out, /stopped the next trial could exceed the limit/);

    const again = await touchstone(folder, 'eval', '--resume', '--max-cost', '0.16', '--no-progress');
    assert.equal(again.code, 1);
    assert.equal(server.requests.length, 3);

    const resumed = await touchstone(folder, 'eval', '--resume', '--max-cost', '1', '--no-progress');
    assert.equal(resumed.code, 0);
    assert.equal(server.requests.length, 6);
    assert.match(resumed.out, /passed: 6 passed, 0 failed, 0 errored/);
  });

  it('goes on with the limit that it was begun with, unless another is given', async () => {
    const { folder, server } = await workspace(answers);
    await touchstone(folder, 'eval', '--max-cost', '0.16', '--no-progress');
    const again = await touchstone(folder, 'eval', '--resume', '--no-progress');
    assert.equal(again.code, 1);
    assert.match(again.err, /limit of \$0\.1600 for a run/);
    assert.equal(server.requests.length, 3);
    assert.equal(
      (await touchstone(folder, 'eval', '--resume', '--max-cost', 'none', '--no-progress')).code,
      0,
    );
    assert.equal(server.requests.length, 6);
  });

  it('is held to its limit by the very first calls, however many run at once', async () => {
    const slow = (): Script => ({ text: 'yes', usage: { input: 40, output: 10 }, after: pause(30) });
    const { folder, server } = await workspace(slow, { cases: 30 });
    const file = path.join(folder, 'touchstone.yaml');
    const text = readFileSync(file, 'utf8').replace('max_concurrency: 1', 'max_concurrency: 8');
    for (const [parameters, least] of [
      ['', 2],
      [', parameters: { max_tokens: 20 }', 2],
    ] as const) {
      const before = server.requests.length;
      writeFileSync(file, text.replace('answer.prompty }', `answer.prompty${parameters} }`));
      const stopped = await touchstone(folder, 'eval', '--max-cost', '0.1', '--no-progress');
      assert.equal(stopped.code, 1);
      const spent = (server.requests.length - before) * 0.05;
      assert.ok(spent <= 0.1 + 1e-9 && spent >= least * 0.05, `${spent}`);
    }
  });

  it('holds runs of several processes to the limit of the day together', async function () {
    this.timeout(60_000);
    const slow = (): Script => ({ text: 'yes', usage: { input: 40, output: 10 }, after: pause(20) });
    const { folder, server } = await workspace(slow, {
      cases: 30,
      more: '    budget: { max_cost_usd_per_day: 0.5 }\n',
    });
    const file = path.join(folder, 'touchstone.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('max_concurrency: 1', 'max_concurrency: 4'));
    const runs = [1, 2, 3].map(() => startTouchstone(folder, 'eval', '--no-progress'));
    for (const { code, err } of await Promise.all(runs.map(({ done }) => done))) {
      assert.equal(code, 1);
      assert.match(err, /for a day/);
    }
    const spent = server.requests.length * 0.05;
    assert.ok(spent <= 0.5 + 1e-9 && spent > 0.35, `${spent}`);
  });

  it('counts what a killed run may have spent', async function () {
    this.timeout(60_000);
    // Within what is counted beforehand, so a killed call never costs more than is reserved for it.
    const usage = { input: 10, output: 20 };
    const slow = (): Script => ({ text: 'yes', usage, after: pause(60) });
    const { folder, server } = await workspace(slow, {
      cases: 40,
      more: '    budget: { max_cost_usd_per_day: 0.6 }\n',
    });
    const file = path.join(folder, 'touchstone.yaml');
    const text = readFileSync(file, 'utf8').replace('max_concurrency: 1', 'max_concurrency: 4');
    writeFileSync(file, text.replace('answer.prompty }', 'answer.prompty, parameters: { max_tokens: 20 } }'));
    for (const received of [3, 6]) {
      const run = startTouchstone(folder, 'eval', '--no-progress', ...(received > 3 ? ['--resume'] : []));
      await server.received(received);
      run.kill('SIGKILL');
      await run.done;
    }
    const last = await startTouchstone(folder, 'eval', '--resume', '--no-progress').done;
    assert.equal(last.code, 1);
    assert.match(last.err, /for a day/);
    const spent = server.requests.length * 0.03;
    assert.ok(spent <= 0.6 && spent >= 0.3, `${spent}`);
  });

  it('holds all runs of a day to the limit of the suite', async () => {
    const { folder, server } = await workspace(answers, {
      more: '    budget: { max_cost_usd_per_day: 0.5 }\n',
    });
    assert.equal((await touchstone(folder, 'eval', '--no-progress')).code, 0);
    const second = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(second.code, 1);
    assert.match(
      second.err,
      /the limit of \$0\.5000 for a day is reached \(\$0\.5000 spent today, UTC\); raise it, or continue tomorrow/,
    );
    assert.equal(server.requests.length, 10);
  });

  it('refuses an amount that is none', async () => {
    const { folder } = await workspace(answers);
    for (const amount of ['0', '-1', 'much', '1e999']) {
      const { code, err } = await touchstone(folder, 'eval', '--max-cost', amount);
      assert.equal(code, 2, amount);
      assert.match(err, /amount in US dollars/);
    }
  });

  it('limits outputs by class, says what was cut off, and adapts the budget', async () => {
    const cut = (index: number): Script =>
      index === 2
        ? { text: 'half an ans', finishReason: 'length', usage: { input: 40, output: 1000 } }
        : { text: 'yes', usage: { input: 40, output: 500 } };
    const { folder, server } = await workspace(cut, { more: '    token_budgets: adaptive\n' });
    const first = await touchstone(folder, 'eval', '--no-progress');
    assert.equal(first.code, 1);
    assert.deepEqual(new Set(server.requests.map(({ body }) => body['max_tokens'])), new Set([1000]));
    assert.match(first.out, /cut off by its budget of 1,000 output tokens \(simple\)/);
    assert.match(first.out, /1 of 6 outputs cut off by the budget/);
    assert.match(first.out, /agent {2}simple {2}raised from 1000 to 1200: 1 of 6 calls were cut off/);

    await touchstone(folder, 'eval', '--no-progress');
    const limits = server.requests.slice(6).map(({ body }) => body['max_tokens']);
    // The case that was cut off is lent what the reserve has: a tenth of six budgets of today.
    assert.deepEqual(limits, [1200, 1200, 1920, 1200, 1200, 1200]);

    const shown = await touchstone(folder, 'budgets', '--json');
    const { decisions } = JSON.parse(shown.out);
    assert.equal(decisions.length, 2);
    assert.equal(decisions[1].tokens, 1200);
    assert.equal(decisions[1].cutOff, 1);
    assert.match((await touchstone(folder, 'budgets')).out, /raised from 1000 to 1200/);
  });

  it('keeps the budgets of a run that is resumed', async () => {
    const { folder, server } = await workspace(() => ({ text: 'yes', usage: { input: 40, output: 950 } }), {
      more: '    token_budgets: adaptive\n',
    });
    const stopped = await touchstone(folder, 'eval', '--max-cost', '5', '--no-progress');
    assert.equal(stopped.code, 1);
    assert.match(stopped.out, /raised from 1000 to 1200/);
    await touchstone(folder, 'eval', '--resume', '--max-cost', 'none', '--no-progress');
    const limits = server.requests.map(({ body }) => body['max_tokens']);
    assert.deepEqual(new Set(limits), new Set([1000]));
    assert.equal(limits.length, 6);
  });
});
