/** Something a person asked for cannot be done as things stand; the message says what to do. */
export class PlainError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PlainError';
  }
}
