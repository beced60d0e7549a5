import { messageType } from '../../../src/engine/telemetry/receiver/protobufSchema.ts';

/** An export request for spans as bytes, from its form in OTLP/JSON: there ids are hexadecimal, where protobuf's own JSON has Base64. */
export function encodeRequest(request: object, encoding: 'protobuf' | 'json'): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify(request));

  const type = messageType('TraceRequest');
  const withBytes = JSON.parse(JSON.stringify(request), (key, value) =>
    /^(trace|span|parentSpan)Id$/.test(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  );
  return type.encode(type.fromObject(withBytes)).finish();
}
