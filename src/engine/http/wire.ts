import type { IncomingHttpHeaders } from 'node:http';
import type { HttpError } from './httpError.ts';

/** The head of a reply. */
export interface ReplyStart {
  status: number;
  statusText: string;
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[];
  /** By their names in lower case. */
  headers: IncomingHttpHeaders;
}

/** Hears of the reply to one request; never within `send`, and nothing once it was cancelled. */
export interface WireEvents {
  begun(start: ReplyStart): void;
  /** Nobody writes over them later. */
  bytes(chunk: Buffer): void;
  /** All of it has come. Names and values in turn. */
  ended(rawTrailers: readonly string[]): void;
  /** It breaks off, or there is none. */
  failed(error: HttpError | Error): void;
}

/** A request on its way, and its reply. */
export interface Wire {
  /** What is read already may still come. */
  pause(): void;
  resume(): void;
  /** Ends the request and its reply; does nothing once all of it has come. */
  cancel(): void;
}
