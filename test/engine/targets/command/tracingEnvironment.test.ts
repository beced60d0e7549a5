import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import {
  ownEndpoint,
  tracingEnvironment,
} from '../../../../src/engine/targets/command/tracingEnvironment.ts';

const mine = 'http://127.0.0.1:4318';

describe('where a program sends its spans', () => {
  it('is what a person or a suite says, and not what Touchstone sets for all programs of a window', () => {
    const none = fixedEnvironment({});
    assert.equal(ownEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: mine }, none), mine);
    assert.equal(ownEndpoint({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: mine }, none), mine);
    assert.equal(ownEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, none), undefined);
    const window = fixedEnvironment({ TOUCHSTONE_OTLP_ENDPOINT: mine });
    assert.equal(ownEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: mine }, window), undefined);
    assert.equal(ownEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other' }, window), 'http://other');
  });

  it('is told in every way that frameworks read, and leaves what is set', () => {
    const given = {
      PATH: '/bin',
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    };
    const env = tracingEnvironment('http://127.0.0.1:1/secret', given);
    assert.equal(env['PATH'], '/bin');
    assert.equal(env['OTEL_TRACES_EXPORTER'], 'console');
    assert.equal(env['OTEL_EXPORTER_OTLP_ENDPOINT'], 'http://127.0.0.1:1/secret');
    assert.equal(env['OTEL_EXPORTER_OTLP_PROTOCOL'], 'http/protobuf');
    assert.equal(env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'], undefined);
    assert.equal(env['TRACELOOP_BASE_URL'], 'http://127.0.0.1:1/secret');
  });
});
