import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { OWN_ENDPOINT, otlpVariables, personsEndpoint } from '../../../src/engine/model/otlpVariables.ts';

const OURS = 'http://127.0.0.1:4318';

describe('the endpoint of a person', () => {
  const CASES: [what: string, variables: { [name: string]: string }, endpoint: string | undefined][] = [
    ['is none', {}, undefined],
    ['is none where it is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    ['is what was set', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'http://collector:4318'],
    ['may be one for traces alone', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/t' }, 'http://a/t'],
    ['may be one for logs alone', { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://a/l' }, 'http://a/l'],
    ['is not what Touchstone has set', otlpVariables(OURS, 'token'), undefined],
    ['is what stands alone, even if it is the same', { OTEL_EXPORTER_OTLP_ENDPOINT: OURS }, OURS],
    [
      'is what was set after Touchstone',
      { ...otlpVariables(OURS, null), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
      'http://collector:4318',
    ],
  ];
  for (const [what, variables, endpoint] of CASES)
    it(what, () =>
      assert.equal(
        personsEndpoint((name) => variables[name]),
        endpoint,
      ),
    );
});

describe('variables for OTLP', () => {
  it('are those that SDKs read, and a mark that they are ours', () => {
    assert.deepEqual(otlpVariables(OURS, null), {
      OTEL_EXPORTER_OTLP_ENDPOINT: OURS,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      [OWN_ENDPOINT]: OURS,
    });
  });

  it('carry the token as a header, escaped as the specification says', () => {
    assert.equal(otlpVariables(OURS, 'ab12')['OTEL_EXPORTER_OTLP_HEADERS'], 'Authorization=Bearer%20ab12');
  });
});
