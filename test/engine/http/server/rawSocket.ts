import { connect, type Socket } from 'node:net';

/** Everything that a server sends back over a bare socket, until it closes it. `talk` writes what it likes. */
export function overSocket(port: number, talk: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => talk(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    // A connection that is refused or cut has said what it has said.
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

export function statusOf(received: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
}
