import type { ServerResponse } from 'node:http';
import type { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerLimits } from '../../http/server/serverLimits.ts';
import type { ServerRequest, WholeReply } from '../../http/server/serverRequest.ts';
import { type LocalServer, startServer } from '../../http/server/serverShell.ts';
import type { Clock } from '../../ports.ts';
import { apiError } from '../apis/apiError.ts';
import { apiOf } from '../apis/apiName.ts';

export const USUAL_PORT = 4320;

const MIB = 1024 * 1024;
const LIMITS: Partial<ServerLimits> = {
  bodyBytes: 32 * MIB,
  // Clients show long lists of what they are made of, and baggage.
  headerBytes: 64 * 1024,
  connections: 2_048,
  idleMs: 65_000,
};

export interface ServeOptions {
  /** The usual one where absent; 0 takes any that is free. */
  port?: number;
  exposeOn?: string;
  allowedHosts?: readonly string[];
  token: string;
}

/** The gateway's own server. Rejects with ServerError where it cannot listen. */
export function startGatewayServer(
  { port = USUAL_PORT, ...options }: ServeOptions,
  {
    clock,
    answer,
    onBug,
  }: {
    clock: Clock;
    answer(request: ServerRequest, outgoing: ServerResponse): Promise<void>;
    onBug(error: unknown): void;
  },
): Promise<LocalServer> {
  return startServer({
    ...options,
    name: 'the gateway',
    port,
    limits: LIMITS,
    clock,
    onBug,
    routes: [{ prefix: '/', answer, refuse }],
  });
}

/** As those who ask at this path expect it. */
function refuse({ status, message, headers }: HttpProblem, path: string): WholeReply {
  const api = apiOf('POST', path) ?? (path.startsWith('/v1/messages') ? 'messages' : 'chat');
  const isConfigured = headers['x-touchstone-refused'] !== 'configuration';
  const type = isConfigured ? (TYPES[status] ?? 'invalid_request_error') : 'configuration_error';
  const said = apiError(api, status, message, type);
  return { ...said, headers: { ...said.headers, ...headers } };
}

const TYPES: { readonly [status: number]: string } = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  500: 'api_error',
  503: 'overloaded_error',
};
