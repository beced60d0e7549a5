import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { capturedSpans } from '../engine/telemetry/dialects/captures.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CAPTURES = path.join(import.meta.dirname, '..', 'fixtures', 'otlp');

const hostile: SpanRecord = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  parentSpanId: null,
  name: 'evil \u001b[31mname\u0007',
  kind: 'internal',
  startMs: Date.UTC(2026, 10, 30, 9),
  endMs: Date.UTC(2026, 10, 30, 9) + 5_000,
  status: 'error',
  statusMessage: 'no \u001b]0;title\u0007luck',
  attributes: { 'session.id': 's-1' },
  events: [],
  links: [],
  service: 'shop',
};

describe('touchstone traces', function () {
  this.timeout(20_000);
  let folder: string;

  function receive(...spans: SpanRecord[]): void {
    const store = new TraceStore(traceStorePath(folder));
    store.append(spans, []);
    while (store.sumUp().length > 0);
    store.close();
  }

  async function listed(...filter: string[]): Promise<string[]> {
    const { out, code } = await touchstone(folder, 'traces', 'list', '--json', ...filter);
    assert.equal(code, 0, out);
    return JSON.parse(out).traces.map((trace: { trace_id: string }) => trace.trace_id);
  }

  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('says how to start where there is nothing', async () => {
    for (const argv of [['traces'], ['traces', 'list']]) {
      const { out, code } = await touchstone(folder, ...argv);
      assert.equal(code, 0);
      assert.match(out, /no traces yet\n.*touchstone serve.*\n.*touchstone eval/);
    }
    const { err, code } = await touchstone(folder, 'traces', 'doctor');
    assert.equal(code, 2);
    assert.match(err, /there is no trace yet/);
  });

  it('lists by every filter', async () => {
    const genkit = capturedSpans('genkit-1.42.0');
    const traceId = genkit[0]?.traceId ?? '';
    receive(hostile, ...genkit);

    assert.deepEqual(await listed(), [hostile.traceId, traceId]);
    for (const filter of [
      ['--service', 'shop'],
      ['--session', 's-1'],
      ['--errors'],
      ['--slow', '4s'],
      ['--text', 'luck session.id=s-1'],
      ['--since', '2026-11-30'],
    ])
      assert.deepEqual(await listed(...filter), [hostile.traceId], filter.join(' '));
    const { traces } = JSON.parse((await touchstone(folder, 'traces', '--json')).out);
    const model = traces[1].models[0];
    assert.deepEqual(await listed('--model', model), [traceId]);
    assert.deepEqual(await listed('--sort', 'tokens', '--limit', '1'), [traceId]);
  });

  it('shows a trace by the beginning of its id, and nothing that a terminal would obey', async () => {
    receive(hostile, { ...hostile, traceId: `ab${'0'.repeat(30)}` });
    const { out } = await touchstone(folder, 'traces', 'show', 'ABAB');
    assert.match(out, /✗ evil ␛\[31mname␇ \[shop\] 5.0 s no ␛\]0;title␇luck/);

    const several = await touchstone(folder, 'traces', 'show', 'ab');
    assert.equal(several.code, 2);
    assert.match(several.err, /several traces begin with ab: ab/);
    assert.equal((await touchstone(folder, 'traces', 'show', '%')).code, 2);
  });

  it('shows tools with arguments, tokens once, cost and the conversation', async () => {
    const spans = capturedSpans('ai-7.0.173-otel-1.0.173');
    receive(...spans);
    const { out } = await touchstone(folder, 'traces', 'show', spans[0]?.traceId ?? '', '--messages');
    assert.match(out, /^trace [0-9a-f]{32} {2}226 tokens in, 52 out {2}\$/);
    assert.match(out, /execute_tool lookup_order.* tool .*\n.*arguments \{"order_id":"A1001"\}/);
    assert.match(out, /in user: /);
    assert.match(out, /out assistant: calls lookup_order\(/);

    const json = JSON.parse(
      (await touchstone(folder, 'traces', 'show', spans[0]?.traceId ?? '', '--json')).out,
    );
    assert.equal(json.input_tokens, 226);
    assert.equal(json.tree.length, spans.length);
  });

  it('finds the traces of runs as it finds received ones', async () => {
    writeFileSync(
      path.join(folder, 'touchstone.yaml'),
      'suites:\n  say:\n    dataset: say.golden.yaml\n    targets: [{ name: parrot, echo: true }]\n    repeat: 2\n    evaluators: [contains: hello]\n',
    );
    writeFileSync(
      path.join(folder, 'say.golden.yaml'),
      'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: greeting, input: hello }\n  - { id: other, input: hello you }\n',
    );
    const run = await touchstone(folder, 'eval');
    assert.equal(run.code, 0, run.out + run.err);
    receive(hostile);

    const { out } = await touchstone(folder, 'traces', 'list', '--json', '--text', 'case greeting');
    const [trace, ...others] = JSON.parse(out).traces;
    assert.deepEqual(others, []);
    assert.equal(trace.run.case, 'greeting');
    assert.equal(trace.run.target, 'parrot');
    assert.equal((await listed()).length, 3);
    assert.equal((await listed('--session', trace.run.id)).length, 2);
    assert.deepEqual(await listed('--session', trace.session), [trace.trace_id]);
    assert.equal(trace.session, `${trace.run.id}/greeting`);
    assert.deepEqual(await listed('--source', 'received'), [hostile.traceId]);

    const shown = await touchstone(folder, 'traces', 'show', trace.trace_id);
    assert.match(shown.out, /^case greeting at parrot, run \S+\ntrace /);
    assert.match(shown.out, /invoke_agent parrot agent/);

    const other = await listed('--text', 'case other');
    const compared = await touchstone(folder, 'traces', 'compare', trace.trace_id, other[0] ?? '');
    assert.match(compared.out, /^first trial of each\n {2}agent parrot/);
    assert.match(compared.out, /agent parrot +2\/2 +2\/2 +1\.000 +undecided/);
  });

  it('compares a case in two versions over all trials', async () => {
    const evaluate = async (...targets: string[]) => {
      const named = targets.map((name) => `{ name: ${name}, echo: true }`).join(', ');
      writeFileSync(
        path.join(folder, 'touchstone.yaml'),
        `suites:\n  say:\n    dataset: say.golden.yaml\n    targets: [${named}]\n    repeat: 8\n    evaluators: [contains: hello]\n`,
      );
      const { out, code } = await touchstone(folder, 'eval');
      assert.equal(code, 0, out);
      return /run (\S+),/.exec(out)?.[1] ?? '';
    };
    const compare = (...argv: string[]) => touchstone(folder, 'traces', 'compare', ...argv);
    writeFileSync(
      path.join(folder, 'say.golden.yaml'),
      'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: greeting, input: hello }\n',
    );
    const [before, after] = [await evaluate('parrot'), await evaluate('magpie')];

    const { out, code } = await compare(before, after, '--case', 'greeting');
    assert.equal(code, 0, out);
    assert.match(out, /agent parrot +8\/8 +0\/8 +< 0\.001 +less often/);
    assert.match(out, /agent magpie +0\/8 +8\/8 +< 0\.001 +more often/);
    assert.match(out, /8 trials and 8 trials/);
    const json = JSON.parse((await compare(before, after, '--case', 'greeting', '--json')).out);
    assert.deepEqual(json.trials.steps[0].left, { trials: 8, of: 8 });

    const both = await evaluate('parrot', 'magpie');
    const sides = await compare(both, both, '--case', 'greeting', '--target', 'parrot', 'magpie');
    assert.match(sides.out, /agent parrot +8\/8 +0\/8/);
    const unclear = await compare(before, both, '--case', 'greeting');
    assert.equal(unclear.code, 2);
    assert.match(unclear.err, /several targets for the case 'greeting': parrot, magpie\n.*--target/);
    assert.match((await compare(before, after, '--case', 'other')).err, /has no results of the case 'other'/);
    assert.match(
      (await compare(before, after, '--case', 'greeting', '--target', 'owl')).err,
      /has no target 'owl'.*\n.*Choose one of: parrot/,
    );
    assert.match((await compare(before, after, '--target', 'owl')).err, /--target needs --case/);
  });

  it('shows two traces beside each other', async () => {
    const [left = [], right = []] = ['ai-7.0.173-otel-1.0.173', 'tool-error-ai7'].map(capturedSpans);
    const renamed = right.map((span) => ({ ...span, traceId: 'b'.repeat(32) }));
    receive(...left, ...renamed);
    const ids = [left[0]?.traceId ?? '', 'bbbb'];
    const { out, code } = await touchstone(folder, 'traces', 'compare', ...ids);
    assert.equal(code, 0, out);
    assert.match(out, /here they part/);
    assert.match(out, /~ tool lookup_order.* other arguments, result, error\n/);
    assert.match(out, /- tool get_refund_policy/);
    assert.match(out, /tools {2}different: lookup_order, get_refund_policy → lookup_order/);
    const json = JSON.parse((await touchstone(folder, 'traces', 'compare', ...ids, '--json')).out);
    assert.equal(json.tokens.left, 278);
    assert.equal(json.trials, null);
  });

  it('tells what is odd about a file of spans', async () => {
    cpSync(path.join(CAPTURES, 'openai-7.59.0-traceloop-0.27.0.json'), path.join(folder, 'spans.json'));
    const { out, code } = await touchstone(folder, 'traces', 'doctor', 'spans.json');
    assert.equal(code, 0, out);
    assert.match(out, /conventions .*Traceloop \(\d+ spans\)/);

    const agents = path.join(CAPTURES, 'openai-agents-0.20.0-native-spans.json');
    const { out: json } = await touchstone(folder, 'traces', 'doctor', agents, '--json');
    const [trace] = JSON.parse(json).traces;
    assert.equal(trace.conventions[0].convention, 'OpenAI Agents');

    writeFileSync(path.join(folder, 'other.json'), '{"hello": 1}');
    const other = await touchstone(folder, 'traces', 'doctor', 'other.json');
    assert.equal(other.code, 2);
    assert.match(other.err, /other.json: the file contains no traces/);
  });

  it('follows traces as they come, as lines of JSON', async () => {
    const following = startTouchstone(folder, 'traces', 'tail', '--json', '--since', '2026-11-30');
    const first = new Promise<string>((resolve) => {
      following.child.stdout.on('data', (data: Buffer) => resolve(data.toString('utf8')));
    });
    receive(hostile);
    const [line = ''] = (await first).split('\n');
    assert.equal(JSON.parse(line).trace_id, hostile.traceId);
    following.kill('SIGINT');
    assert.equal((await following.done).code, 0);
  });

  it('follows all that comes, also what began long before, by another clock, and much at once', async () => {
    const following = startTouchstone(folder, 'traces', 'tail');
    const ids = new Set<string>();
    const all = new Promise<void>((resolve) => {
      let text = '';
      following.child.stdout.on('data', (data: Buffer) => {
        text += data.toString('utf8');
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) ids.add(line.slice(-32));
        if (ids.size >= 301) resolve();
      });
    });
    await new Promise<void>((resolve) => following.child.stderr.once('data', () => resolve()));
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...hostile,
      ...{ traceId: index.toString(16).padStart(32, '0'), startMs: index, endMs: index + 1 },
    }));
    receive(...many, hostile);
    await all;
    following.kill('SIGINT');
    assert.equal((await following.done).code, 0);
    assert.equal(ids.size, 301);
  });
});
