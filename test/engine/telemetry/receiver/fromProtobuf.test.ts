import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Writer } from 'protobufjs';
import {
  decodeLogs,
  decodeTraces,
  MalformedExport,
} from '../../../../src/engine/telemetry/receiver/decodeExport.ts';
import { encodeRequest } from '../../../support/otlp/encodeRequest.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

const digits = (count: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: count, maxLength: count });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const nanos = fc.bigInt(0n, 2n ** 64n - 1n).map(String);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((whole) => ({ intValue: String(whole) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc.array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 }).map((values) => ({
      kvlistValue: { values },
    })),
  ),
}));
const attributes = fc.array(fc.record({ key: text, value }), { maxLength: 5 });
const span = fc.record({
  traceId: digits(32),
  spanId: digits(16),
  parentSpanId: fc.oneof(digits(16), fc.constant('')),
  name: text,
  kind: fc.nat(6),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ name: text, timeUnixNano: nanos, attributes }), { maxLength: 2 }),
  links: fc.array(fc.record({ traceId: digits(32), spanId: digits(16) }), { maxLength: 2 }),
  status: fc.record({ code: fc.nat(3), message: text }),
});
const request = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: text }),
          spans: fc.array(span, { maxLength: 3 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});

type Fill = (writer: Writer) => unknown;

/** A message as a field of another: its tag, its length, its bytes. */
function field(number: number, fill: Fill): Fill {
  return (writer) => {
    writer.uint32((number << 3) | 2).fork();
    fill(writer);
    return writer.ldelim();
  };
}

const all =
  (...fills: Fill[]): Fill =>
  (writer) => {
    for (const fill of fills) fill(writer);
  };

const pair = (key: string, fill: Fill): Fill =>
  all((writer) => writer.uint32(10).string(key), field(2, fill));
const ids: Fill = (writer) =>
  writer
    .uint32(10)
    .bytes(Buffer.from(TRACE, 'hex'))
    .uint32(18)
    .bytes(Buffer.from(SPAN, 'hex'))
    .uint32(57)
    .fixed64(1_000_000);

function bytesOf(fill: Fill): Uint8Array {
  const writer = Writer.create();
  fill(writer);
  return writer.finish();
}

/** A request for one span with these fields beside its ids and its time. */
function oneSpan(...fills: Fill[]): Uint8Array {
  return bytesOf(field(1, field(2, field(2, all(ids, ...fills)))));
}

