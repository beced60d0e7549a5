import type { FromPage } from './messages.ts';
import type { ViewState } from './viewState.ts';

/** Where the page gets its data from, and where it keeps its state. */
export interface ReportHost {
  /** Begins to deliver messages, which are not checked yet. */
  listen(receive: (message: unknown) => void): void;
  send(message: FromPage): void;
  readState(): unknown;
  writeState(state: ViewState): void;
}
