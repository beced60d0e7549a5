import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import {
  BrokenBytes,
  BYTES,
  FIXED32,
  FIXED64,
  GROUP,
  ProtobufBytes,
  type Range,
  tag,
  VARINT,
} from './protobufBytes.ts';
import { setOwn } from './setOwn.ts';
import { type WireItem, type WireLog, type WireSpan, wireSource } from './wireRecords.ts';

/** Values within values; deeper ones are cut off. */
const MOST_DEPTH = 64;

/**
 * The spans of an export request: opentelemetry-proto 1.9, package `collector.trace.v1` and what it is made of; fields that nobody
 * reads are passed over. Read without the generic objects that protobufjs makes: they took most of the time of receiving a span.
 * Throws BrokenBytes.
 */
export function spansFromProtobuf(bytes: Uint8Array): WireItem<WireSpan>[] {
  return readRecords(bytes, toSpan);
}

/** The same for log records. */
export function logsFromProtobuf(bytes: Uint8Array): WireItem<WireLog>[] {
  return readRecords(bytes, toLog);
}

/** How each field of a message is read into an object. */
type Fields<T> = { readonly [fieldTag: number]: (bytes: ProtobufBytes, into: T) => unknown };

function readInto<T>(bytes: ProtobufBytes, into: T, fields: Fields<T>): T {
  for (let field = bytes.next(); field !== 0; field = bytes.next()) {
    const read = fields[field];
    if (read) read(bytes, into);
    else bytes.skip(field);
  }
  return into;
}

function message<T>(bytes: ProtobufBytes, into: T, fields: Fields<T>): T {
  const outer = bytes.enter();
  readInto(bytes, into, fields);
  bytes.leave(outer);
  return into;
}

/** Parts may come before what they are parts of is described, so they are read last. */
interface Group<T> {
  own: T;
  parts: Range[];
  /** Records in a form that is not part of OTLP any more. */
  old: number;
}

const REQUEST: Fields<Range[]> = {
  ...noMessage(1, 'the resources'),
  [tag(1, BYTES)]: (bytes, ranges) => ranges.push(bytes.range()),
};

/** What holds records is not passed over as something unknown where it is no message: they would be lost without a word. */
function noMessage(field: number, what: string): Fields<unknown> {
  const refuse = () => {
    throw new BrokenBytes(`${what} of a request are no messages`);
  };
  return Object.fromEntries([VARINT, FIXED64, FIXED32, GROUP].map((type) => [tag(field, type), refuse]));
}

const RESOURCE_GROUP: Fields<Group<JsonObject>> = {
  ...noMessage(2, 'the scopes'),
  [tag(1, BYTES)]: (bytes, { own }) => message(bytes, own, RESOURCE),
  [tag(2, BYTES)]: (bytes, { parts }) => parts.push(bytes.range()),
  // `instrumentation_library_spans` and `instrumentation_library_logs`, until 2022.
  [tag(1000, BYTES)]: (bytes, group) => message(bytes, group, OLD_GROUP),
};

const OLD_GROUP: Fields<Group<JsonObject>> = {
  [tag(2, BYTES)]: (bytes, group) => {
    bytes.range();
    group.old += 1;
  },
};

const RESOURCE: Fields<JsonObject> = { [tag(1, BYTES)]: (bytes, object) => readPair(bytes, object, 0) };

interface Scope {
  name: string;
  version: string;
}

const SCOPE_GROUP: Fields<Group<Scope>> = {
  ...noMessage(2, 'the records'),
  [tag(1, BYTES)]: (bytes, { own }) => message(bytes, own, SCOPE),
  [tag(2, BYTES)]: (bytes, { parts }) => parts.push(bytes.range()),
};

const SCOPE: Fields<Scope> = {
  [tag(1, BYTES)]: (bytes, scope) => (scope.name = bytes.name()),
  [tag(2, BYTES)]: (bytes, scope) => (scope.version = bytes.name()),
};

const OLD = 'instrumentation libraries are not part of OTLP any more: update the exporter';

/** Requests for spans and for log records have the same form: resources, in these scopes, in these records. */
function readRecords<T>(body: Uint8Array, read: (bytes: ProtobufBytes) => T): WireItem<T>[] {
  const bytes = new ProtobufBytes(body);
  const items: WireItem<T>[] = [];
  for (const resourceRange of readInto(bytes, [], REQUEST)) {
    bytes.goTo(resourceRange);
    const resource = readInto<Group<JsonObject>>(bytes, { own: {}, parts: [], old: 0 }, RESOURCE_GROUP);
    for (let count = 0; count < resource.old; count += 1) items.push({ unreadable: OLD });
    for (const scopeRange of resource.parts) {
      bytes.goTo(scopeRange);
      const scope = readInto<Group<Scope>>(
        bytes,
        { own: { name: '', version: '' }, parts: [], old: 0 },
        SCOPE_GROUP,
      );
      const source = wireSource(resource.own, scope.own);
      for (const range of scope.parts) {
        bytes.goTo(range);
        items.push(readOne(() => ({ record: read(bytes), source })));
      }
    }
  }
  return items;
}

/** It ends where its length says, so that the others are good where one is broken. */
function readOne<T>(read: () => WireItem<T>): WireItem<T> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BrokenBytes)) throw error;
    return { unreadable: `a record is no protobuf message of OTLP: ${error.message}` };
  }
}

function toSpan(bytes: ProtobufBytes): WireSpan {
  const span: WireSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    start: null,
    end: null,
    attributes: {},
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
  };
  return readInto(bytes, span, SPAN);
}

