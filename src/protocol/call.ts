import type * as z from 'zod';

/** One call of the protocol: what goes in and what comes out, both checked where they cross. */
export interface Call {
  params: z.ZodType;
  result: z.ZodType;
}

/** Calls by method name, e.g. `run/start`. */
export interface CallTable {
  readonly [method: string]: Call;
}

/** Events by method name; their data is checked by whoever receives it. */
export interface EventTable {
  readonly [method: string]: z.ZodType;
}

export type Method<T> = keyof T & string;
export type ParamsOf<T extends CallTable, M extends keyof T> = z.output<T[M]['params']>;
export type ResultOf<T extends CallTable, M extends keyof T> = z.output<T[M]['result']>;

/** A handler for every call of a table; the signal is aborted when the caller gives up. */
export type Handlers<T extends CallTable> = {
  [M in keyof T]: (params: ParamsOf<T, M>, signal: AbortSignal) => Promise<ResultOf<T, M>> | ResultOf<T, M>;
};
