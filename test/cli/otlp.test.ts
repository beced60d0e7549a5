import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type CollectorReply, startCollector } from '../support/collectorServer.ts';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const KEY = 'sk-from-the-environment';
const REFERENCE = `\${env:TOUCHSTONE_TEST_KEY}`;

const WORKSPACE = {
  'touchstone.yaml': `suites:
  echo:
    dataset: cases.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: refund }]
`,
  'cases.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: one, input: the refund }
  - { id: two, input: another refund }
`,
};

describe('touchstone --otlp', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder(WORKSPACE);
  });
  afterEach(() => {
    delete process.env['TOUCHSTONE_TEST_KEY'];
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    delete process.env['OTEL_EXPORTER_OTLP_HEADERS'];
  });

  const evaluate = (...argv: string[]) => touchstone(folder, 'eval', '--no-progress', ...argv);

  it('sends a run with headers from the environment, and shows none of them', async () => {
    await using collector = await startCollector();
    process.env['TOUCHSTONE_TEST_KEY'] = KEY;
    const { code, out, err } = await evaluate(
      '--otlp',
      `${collector.url}/otel?tenant=secret`,
      '--otlp-header',
      `Authorization=Bearer ${REFERENCE}`,
      '--otlp-header',
      'x-project=support',
    );
    assert.equal(code, 0);
    assert.equal(collector.spans().filter(({ name }) => name === 'invoke_agent echo').length, 2);
    assert.equal(collector.logs().length, 4);
    for (const { headers } of collector.requests)
      assert.deepEqual([headers['authorization'], headers['x-project']], [`Bearer ${KEY}`, 'support']);
    assert.match(err, /sent 7 spans of run \S+ to http:\/\/127\.0\.0\.1:\d+\/otel\/v1\/traces$/m);
    assert.match(err, /sent 4 log lines and evaluations of run /);
    assert.doesNotMatch(out + err, new RegExp(`${KEY}|tenant`));
  });

  it('asks the collector of the environment where no address is given', async () => {
    await using collector = await startCollector();
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = `api-key=${KEY}`;
    const { code } = await evaluate('--otlp');
    assert.equal(code, 0);
    assert.deepEqual(
      collector.requests.map(({ path, headers }) => [path, headers['api-key']]),
      [
        ['/v1/traces', KEY],
        ['/v1/logs', KEY],
      ],
    );
  });

  it('keeps the verdict when the collector fails, says so, and sends the stored run later', async () => {
    let reply: CollectorReply = { status: 401 };
    await using collector = await startCollector(() => reply);
    const { code, err } = await evaluate('--otlp', collector.url);
    assert.equal(code, 0);
    assert.match(err, /warning spans of run \S+ not sent to http:\S+: HTTP 401/);
    const run = /the verdict is not affected; send the run again with: touchstone show (\S+) --otlp/.exec(
      err,
    )?.[1];
    assert.ok(run);
    reply = {};
    const again = await touchstone(folder, 'show', run, '--otlp', collector.url);
    assert.equal(again.code, 0);
    assert.equal(collector.spans().length, 7);
  });

  it('says what the collector has refused', async () => {
    const body = Uint8Array.from([0x0a, 0x07, 0x08, 0x02, 0x12, 0x03, 0x6f, 0x6c, 0x64]);
    await using collector = await startCollector(({ path }) => (path === '/v1/traces' ? { body } : {}));
    const { code, err } = await evaluate('--otlp', collector.url);
    assert.equal(code, 0);
    assert.match(err, /sent 5 spans of run /);
    assert.match(err, /warning the collector rejected 2 spans of run \S+: old$/m);
  });

  for (const [what, argv, message] of [
    ['an address that is none', ['--otlp', 'datasets'], /--otlp is not an http or https address/],
    ['a header without a collector', ['--otlp-header', `a=${KEY}`], /--otlp-header needs --otlp/],
    [
      'a header without a value',
      ['--otlp', 'http://x', '--otlp-header', KEY],
      /--otlp-header 1 does not have the form/,
    ],
    [
      'a variable that is not set',
      ['--otlp', 'http://x', '--otlp-header', `a=${REFERENCE}`],
      /needs the environment variable TOUCHSTONE_TEST_KEY for "a"/,
    ],
  ] as const)
    it(`refuses ${what} before anything is called`, async () => {
      const { code, out, err } = await evaluate(...argv);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
      assert.doesNotMatch(err, new RegExp(KEY));
    });
});