const SPAN: Fields<WireSpan> = {
  [tag(1, BYTES)]: (bytes, span) => (span.traceId = bytes.hex()),
  [tag(2, BYTES)]: (bytes, span) => (span.spanId = bytes.hex()),
  [tag(4, BYTES)]: (bytes, span) => (span.parentSpanId = bytes.hex()),
  [tag(5, BYTES)]: (bytes, span) => (span.name = bytes.name()),
  [tag(6, VARINT)]: (bytes, span) => (span.kind = bytes.int32()),
  [tag(7, FIXED64)]: (bytes, span) => (span.start = bytes.time()),
  [tag(8, FIXED64)]: (bytes, span) => (span.end = bytes.time()),
  [tag(9, BYTES)]: (bytes, span) => readPair(bytes, span.attributes, 0),
  [tag(11, BYTES)]: (bytes, span) =>
    span.events.push(message(bytes, { name: '', time: null, attributes: {} }, EVENT)),
  [tag(13, BYTES)]: (bytes, span) => span.links.push(message(bytes, { traceId: '', spanId: '' }, LINK)),
  [tag(15, BYTES)]: (bytes, span) => message(bytes, span, STATUS),
};

const EVENT: Fields<WireSpan['events'][number]> = {
  [tag(1, FIXED64)]: (bytes, event) => (event.time = bytes.time()),
  [tag(2, BYTES)]: (bytes, event) => (event.name = bytes.name()),
  [tag(3, BYTES)]: (bytes, event) => readPair(bytes, event.attributes, 0),
};

const LINK: Fields<WireSpan['links'][number]> = {
  [tag(1, BYTES)]: (bytes, link) => (link.traceId = bytes.hex()),
  [tag(2, BYTES)]: (bytes, link) => (link.spanId = bytes.hex()),
};

const STATUS: Fields<WireSpan> = {
  [tag(2, BYTES)]: (bytes, span) => (span.statusMessage = bytes.text()),
  [tag(3, VARINT)]: (bytes, span) => (span.statusCode = bytes.int32()),
};

function toLog(bytes: ProtobufBytes): WireLog {
  const log: WireLog = {
    traceId: '',
    spanId: '',
    time: null,
    observed: null,
    severity: 0,
    event: '',
    body: undefined,
    attributes: {},
  };
  return readInto(bytes, log, LOG);
}

const LOG: Fields<WireLog> = {
  [tag(1, FIXED64)]: (bytes, log) => (log.time = bytes.time()),
  [tag(2, VARINT)]: (bytes, log) => (log.severity = bytes.int32()),
  [tag(5, BYTES)]: (bytes, log) => (log.body = readValue(bytes, 0, log.body ?? null)),
  [tag(6, BYTES)]: (bytes, log) => readPair(bytes, log.attributes, 0),
  [tag(9, BYTES)]: (bytes, log) => (log.traceId = bytes.hex()),
  [tag(10, BYTES)]: (bytes, log) => (log.spanId = bytes.hex()),
  [tag(11, FIXED64)]: (bytes, log) => (log.observed = bytes.time()),
  [tag(12, BYTES)]: (bytes, log) => (log.event = bytes.name()),
};

const KEY = tag(1, BYTES);
const VALUE = tag(2, BYTES);

function readPair(bytes: ProtobufBytes, into: JsonObject, depth: number): void {
  const outer = bytes.enter();
  let key = '';
  let value: JsonValue = null;
  for (let field = bytes.next(); field !== 0; field = bytes.next()) {
    if (field === KEY) key = bytes.name();
    else if (field === VALUE) value = readValue(bytes, depth, value);
    else bytes.skip(field);
  }
  bytes.leave(outer);
  setOwn(into, key, value);
}

/** `before` is what an earlier piece of the same value says: protobuf may send a message in pieces. */
function readValue(bytes: ProtobufBytes, depth: number, before: JsonValue): JsonValue {
  const outer = bytes.enter();
  let value = before;
  // The last counts: only one of them is ever sent.
  for (let field = bytes.next(); field !== 0; field = bytes.next())
    switch (field) {
      case tag(1, BYTES):
        value = bytes.text();
        break;
      case tag(2, VARINT):
        value = bytes.integer() !== 0;
        break;
      case tag(3, VARINT):
        value = bytes.integer();
        break;
      case tag(4, FIXED64):
        value = finite(bytes.double());
        break;
      case tag(5, BYTES):
        value = readArray(bytes, depth, Array.isArray(value) ? value : []);
        break;
      case tag(6, BYTES):
        value = readMap(bytes, depth, isJsonObject(value) ? value : {});
        break;
      case tag(7, BYTES):
        value = bytes.base64();
        break;
      default:
        bytes.skip(field);
    }
  bytes.leave(outer);
  return value;
}

const ITEM = tag(1, BYTES);

function readArray(bytes: ProtobufBytes, depth: number, items: JsonValue[]): JsonValue {
  const outer = bytes.enter();
  for (let field = bytes.next(); field !== 0; field = bytes.next()) {
    if (field === ITEM && depth < MOST_DEPTH) items.push(readValue(bytes, depth + 1, null));
    else bytes.skip(field);
  }
  bytes.leave(outer);
  return depth < MOST_DEPTH ? items : null;
}

function readMap(bytes: ProtobufBytes, depth: number, object: JsonObject): JsonValue {
  const outer = bytes.enter();
  for (let field = bytes.next(); field !== 0; field = bytes.next()) {
    if (field === ITEM && depth < MOST_DEPTH) readPair(bytes, object, depth + 1);
    else bytes.skip(field);
  }
  bytes.leave(outer);
  return depth < MOST_DEPTH ? object : null;
}

/** `NaN` and infinity are texts, as in OTLP/JSON. */
function finite(value: number): JsonValue {
  return Number.isFinite(value) ? value : String(value);
}
