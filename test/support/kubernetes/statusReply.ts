import type { JsonObject } from '../../../src/engine/model/json.ts';

/** An answer of the API server that is no object: `Status`, as every client reads it. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject;
  readonly headers: { [name: string]: string };

  constructor(
    code: number,
    reason: string,
    message: string,
    { details = {}, headers = {} }: { details?: JsonObject; headers?: { [name: string]: string } } = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.headers = headers;
  }

  toJson(): JsonObject {
    const { code, reason, message, details } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    };
  }
}
