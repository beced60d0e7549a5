import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_LEVEL_RETENTION } from '../../../../src/engine/model/levelRetention.ts';
import { measuredSpan } from '../../../../src/engine/telemetry/metrics/measuredSpan.ts';
import {
  Exposition,
  prefersOpenMetrics,
} from '../../../../src/engine/telemetry/metrics/prometheus/exposition.ts';
import { Samples } from '../../../../src/engine/telemetry/metrics/prometheus/samples.ts';
import { SpanMetrics } from '../../../../src/engine/telemetry/metrics/prometheus/spanMetrics.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { spanRecord } from '../../../support/spanRecord.ts';

const OPEN = 'application/openmetrics-text;version=1.0.0';
const TRACE = '5b8efff798038103d269b633813fc60c';
const SPAN = 'eee19b7ec3c1b174';
const NOON = Date.UTC(2026, 10, 30, 12);
const OPTIONS = { price: () => 0.5, retention: DEFAULT_LEVEL_RETENTION };

function measured(attributes: { [name: string]: string | number } = {}, over: object = {}) {
  const record = spanRecord({
    ...{ traceId: TRACE, spanId: SPAN, startMs: NOON - 1_500, endMs: NOON, service: 'shop' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.response.time_to_first_chunk': 0.25,
      ...attributes,
    },
    ...over,
  });
  return measuredSpan({ seq: 1, arrivedMs: NOON, record }, OPTIONS);
}

function scraped(clock = new ManualClock()) {
  const exposition = new Exposition();
  const spans = new SpanMetrics(exposition, clock);
  const measure = (...all: ReturnType<typeof measured>[]) =>
    spans.measured({ spans: all, counted: all.flatMap(({ use }) => use ?? []), uncounted: [] });
  const lines = async (accept?: string) => {
    spans.settle();
    return (await exposition.scrape(accept)).body.split('\n');
  };
  return { exposition, spans, measure, lines, clock };
}

