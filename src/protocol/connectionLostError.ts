/** The other side ended before it answered a call. */
export class ConnectionLostError extends Error {
  constructor(method: string) {
    super(`the connection was lost before ${method} was answered`);
    this.name = 'ConnectionLostError';
  }
}
