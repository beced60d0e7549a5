import { type ErrorPlace, UserError } from '../engine/errors.ts';
import type { GatewayStatus } from '../engine/gateway/gatewayStatus.ts';
import { ServerError } from '../engine/http/server/listen.ts';
import type { ArmConfig, ShadowConfig } from '../engine/suites/gateway/gatewayConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { Busy } from '../engine/telemetry/receiver/otlpRoutes.ts';
import type { WantedKey } from '../protocol/gatewayEntries.ts';

/** What the thread of the gateway is asked to do. */
export type GatewayOrder =
  | { do: 'use'; workspace: Workspace }
  | { do: 'serve'; port: number; token: string }
  | { do: 'end'; server: number; graceMs: number }
  | { do: 'weights'; route: string; weights: { readonly [arm: string]: number } | null }
  | { do: 'route'; route: string }
  | { do: 'arms'; route: string; arms: readonly ArmConfig[] | null; revision: string }
  | { do: 'mirror'; route: string; shadow: ShadowConfig }
  | { do: 'stopMirroring'; route: string }
  | { do: 'look' }
  | { do: 'close' };

/** A server that listens; others do not know it by itself. */
export interface ServedAt {
  server: number;
  address: string;
  port: number;
}

export type Answer = { ok: true; value?: unknown } | { ok: false; error: PlainError };

/** To the thread. */
export type ToGateway =
  | { kind: 'order'; id: number; order: GatewayOrder }
  | ({ kind: 'answer'; id: number } & Answer);

/** From the thread. An answer tells the status, too: whoever has asked sees what came of it. */
export type FromGateway =
  | ({ kind: 'answer'; id: number; status: GatewayStatus } & Answer)
  | { kind: 'status'; status: GatewayStatus }
  | { kind: 'spans'; id: number; written: Uint8Array }
  | { kind: 'key'; id: number; key: WantedKey }
  | { kind: 'bug'; error: PlainError };

/** What the thread begins with. */
export interface GatewayThreadData {
  root: string;
  /** Whether keys may come from the environment of this process. */
  mayReadKeys: boolean;
}

/** An error on its way to another thread, which keeps no class. */
export type PlainError =
  | { kind: 'user'; message: string; remedy: string | undefined; where: ErrorPlace | undefined }
  | { kind: 'server'; message: string; remedy: string | undefined; code: unknown }
  | { kind: 'bug'; message: string; stack: string | undefined };

export function plainError(error: unknown): PlainError {
  if (error instanceof ServerError) {
    const { message, remedy, cause } = error;
    return {
      kind: 'server',
      message,
      remedy,
      code: cause instanceof Error && 'code' in cause ? cause.code : undefined,
    };
  }
  if (error instanceof Busy)
    return { kind: 'user', message: error.message, remedy: undefined, where: undefined };
  if (error instanceof UserError) {
    const { message, remedy, where } = error;
    return { kind: 'user', message, remedy, where: where && { ...where } };
  }
  if (error instanceof Error) return { kind: 'bug', message: error.message, stack: error.stack };
  return { kind: 'bug', message: String(error), stack: undefined };
}

export function toError(plain: PlainError): Error {
  switch (plain.kind) {
    case 'user':
      return new UserError(plain.message, plain);
    case 'server': {
      const cause = Object.assign(new Error(plain.message), { code: plain.code });
      return new ServerError(plain.message, { remedy: plain.remedy, cause });
    }
    case 'bug':
      return Object.assign(new Error(plain.message), plain.stack === undefined ? {} : { stack: plain.stack });
  }
}
