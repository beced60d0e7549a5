import type { ServerResponse } from 'node:http';
import type { Client, ClientEvents, ReplyHead } from '../exchange/client.ts';
import { endToEnd } from '../exchange/passedHeaders.ts';

/** A client of our server. */
export class ServerClient implements Client {
  readonly #outgoing: ServerResponse;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  hear({ drained, sent, left }: ClientEvents): void {
    const outgoing = this.#outgoing;
    let isSent = false;
    outgoing.on('drain', drained);
    outgoing.once('finish', () => {
      isSent = true;
      sent();
    });
    outgoing.once('close', () => {
      if (!isSent) left();
    });
    // It is told by `close`; without anybody who hears it, an error would end the process.
    outgoing.on('error', () => {});
    if (outgoing.destroyed) left();
  }

  begin({ status, statusText, rawHeaders }: ReplyHead): void {
    // The head is what the upstream sent, also where that has no date.
    this.#outgoing.sendDate = false;
    this.#outgoing.writeHead(status, statusText, endToEnd(rawHeaders));
  }

  write(bytes: Uint8Array): boolean {
    return this.#outgoing.write(bytes);
  }

  end(trailers: readonly string[]): void {
    // Without chunks there is no place for them.
    if (trailers.length > 0 && this.#outgoing.chunkedEncoding) addTrailers(this.#outgoing, trailers);
    this.#outgoing.end();
  }

  cut(): void {
    this.#outgoing.destroy();
  }
}

/** Those that cannot be sent are left out, with all beside them: the body is whole without them. */
function addTrailers(outgoing: ServerResponse, trailers: readonly string[]): void {
  try {
    outgoing.addTrailers(pairs(trailers));
  } catch {}
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as [string, string]] : []));
}
