import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { touchstone } from '../support/commandLine.ts';
import { spanRecord } from '../support/spanRecord.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const SUITE = {
  'touchstone.yaml': `suites:
  greet:
    dataset: cases.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: hello }, { name: strict, contains: hello Ann }]
`,
  'cases.yaml': `schema_version: 2.0.0
version: 1.0.0
metadata: { name: greetings }
test_cases:
  - { id: ann, input: hello Ann }
  - { id: bob, input: hello Bob }
`,
};

describe('touchstone metrics', function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('shows the values with the most calls, and says how many there are beside them', async () => {
    const models = Array.from({ length: 43 }, (_, at) => `model-${at}`);
    receive(
      ...['model-7', ...models].map((model) => ({
        attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': model },
      })),
    );
    const { out } = await touchstone(folder, 'metrics', '--by', 'model', '-m', 'calls');
    const lines = out.split('\n');
    assert.equal(lines.filter((line) => line.includes('model-')).length, 40);
    assert.match(lines[1] ?? '', /model-7 +2/);
    assert.match(out, /^3 more values of model, those with the fewest calls or scores; --json lists all/m);
    const json = JSON.parse(
      (await touchstone(folder, 'metrics', '--by', 'model', '-m', 'calls', '--json')).out,
    );
    assert.equal(json.measures[0].series.length, 43);
  });

  it('says of what kind the calls are', async () => {
    const tool = { attributes: { 'gen_ai.operation.name': 'execute_tool' } };
    receive({}, {}, tool);
    const kinds = /calls are spans: 2 model, 1 tool; for one kind: --where operation=model/;
    assert.match((await touchstone(folder, 'metrics')).out, kinds);
    for (const args of [
      ['--by', 'operation'],
      ['--where', 'operation=model'],
      ['-m', 'durationMs'],
    ])
      assert.doesNotMatch((await touchstone(folder, 'metrics', ...args)).out, /calls are spans/);
  });

  function receive(...spans: Partial<SpanRecord>[]): void {
    const store = new TraceStore(traceStorePath(folder));
    store.append(
      spans.map((over, at) => {
        const endMs = Date.now() - 60_000;
        const attributes = {
          'gen_ai.operation.name': 'chat',
          'gen_ai.response.model': 'gpt-5-mini',
          'gen_ai.usage.input_tokens': 1_000,
          'gen_ai.usage.output_tokens': 100,
        };
        return spanRecord({
          ...{
            traceId: `trace ${at}`,
            spanId: '1',
            startMs: endMs - 1_000,
            endMs,
            attributes,
            service: 'shop',
          },
          ...over,
        });
      }),
      [],
    );
    store.close();
  }

  async function json(...argv: string[]) {
    const { out, code } = await touchstone(folder, 'metrics', '--json', ...argv);
    assert.equal(code, 0, out);
    return JSON.parse(out);
  }

  it('says how to start where there is nothing, and creates nothing', async () => {
    const { out, code } = await touchstone(folder, 'metrics');
    assert.equal(code, 0);
    assert.match(out, /nothing was measured yet\n.*touchstone serve.*\n.*touchstone eval/);
    assert.ok(!existsSync(path.join(folder, '.touchstone')));
  });

  it('shows what was measured, with a trend', async () => {
    receive({}, { status: 'error' }, { service: 'desk' });
    const { out, code } = await touchstone(folder, 'metrics');
    assert.equal(code, 0);
    const lines = out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    assert.equal(lines[0], 'measure | total | values | p50 | p95 | p99 | max | over time');
    assert.match(lines[1] ?? '', /^calls \| 3 \| 3 \| .*█.* count$/);
    assert.match(lines[2] ?? '', /^errors \| 1 \(33\.3 %\) \| 3 \|.* rate$/);
    assert.match(
      lines[3] ?? '',
      /^duration \| mean 1\.0 s \| 3 \| 1\.0 s \| 1\.0 s \| 1\.0 s \| 1\.0 s \| .* p95$/,
    );
    assert.match(lines[4] ?? '', /^input tokens \| 3,000 \| 3 \| 1,000 \|/);
    assert.match(lines[6] ?? '', /^cost \| \$0\.0014 \| 3 \|/);
    assert.equal(lines.length, 7);
  });

  it('counts nothing twice, and what comes later once', async () => {
    receive({}, {});
    for (let time = 0; time < 2; time += 1)
      assert.equal((await json('--measure', 'calls')).measures[0].series[0].total.count, 2);
    receive({}, {}, {});
    assert.equal((await json('--measure', 'calls')).measures[0].series[0].total.count, 3);
  });

  it('splits, filters and prints JSON', async () => {
    receive({}, {}, { service: 'desk \u001b[31m' });
    const { measures, by, where } = await json(
      '--by',
      'service',
      '--where',
      'operation=model',
      '--measure',
      'calls',
      'durationMs',
    );
    assert.deepEqual([by, where], ['service', { operation: 'model' }]);
    assert.deepEqual(
      measures.map(({ measure, unit }: { measure: string; unit: string }) => [measure, unit]),
      [
        ['calls', 'calls'],
        ['durationMs', 'ms'],
      ],
    );
    const [shop, desk] = measures[1].series;
    assert.deepEqual([shop.label, shop.total.count, shop.total.sum], ['shop', 2, 2_000]);
    assert.deepEqual([desk.label, desk.points.length], ['desk \u001b[31m', 1]);
    assert.deepEqual((await json('--where', 'model=other', '--measure', 'calls')).measures[0].series, []);

    const { out } = await touchstone(folder, 'metrics', '--by', 'service');
    assert.ok(!out.includes('\u001b[31m'));
  });

  it('filters by a name that is longer than what is kept of it', async () => {
    const service = `${'long '.repeat(60)}name`;
    receive({ service });
    const { measures } = await json('--where', `service=${service}`, '--measure', 'calls');
    assert.equal(measures[0].series[0].total.count, 1);
  });

  it('refuses a range that ends before it begins', async () => {
    for (const argv of [
      ['--since', '1h', '--until', '2h'],
      ['--since', '2999-01-01'],
      ['--since', '2026-01-02', '--until', '2026-01-01', '--json'],
    ]) {
      const { out, err, code } = await touchstone(folder, 'metrics', ...argv);
      assert.deepEqual([out, code], ['', 2]);
      assert.match(
        err,
        /the range is empty: --since \(.*Z\) is not before its end \(.*Z\)\n.*an earlier --since/,
      );
    }
  });

  it('says where a level that was asked for does not reach the beginning of the range', async () => {
    receive({});
    const said = async (...argv: string[]) => (await touchstone(folder, 'metrics', '--level', ...argv)).err;
    assert.match(
      await said('1s', '--since', '7d'),
      /--level 1s goes back to .*Z: what was before is not counted/,
    );
    assert.match(await said('1min', '--since', '401d'), /--level 1min goes back/);
    assert.equal(await said('1s', '--since', '5h'), '');
    assert.equal(await said('1d', '--since', '9999d'), '');
    assert.equal(await said('auto', '--since', '9999d'), '');
  });

  it('says that a range has no data', async () => {
    receive({});
    const { out, code } = await touchstone(
      folder,
      'metrics',
      '--since',
      '2020-01-01',
      '--until',
      '2020-01-02',
    );
    assert.equal(code, 0);
    assert.match(out, /nothing was measured in this range/);
  });

  it('refuses what it does not know', async () => {
    for (const [argv, message] of [
      [['--where', 'color=red'], /must be one of service, model, operation, release, suite, evaluator/],
      [['--where', 'model=a', '--where', 'model=b'], /'model' is given twice/],
      [['--by', 'color'], /Allowed choices are service/],
      [['--level', '5min'], /Allowed choices are auto, 1s/],
      [['--since', 'soon'], /must be a date/],
    ] as const) {
      const { err, code } = await touchstone(folder, 'metrics', ...argv);
      assert.equal(code, 2, argv.join(' '));
      assert.match(err, message);
    }
  });

  it('has the scores of runs where a suite is asked for', async () => {
    folder = temporaryFolder(SUITE);
    assert.equal((await touchstone(folder, 'eval')).code, 1);
    for (let time = 0; time < 2; time += 1) {
      const { measures } = await json('--measure', 'score', '--by', 'evaluator', '--where', 'suite=greet');
      assert.deepEqual(
        measures[0].series.map(
          ({ label, total }: { label: string; total: { count: number; mean: number } }) => [
            label,
            total.count,
            total.mean,
          ],
        ),
        [
          ['contains', 2, 1],
          ['strict', 2, 0.5],
        ],
      );
    }
    assert.deepEqual((await json('--measure', 'score')).measures[0].series, []);
  });
});
