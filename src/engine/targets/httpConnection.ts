import type { IncomingHttpHeaders } from 'node:http';
import { readBody } from './httpBody.ts';

// An `import` of node:http lists its exports, and for one of them loads Node's whole fetch: 20 ms of every start.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** A reply with its whole body, whatever its status. */
export interface HttpReply {
  status: number;
  /** Of a redirect. */
  location: string | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface HttpRequest {
  method: string;
  headers: { [name: string]: string };
  body?: string;
  /** Limit of the decompressed body in bytes. */
  maxBytes: number;
  /** A stream of events is read to its end like any other text. */
  streams?: boolean;
}

/** A request on its way. A plain function ends it: a signal for each call would cost as much as the call. */
interface Sent {
  /** Rejects with BodyTooLarge, InvalidText, or an error whose `code` is the system's. */
  reply: Promise<HttpReply>;
  /** Ends the request; `reply` then rejects. Without effect once it has settled. */
  cancel(): void;
}

export function isEventStream(headers: IncomingHttpHeaders): boolean {
  return /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}

/** What a cancelled request fails with; whoever cancels knows why. */
class Cancelled extends Error {}

/** Servers close idle connections; one that has not been used for so long is not used again. */
const IDLE_MS = 4_000;

/**
 * Requests over connections that are kept for the next. It stands on `node:http`, which takes less than half the
 * processor time of `fetch`: at 128 calls at a time that decides how many get through. No redirects, no retries.
 */
export class HttpConnection {
  readonly #plain = new http.Agent({ keepAlive: true, timeout: IDLE_MS });
  readonly #secure = new https.Agent({ keepAlive: true, timeout: IDLE_MS });

  send(url: URL, request: HttpRequest): Sent {
    try {
      return this.#send(url, request);
    } catch (error) {
      // A header or an address that cannot be sent.
      return { reply: Promise.reject(error), cancel: () => {} };
    }
  }

  #send(url: URL, request: HttpRequest): Sent {
    const { method, headers, body, maxBytes } = request;
    const secure = url.protocol === 'https:';
    const outgoing = (secure ? https : http).request(url, {
      method,
      headers: { 'user-agent': 'touchstone', 'accept-encoding': 'gzip, deflate, br', ...headers },
      agent: secure ? this.#secure : this.#plain,
    });
    const reply = new Promise<HttpReply>((resolve, reject) => {
      // Kept for as long as the request: an error that nobody hears would end the process.
      outgoing.on('error', reject);
      outgoing.once('response', (incoming) => {
        const { statusCode: status = 0, headers: received } = incoming;
        if (isEventStream(received) && !request.streams) {
          // It may never end.
          outgoing.destroy();
          resolve({ status, location: received.location, headers: received, text: '' });
          return;
        }
        readBody(incoming, maxBytes).then(
          (text) => resolve({ status, location: received.location, headers: received, text }),
          (error: unknown) => {
            // The rest of the reply is nobody's business.
            outgoing.destroy();
            reject(error);
          },
        );
      });
      outgoing.end(body);
    });
    return { reply, cancel: () => outgoing.destroy(new Cancelled()) };
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}
