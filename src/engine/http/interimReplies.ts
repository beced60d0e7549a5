import type { Socket } from 'node:net';

/** What an interim reply begins with (RFC 9110, 15.2); `101` is the last word of this protocol. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d[ \r]/;
const INTERIM_BYTES = 13;
const END = '\r\n\r\n';
/** A longer one is left to whoever reads what follows, and refuses it. */
const MOST_BYTES = 16 * 1024;

/**
 * Takes interim replies out of what a server says before its reply. Servers send `100 Continue` also to who has not asked for it and must
 * ignore it, where undici's client closes the connection. For a socket that is read by `read()` alone, as that client does.
 */
export function withoutInterim(socket: Socket, awaitsHead: () => boolean): void {
  const read = socket.read.bind(socket);
  let held: Buffer | undefined;

  socket.read = () => {
    const chunk: Buffer | null = read();
    if (chunk === null || !awaitsHead()) return chunk;
    const { rest, isOpen } = afterInterim(held ? Buffer.concat([held, chunk]) : chunk);
    held = isOpen ? rest : undefined;
    return isOpen || rest.length === 0 ? null : rest;
  };
}

/** What follows the interim replies; `isOpen` where it may be one whose end has not come. */
function afterInterim(bytes: Buffer): { rest: Buffer; isOpen: boolean } {
  for (let rest = bytes; ; ) {
    const begin = rest.toString('latin1', 0, INTERIM_BYTES);
    if (!INTERIM.test(begin)) return { rest, isOpen: rest.length > 0 && mayBecomeInterim(begin) };
    const end = rest.indexOf(END);
    if (end < 0) return { rest, isOpen: rest.length < MOST_BYTES };
    rest = rest.subarray(end + END.length);
  }
}

/** Of so few bytes that nobody can tell. */
function mayBecomeInterim(begin: string): boolean {
  return begin.length < INTERIM_BYTES && INTERIM.test(`${begin}${LIKE_ALL.slice(begin.length)}`);
}

const LIKE_ALL = 'HTTP/1.1 100 ';
