import {
  type CancellationToken,
  CancellationTokenSource,
  ConnectionError,
  createMessageConnection,
  type Disposable,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import type { CallTable, EventTable, Handlers, Method, ParamsOf, ResultOf } from './call.ts';
import { CallFailure } from './callFailure.ts';
import { ConnectionLostError } from './connectionLostError.ts';
import { type Failure, failure } from './failure.ts';

/** JSON-RPC's code for a call that was cancelled, as in the Language Server Protocol. */
const CANCELLED = -32_800;
/** In the range that JSON-RPC leaves to applications; the reason is in the error's data. */
const FAILED = -32_000;

/** With which the library rejects calls of its own accord. */
const LOST = new Set<number>([
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
]);

/** Streams to the other side, e.g. the standard streams of a process. */
export interface Streams {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/**
 * One end of a connection: answers its own calls, and makes those of the other side, `Theirs`. Everything that
 * arrives is checked against its schema; a signal's abort travels by JSON-RPC's own cancellation.
 */
export class Peer<Theirs extends CallTable> {
  readonly #connection: MessageConnection;
  readonly #theirs: Theirs;

  constructor(streams: Streams, theirs: Theirs) {
    this.#theirs = theirs;
    this.#connection = createMessageConnection(
      new StreamMessageReader(streams.input),
      new StreamMessageWriter(streams.output),
    );
  }

  /** Answers calls. `toFailure` says what an error is to the other side. */
  answer<Mine extends CallTable>(
    mine: Mine,
    handlers: Handlers<Mine>,
    toFailure: (error: unknown) => Failure,
  ): void {
    for (const [method, { params: schema }] of Object.entries(mine)) {
      const handler = handlers[method as keyof Mine];
      this.#connection.onRequest(method, async (raw: unknown, token: CancellationToken) => {
        const signal = toSignal(token);
        try {
          return await handler(schema.parse(raw) as ParamsOf<Mine, keyof Mine>, signal);
        } catch (error) {
          if (signal.aborted) return new ResponseError(CANCELLED, 'cancelled');
          const reason = toFailure(error);
          return new ResponseError(FAILED, reason.message, reason);
        }
      });
    }
  }

  /**
   * Rejects with CallFailure, with ConnectionLostError, or with the signal's reason as soon as it is aborted: the other side may
   * be stuck, so its answer is not waited for.
   */
  async call<M extends Method<Theirs>>(
    method: M,
    params: z.input<Theirs[M]['params']>,
    signal: AbortSignal,
  ): Promise<ResultOf<Theirs, M>> {
    signal.throwIfAborted();
    const source = new CancellationTokenSource();
    const aborted = Promise.withResolvers<never>();
    const cancel = (): void => {
      source.cancel();
      aborted.reject(signal.reason);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answer = this.#connection.sendRequest(method, params, source.token);
      const raw: unknown = await Promise.race([answer, aborted.promise]);
      return this.#schemaOf(method).parse(raw) as ResultOf<Theirs, M>;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isLost(error)) throw new ConnectionLostError(method);
      throw error instanceof ResponseError ? new CallFailure(method, readFailure(error)) : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      source.dispose();
    }
  }

  /** Never fails: an event to a side that is gone is nobody's. */
  tell(method: string, data: unknown): void {
    const send = async (): Promise<void> => this.#connection.sendNotification(method, data);
    send().catch(() => {});
  }

  /** Hears events of a table; one that does not fit its schema is reported and dropped. */
  hear<E extends EventTable>(
    events: E,
    listener: <M extends Method<E>>(method: M, data: z.output<E[M]>) => void,
    onBad: (method: string, error: Error) => void,
  ): void {
    for (const [method, schema] of Object.entries(events)) {
      this.#connection.onNotification(method, (raw: unknown) => {
        const read = schema.safeParse(raw);
        if (read.success) listener(method, read.data as z.output<E[typeof method]>);
        else onBad(method, read.error);
      });
    }
  }

  /** The other side has closed its end, or what arrived is no JSON-RPC. */
  onGone(listener: (reason: string) => void): Disposable[] {
    return [
      this.#connection.onClose(() => listener('closed')),
      this.#connection.onError(([error]) => listener(error.message)),
    ];
  }

  listen(): void {
    this.#connection.listen();
  }

  /** Calls under way are rejected. */
  close(): void {
    this.#connection.dispose();
  }

  #schemaOf(method: Method<Theirs>): z.ZodType {
    const call = this.#theirs[method];
    if (call === undefined) throw new Error(`there is no call ${method}`);
    return call.result;
  }
}

/** The connection's own words for a side that is gone; both are thrown where a call is under way or comes later. */
function isLost(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof ResponseError && LOST.has(error.code);
}

function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new DOMException('cancelled', 'AbortError'));
  if (token.isCancellationRequested) abort();
  else token.onCancellationRequested(abort);
  return controller.signal;
}

function readFailure(error: ResponseError<unknown>): Failure {
  const read = failure.safeParse(error.data);
  return read.success ? read.data : { kind: 'bug', message: error.message };
}
