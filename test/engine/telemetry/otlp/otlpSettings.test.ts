import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UsageError } from '../../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { readOtlpSettings } from '../../../../src/engine/telemetry/otlp/otlpSettings.ts';

const OTEL = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/base/',
  OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20a2V5,x-team = evals',
};

function read(values: { [name: string]: string }, url?: string, headers: { [name: string]: string } = {}) {
  return readOtlpSettings({ ...(url === undefined ? {} : { url }), headers }, fixedEnvironment(values));
}

describe('readOtlpSettings', () => {
  it('takes endpoint and headers from the environment where no address is given', () => {
    const settings = read(OTEL, undefined, { 'x-more': '1' });
    assert.deepEqual(settings.traces, {
      url: 'https://collector.example/base/v1/traces',
      headers: { authorization: 'Basic a2V5', 'x-team': 'evals', 'x-more': '1' },
    });
    assert.equal(settings.logs.url, 'https://collector.example/base/v1/logs');
  });

  it('uses the endpoint of one signal as it stands', () => {
    const settings = read({
      ...OTEL,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces.example/ingest',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-team=traces',
    });
    assert.equal(settings.traces.url, 'http://traces.example/ingest');
    assert.equal(settings.traces.headers['x-team'], 'traces');
    assert.equal(settings.logs.headers['x-team'], 'evals');
  });

  it('asks the usual local collector where nothing is set', () => {
    assert.equal(read({}).traces.url, 'http://localhost:4318/v1/traces');
  });

  it('never sends the headers of the environment to an address of the command line', () => {
    const settings = read(OTEL, 'https://other.example', { 'x-mine': 'yes' });
    assert.deepEqual(settings.traces, {
      url: 'https://other.example/v1/traces',
      headers: { 'x-mine': 'yes' },
    });
  });

  it('keeps the query of an address', () => {
    assert.equal(
      read({}, 'https://other.example/in?tenant=7').logs.url,
      'https://other.example/in/v1/logs?tenant=7',
    );
  });

  it('reads encoding and time limit', () => {
    const values = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TIMEOUT: '2500' };
    const { encoding, timeoutMs } = read(values, 'http://other.example');
    assert.deepEqual([encoding, timeoutMs], ['json', 2500]);
    const plain = read({ OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' });
    assert.deepEqual([plain.encoding, plain.timeoutMs], ['protobuf', 10_000]);
  });

  it('does not mind gRPC in the environment when an address is given, and refuses it otherwise', () => {
    const values = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    assert.equal(read(values, 'http://other.example').encoding, 'protobuf');
    assert.throws(() => read(values), /asks for grpc, which is not supported/);
  });

  for (const url of ['datasets/support', 'ftp://x', '', 'file:///etc/passwd'])
    it(`refuses ${JSON.stringify(url)} as an address`, () => {
      assert.throws(() => read({}, url), UsageError);
    });

  it('says what is wrong without a secret', () => {
    const secret = 's3cr3t-value';
    const wrong = [
      () => read({}, `https://user:${secret}@collector.example`),
      () => read({}, 'https://collector.example', { 'x-key': `${secret}\r\nx-more: 1` }),
      () => read({}, 'https://collector.example', { 'x key': secret }),
      () => read({ OTEL_EXPORTER_OTLP_HEADERS: secret }),
    ];
    for (const attempt of wrong) {
      assert.throws(attempt, (error) => {
        assert.ok(error instanceof UsageError);
        assert.doesNotMatch(error.describe(), new RegExp(secret));
        return true;
      });
    }
  });
});