describe('protobuf that is read without a library', () => {
  it('says what the same request says in JSON, whatever it is', () => {
    fc.assert(
      fc.property(request, (message) => {
        const json = decodeTraces(encodeRequest(message, 'json'), 'json');
        assert.deepEqual(decodeTraces(encodeRequest(message, 'protobuf'), 'protobuf'), json);
      }),
      { numRuns: 300 },
    );
  });

  it('may describe a resource and a scope behind their spans', () => {
    const named = (name: string) =>
      field(
        1,
        field(
          1,
          pair('service.name', (w) => w.uint32(10).string(name)),
        ),
      );
    const scope = field(1, (writer) => writer.uint32(10).string('lib').uint32(18).string('2'));
    const spans = field(2, all(field(2, ids), scope));
    const { records } = decodeTraces(bytesOf(field(1, all(spans, named('late')))), 'protobuf');
    assert.deepEqual([records[0]?.service, records[0]?.scope, records.length], ['late', 'lib 2', 1]);
  });

  it('may have fields that nobody knows, of every type, and known ones of another type', () => {
    const strange: Fill = (writer) =>
      writer
        .uint32((900 << 3) | 0)
        .uint64(2 ** 40)
        .uint32((901 << 3) | 1)
        .fixed64(5)
        .uint32((902 << 3) | 2)
        .string('x')
        .uint32((903 << 3) | 5)
        .fixed32(7)
        .uint32((5 << 3) | 0)
        .uint32(3);
    const { records, rejected } = decodeTraces(oneSpan(strange), 'protobuf');
    assert.deepEqual([records[0]?.name, records.length, rejected], ['', 1, 0]);
  });

  it('keeps every character of a text: those that stand for others, and a mark of byte order', () => {
    const texts = ['\ufffd', '\ufeffa', 'a\u0000b', '🙂'];
    const body = oneSpan(
      ...texts.map((one, at) =>
        field(
          9,
          pair(`k${at}`, (w) => w.uint32(10).string(one)),
        ),
      ),
    );
    assert.deepEqual(Object.values(decodeTraces(body, 'protobuf').records[0]?.attributes ?? {}), texts);
  });

  it('keeps names apart that look alike, and those that are no ASCII', () => {
    const names = ['ab', 'ba', 'é', 'è', '', 'x'.repeat(100), '__proto__'];
    const body = oneSpan(
      ...names.map((name, at) =>
        field(
          9,
          pair(name, (w) => w.uint32(24).int64(at)),
        ),
      ),
    );
    for (let time = 0; time < 2; time += 1)
      assert.deepEqual(
        Object.entries(decodeTraces(body, 'protobuf').records[0]?.attributes ?? {}),
        names.map((name, at) => [name, at]),
      );
  });

  it('cuts values off that are nested without end, and overflows no stack', () => {
    let deep: Fill = (writer) => writer.uint32(10).string('inside');
    for (let depth = 0; depth < 70; depth += 1) deep = field(5, field(1, deep));
    const [read] = decodeTraces(oneSpan(field(9, pair('deep', deep))), 'protobuf').records;
    assert.match(JSON.stringify(read?.attributes), /^\{"deep":\[{64}null\]{64}\}$/);

    let map: Fill = (writer) => writer.uint32(10).string('inside');
    for (let depth = 0; depth < 70; depth += 1) map = field(6, field(1, pair('k', map)));
    const [mapped] = decodeTraces(oneSpan(field(9, pair('deep', map))), 'protobuf').records;
    assert.match(JSON.stringify(mapped?.attributes), /^\{"deep":(\{"k":){64}null\}{65}$/);

    let bytes = Buffer.from('x');
    for (let depth = 0; depth < 2_000; depth += 1) {
      const inside = bytesOf((writer) => writer.uint32(10).bytes(bytes));
      bytes = Buffer.from(bytesOf((writer) => writer.uint32(42).bytes(inside)));
    }
    const endless = oneSpan(
      field(
        9,
        all(
          (w) => w.uint32(10).string('k'),
          (w) => w.uint32(18).bytes(bytes),
        ),
      ),
    );
    assert.equal(decodeTraces(endless, 'protobuf').records.length, 1);
  });

  it('counts what is in the form of 2021 as not taken', () => {
    const old = field(1000, all(field(2, ids), field(2, ids)));
    const { records, rejected, reasons } = decodeTraces(
      bytesOf(field(1, all(old, field(2, field(2, ids))))),
      'protobuf',
    );
    assert.deepEqual([records.length, rejected], [1, 2]);
    assert.deepEqual(reasons, [
      'instrumentation libraries are not part of OTLP any more: update the exporter',
    ]);
  });

  it('may have groups that nobody knows', () => {
    const group = (number: number, inside: Fill): Fill =>
      all(
        (w) => w.uint32((number << 3) | 3),
        inside,
        (w) => w.uint32((number << 3) | 4),
      );
    const inside = group(
      901,
      all(
        (w) => w.uint32(8).uint32(1),
        (w) => w.uint32(18).string('x'),
      ),
    );
    const name: Fill = (w) => w.uint32(42).string('behind');
    const { records, rejected } = decodeTraces(oneSpan(group(900, inside), name), 'protobuf');
    assert.deepEqual([records[0]?.name, rejected], ['behind', 0]);

    const endless: Fill = (w) => {
      for (let depth = 0; depth < 100_000; depth += 1) w.uint32((900 << 3) | 3);
    };
    assert.equal(decodeTraces(oneSpan(endless), 'protobuf').rejected, 1);
  });

  it('may send a message in pieces, which together are one', () => {
    const list = (at: number): Fill =>
      field(
        5,
        field(1, (w) => w.uint32(24).int64(at)),
      );
    const map = (key: string): Fill =>
      field(
        6,
        field(
          1,
          pair(key, (w) => w.uint32(24).int64(1)),
        ),
      );
    const pieces = (key: string, ...parts: Fill[]): Fill =>
      field(
        9,
        all((w) => w.uint32(10).string(key), ...parts.map((part) => field(2, part))),
      );
    const one: Fill = (w) => w.uint32(10).string('one');
    const body = oneSpan(
      pieces('list', list(1), list(2)),
      pieces('map', map('a'), map('b')),
      pieces('empty', one, () => {}),
      pieces('last', list(1), one),
      pieces('other', one, map('a')),
      field(15, (w) => w.uint32(24).int32(2)),
      field(15, (w) => w.uint32(18).string('no')),
    );
    const [read] = decodeTraces(body, 'protobuf').records;
    assert.deepEqual(read?.attributes, {
      list: [1, 2],
      map: { a: 1, b: 1 },
      empty: 'one',
      last: 'one',
      other: { a: 1 },
    });
    assert.deepEqual([read?.status, read?.statusMessage], ['error', 'no']);
  });

  it('takes a severity below zero for none, as JSON does', () => {
    const trace: Fill = (w) => w.uint32(9).fixed64(1_000_000).uint32(74).bytes(Buffer.from(TRACE, 'hex'));
    const log = all(trace, (w) => w.uint32(16).int32(-1));
    assert.equal(
      decodeLogs(bytesOf(field(1, field(2, field(2, log)))), 'protobuf').records[0]?.level,
      'info',
    );
  });

  for (const [what, fill] of [
    ['a text that is not UTF-8', (w) => w.uint32(42).bytes(Buffer.from([0x61, 0xff]))],
    ['a long text that is not UTF-8', (w) => w.uint32(42).bytes(Buffer.alloc(99, 0xc3))],
    ['a field without a number', (w) => w.uint32(2).string('x')],
    ['a group without end', (w) => w.uint32((900 << 3) | 3)],
    ['the end of another group', (w) => w.uint32((900 << 3) | 3).uint32((901 << 3) | 4)],
    ['an end within a time', (w) => w.uint32(57).bytes(Buffer.alloc(3))],
    ['a part that is longer than it', (w) => w.uint32((15 << 3) | 2).uint32(99)],
  ] satisfies [string, Fill][])
    it(`costs no other span anything where one has ${what}`, () => {
      const body = bytesOf(field(1, field(2, all(field(2, ids), field(2, all(ids, fill)), field(2, ids)))));
      const { records, rejected, reasons } = decodeTraces(body, 'protobuf');
      assert.deepEqual([records.length, rejected], [2, 1]);
      assert.match(reasons.join('; '), /^a record is no protobuf message of OTLP: /);
    });

  for (const [what, body] of [
    ['resources that are no messages', bytesOf((w) => w.uint32(8).uint32(5))],
    ['scopes that are no messages', bytesOf(field(1, (w) => w.uint32(16).uint32(5)))],
    [
      'spans that are no messages',
      bytesOf(
        field(
          1,
          field(2, (w) => w.uint32(21).fixed32(5)),
        ),
      ),
    ],
    ['resources that are groups', bytesOf((w) => w.uint32((1 << 3) | 3).uint32((1 << 3) | 4))],
    ['a number without end', Buffer.concat([oneSpan(), Buffer.alloc(11, 0xff)])],
    ['a length beyond the message', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a part that is longer than what it is in', Buffer.from([0x0a, 2, 0x12, 5, 0, 0, 0, 0, 0])],
  ] as const)
    it(`is refused with ${what}`, () => assert.throws(() => decodeTraces(body, 'protobuf'), MalformedExport));
});
