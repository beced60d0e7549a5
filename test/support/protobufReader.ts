/** The fields of one protobuf message by their numbers, in order; see protobuf.dev/programming-guides/encoding. */
export type ProtobufFields = Map<number, (Uint8Array | bigint)[]>;

/** Reads the wire format without knowing the message. Throws for bytes that are none. */
export function readProtobuf(bytes: Uint8Array): ProtobufFields {
  const fields: ProtobufFields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the message ends in the middle of a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('the message ends in the middle of a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const type = Number(key & 7n);
    if (type === 3 || type === 4 || type > 5) throw new Error(`wire type ${type} is not in use`);
    const value = type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : Number(varint()));
    const number = Number(key >> 3n);
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

/** The messages in a repeated field. */
export function messagesOf(fields: ProtobufFields, number: number): ProtobufFields[] {
  return (fields.get(number) ?? []).map((value) => {
    if (typeof value === 'bigint') throw new Error(`field ${number} is a number`);
    return readProtobuf(value);
  });
}

/** A field's bytes as hexadecimal, as OTLP/JSON writes ids; empty where the field is absent. */
export function hexOf(fields: ProtobufFields, number: number): string {
  const value = fields.get(number)?.at(-1);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}

export function textOf(fields: ProtobufFields, number: number): string {
  const value = fields.get(number)?.at(-1);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}
