export interface ServerLimits {
  /** Of a request's line and headers together, in bytes. */
  headerBytes: number;
  /** From the first byte to the end of the headers, in milliseconds. */
  headerMs: number;
  /** From the first byte to the end of the body, in milliseconds. */
  bodyMs: number;
  /** Of a body, packed and unpacked. */
  bodyBytes: number;
  /** Of all bodies that are being read or handled, unpacked. */
  allBodiesBytes: number;
  connections: number;
  /** For which an idle connection is kept. */
  idleMs: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  headerBytes: 16 * 1024,
  headerMs: 10_000,
  bodyMs: 60_000,
  bodyBytes: 64 * 1024 * 1024,
  allBodiesBytes: 256 * 1024 * 1024,
  connections: 512,
  idleMs: 5_000,
};
