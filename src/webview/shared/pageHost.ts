/** Where a page gets its data from, and where it keeps its state. */
export interface PageHost<Message, State> {
  /** Begins to deliver messages, which are not checked yet. */
  listen(receive: (message: unknown) => void): void;
  send(message: Message): void;
  readState(): unknown;
  writeState(state: State): void;
}
