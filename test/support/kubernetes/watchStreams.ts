import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../../src/engine/model/json.ts';
import type { ApiRequest } from './apiRequest.ts';
import type { ChangeEvent, KubeObject, ObjectStore } from './objectStore.ts';
import { selector } from './resourceActions.ts';
import { apiVersionOf } from './resourceKinds.ts';
import { StatusError } from './statusReply.ts';

interface Stream {
  request: ApiRequest;
  outgoing: ServerResponse;
  matches(object: KubeObject): boolean;
}

/** The watches that are open, and what may befall them. */
export class WatchStreams {
  readonly #store: ObjectStore;
  readonly #streams = new Set<Stream>();
  #isSilent = false;

  constructor(store: ObjectStore) {
    this.#store = store;
    store.onChange((event) => {
      for (const stream of this.#streams) this.#tell(stream, event);
    });
  }

  get count(): number {
    return this.#streams.size;
  }

  open(request: ApiRequest, outgoing: ServerResponse): void {
    const from = request.query.get('resourceVersion');
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.flushHeaders();
    const stream: Stream = { request, outgoing, matches: selector(request.query) };
    if (from !== null && from !== '0' && from !== '' && Number(from) < this.#store.compacted) {
      const gone = new StatusError(
        410,
        'Expired',
        `too old resource version: ${from} (${this.#store.compacted})`,
      );
      write(stream, { type: 'ERROR', object: gone.toJson() });
      return void outgoing.end();
    }

    outgoing.on('close', () => this.#streams.delete(stream));
    if (from === null || from === '' || from === '0') this.#tellAll(stream);
    else for (const event of this.#store.since(Number(from))) this.#tell(stream, event);
    this.#streams.add(stream);
  }

  /** Nothing is said any more on the streams that are open, nor on new ones. */
  silence(isSilent = true): void {
    this.#isSilent = isSilent;
  }

  /** The connections break. */
  drop(): void {
    for (const { outgoing } of this.#streams) outgoing.destroy();
  }

  /** How far every watch is, for those who asked to be told. */
  bookmark(): void {
    for (const stream of this.#streams) {
      const { resource, query } = stream.request;
      if (query.get('allowWatchBookmarks') !== 'true') continue;
      const metadata = { resourceVersion: String(this.#store.version) };
      write(stream, {
        type: 'BOOKMARK',
        object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata },
      });
    }
  }

  close(): void {
    for (const { outgoing } of this.#streams) outgoing.end();
    this.#streams.clear();
  }

  #tellAll(stream: Stream): void {
    const { resource, namespace } = stream.request;
    for (const object of this.#store.list(resource, namespace))
      this.#tell(stream, { type: 'ADDED', version: this.#store.version, resource, object });
  }

  #tell(stream: Stream, { type, resource, object }: ChangeEvent): void {
    const { request } = stream;
    const isOf = request.namespace === undefined || object.metadata['namespace'] === request.namespace;
    if (this.#isSilent || resource !== request.resource || !isOf || !stream.matches(object)) return;
    write(stream, { type, object });
  }
}

function write({ outgoing }: Stream, event: { type: string; object: JsonObject }): void {
  outgoing.write(`${JSON.stringify(event)}\n`);
}