describe('exposition', () => {
  const accepts: readonly [accept: string | undefined, isOpen: boolean][] = [
    [undefined, false],
    ['', false],
    ['*/*', false],
    ['text/plain;version=0.0.4', false],
    [OPEN, true],
    ['application/openmetrics-text', true],
    ['Application/OpenMetrics-Text; Version="1.0.0"; charset=utf-8', true],
    ['application/openmetrics-text;version=2.0.0,text/plain', false],
    ['application/openmetrics-text;version=1.0.0;q=0', false],
    ['application/openmetrics-text;q=0.4,text/plain;q=0.5', false],
    ['application/openmetrics-text;q=much', false],
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      true,
    ],
  ];
  for (const [accept, isOpen] of accepts) {
    it(`answers ${accept === undefined ? 'no' : `'${accept}'`} as Accept with ${isOpen ? 'OpenMetrics' : 'text'}`, () =>
      assert.equal(prefersOpenMetrics(accept), isOpen));
  }

  it('has the metrics of the conventions, with exemplars in OpenMetrics only', async () => {
    const { measure, lines, clock } = scraped();
    measure(measured());
    await clock.advance(10_000);
    const labels = 'gen_ai_operation_name="chat"';
    const open = await lines(OPEN);
    assert.equal(open.at(-2), '# EOF');
    assert.ok(open.includes('# TYPE gen_ai_client_operation_duration_seconds histogram'));
    assert.ok(open.includes('# TYPE gen_ai_client_token_usage histogram'));
    assert.ok(open.includes('# TYPE gen_ai_server_time_to_first_token_seconds histogram'));
    const [bucket = ''] = open.filter((line) =>
      /^gen_ai_client_operation_duration_seconds_bucket.* # \{/.test(line),
    );
    assert.ok(bucket.includes(labels) && bucket.includes('le="2.56"'), bucket);
    assert.ok(bucket.includes(`# {trace_id="${TRACE}",span_id="${SPAN}"} 1.5 `), bucket);
    const sums = open.filter((line) => line.startsWith('gen_ai_client_token_usage_sum'));
    assert.deepEqual(
      sums.map((line) => [/token_type="(\w+)"/.exec(line)?.[1], line.split(' ').at(-1)]).sort(),
      [
        ['input', '100'],
        ['output', '20'],
      ],
    );

    const text = await lines();
    assert.ok(
      text.every((line) => line.startsWith('#') || !line.includes('#')),
      'exemplars in text',
    );
    assert.ok(!text.includes('# EOF'));
  });

  it('names a counter the same in both formats, whichever was asked for before', async () => {
    const { measure, lines, clock } = scraped();
    measure(measured());
    await clock.advance(10_000);
    for (const accept of [undefined, OPEN, undefined, OPEN, undefined]) {
      const cost = (await lines(accept)).filter((line) => line.includes('cost_usd'));
      assert.equal(cost.filter((line) => /^touchstone_cost_usd_total\{.*\} 0\.5$/.test(line)).length, 1);
    }
  });

  it('writes once for all who wait for the same format, with what was counted until then', async () => {
    const { exposition } = scraped();
    const counter = exposition.counter({ name: 'scraped_total', help: 'x', labels: [] });
    const first = exposition.scrape(OPEN);
    await Promise.resolve();
    counter.inc();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => exposition.scrape(at % 2 ? OPEN : 'text/plain')),
    );
    assert.equal(new Set([await first, ...answers]).size, 3);
    for (const { body } of answers) assert.match(body, /^scraped_total 1$/m);
  });

  it('answers scrapes that come at once each in its own format', async () => {
    const { measure, exposition } = scraped();
    measure(measured());
    const accepts = Array.from({ length: 20 }, (_, at) => (at % 3 === 0 ? OPEN : undefined));
    const answers = await Promise.all(accepts.map((accept) => exposition.scrape(accept)));
    for (const [at, { contentType, body }] of answers.entries()) {
      const isOpen = accepts[at] === OPEN;
      assert.equal(contentType.startsWith('application/openmetrics-text; version=1.0.0'), isOpen);
      assert.equal(body.endsWith('# EOF\n'), isOpen);
      assert.equal(body.includes('trace_id='), isOpen);
    }
  });

  it('counts tokens once, also where what is below comes later', async () => {
    const { spans, lines, clock } = scraped();
    const parent = measured({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 300 });
    const child = measured({ 'gen_ai.usage.input_tokens': 300 });
    const use = (one: ReturnType<typeof measured>) => one.use ?? assert.fail();
    spans.measured({ spans: [parent], counted: [use(parent)], uncounted: [] });
    await clock.advance(5_000);
    spans.measured({ spans: [child], counted: [use(child)], uncounted: [use(parent)] });
    await clock.advance(10_000);
    const sums = (await lines()).filter((line) => /token_usage_sum.*input/.test(line));
    assert.equal(sums.length, 1);
    assert.match(sums[0] ?? '', /"chat".* 300$/);
  });

  it('has no exemplar of what is no trace id, and loses no value for it', async () => {
    const { measure, lines } = scraped();
    measure(measured({}, { traceId: 'x'.repeat(500) }), measured({}, { spanId: '1' }));
    const open = await lines(OPEN);
    assert.ok(open.every((line) => !line.includes('trace_id')));
    const [count = ''] = open.filter((line) =>
      line.startsWith('gen_ai_client_operation_duration_seconds_count'),
    );
    assert.ok(count.endsWith(' 2'), count);
  });

  it('counts calls with too many names under one', async () => {
    const { measure, lines } = scraped();
    for (let at = 0; at < 600; at += 1) measure(measured({}, { service: `service ${at}` }));
    const counts = (await lines()).filter((line) =>
      line.startsWith('gen_ai_client_operation_duration_seconds_count'),
    );
    assert.equal(counts.length, 501);
    const [other = ''] = counts.filter((line) => line.includes('service_name="(other)"'));
    assert.ok(other.endsWith(' 100'), other);
  });

  it('stays readable whatever names say', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom(
              'a"}\n# EOF',
              '\ud800',
              'x,gen_ai_operation_name:y',
              '__proto__',
              'constructor',
              '\\',
            ),
          ),
          { maxLength: 5 },
        ),
        async (names) => {
          const { measure, lines } = scraped();
          for (const name of names)
            measure(
              measured({ 'gen_ai.request.model': name, 'gen_ai.provider.name': name }, { service: name }),
            );
          for (const line of (await lines(OPEN)).slice(0, -1))
            assert.match(
              line,
              /^(# (HELP|TYPE) [a-z_]+ .+|# EOF|[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? [\d.e+-]+(?: # \{.*\} [\d.]+ [\d.]+)?)$/u,
            );
        },
      ),
      { numRuns: 30 },
    ));

  it('asks others for their numbers when it is scraped', async () => {
    const exposition = new Exposition();
    const samples = new Samples(exposition);
    let dropped = 3;
    const sample = { name: 'touchstone_dropped_total', help: 'Dropped.', kind: 'counter' as const };
    samples.add(() => [
      { ...sample, labels: { subscriber: 'webhook' }, value: dropped },
      { ...sample, labels: { subscriber: 'bad' }, value: Number.NaN },
      { name: 'touchstone_open', help: 'Open.', kind: 'gauge', labels: {}, value: dropped },
    ]);
    for (dropped of [3, 5]) {
      samples.refresh();
      const { body } = await exposition.scrape(OPEN);
      assert.ok(body.includes(`touchstone_dropped_total{subscriber="webhook"} ${dropped}\n`), body);
      assert.ok(body.includes(`touchstone_open ${dropped}\n`), body);
      assert.ok(!body.includes('bad'));
    }
  });
});
