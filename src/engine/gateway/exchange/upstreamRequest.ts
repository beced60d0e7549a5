import type { HttpRequest } from '../../http/httpConnection.ts';
import { targetText } from '../../suites/gateway/armTarget.ts';
import type { ArmTarget, RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { ApiName } from '../apis/apiName.ts';
import type { ApiRequest } from '../apis/apiRequest.ts';
import { editRequest } from '../apis/editRequest.ts';
import { readApiRequest } from '../apis/readApiRequest.ts';
import { below, type Server, type Upstreams } from './upstreams.ts';

/** What a client asks for, read once. */
export interface Asked {
  api: ApiName;
  method: string;
  path: string;
  /** With its question mark; empty where there is none. */
  search: string;
  /** Those that may be passed on, by their names in lower case. */
  headers: { readonly [name: string]: string };
  /** As it was sent, packed or not. */
  sent: Buffer;
  /** Unpacked. */
  body: Buffer;
  read: ApiRequest;
}

/** A request as it is made of one upstream. */
export interface UpstreamRequest {
  /** `openai/gpt-5-mini`, `release/warm`, or the address of an agent. */
  target: string;
  /** Name in the configuration; the host of an agent. */
  provider: string;
  model: string | undefined;
  server: Server;
  http: HttpRequest;
  /** As it is asked, edits included. */
  read: ApiRequest;
  /** The usage of its stream was asked for by us alone. */
  dropsUsage: boolean;
  /** Of a release that answers. */
  release: string | undefined;
}

/** How releases are applied: their prompt, model and parameters to a request. Throws UserError. */
export type ApplyRelease = (name: string, asked: Asked) => { provider: string; body: Buffer };

interface Preparing {
  asked: Asked;
  route: RouteConfig;
  upstreams: Upstreams;
  applyRelease: ApplyRelease;
  signal: AbortSignal;
}

/** The request of a client as it is made of a target. Rejects with UserError where the target cannot be asked. */
export function upstreamRequest(
  target: ArmTarget,
  preparing: Preparing,
): UpstreamRequest | Promise<UpstreamRequest> {
  switch (target.kind) {
    case 'agent':
      return agentRequest(target.url, preparing);
    case 'release': {
      const { asked, applyRelease } = preparing;
      const { provider, body } = applyRelease(target.release, asked);
      const edited = { ...asked, body, sent: body, read: readApiRequest(asked.api, body) };
      return providerRequest(provider, { ...preparing, asked: edited }, target.release);
    }
    case 'provider': {
      const { asked } = preparing;
      const model = target.model ?? withoutProvider(asked.read.model, target.provider);
      if (model === undefined || model === asked.read.model || asked.api === 'agent')
        return providerRequest(target.provider, preparing);

      const body = editRequest(asked.body, { model });
      const edited = { ...asked, body, sent: body, read: readApiRequest(asked.api, body) };
      return providerRequest(target.provider, { ...preparing, asked: edited });
    }
  }
}

/** What a target is called, without asking it. */
export function targetName(target: ArmTarget, model?: string): string {
  if (target.kind !== 'provider' || target.model !== undefined) return targetText(target);
  const asked = withoutProvider(model, target.provider);
  return targetText(asked === undefined ? target : { ...target, model: asked });
}

function withoutProvider(model: string | undefined, provider: string): string | undefined {
  return model?.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model;
}

function agentRequest(url: string, { asked, route, upstreams }: Preparing): UpstreamRequest {
  const server = upstreams.agent(url);
  const rest = asked.path.slice(route.match.path.replace(/\/$/, '').length);
  return {
    target: url,
    provider: new URL(url).host,
    model: undefined,
    server,
    http: httpRequest(below(server.baseUrl, `${rest}${asked.search}`), asked, asked.sent, {}),
    read: asked.read,
    dropsUsage: false,
    release: undefined,
  };
}

function providerRequest(
  provider: string,
  preparing: Preparing,
  release?: string,
): UpstreamRequest | Promise<UpstreamRequest> {
  const server = preparing.upstreams.provider(provider, preparing.signal);
  const build = (one: Server) => requestOf(one, provider, preparing, release);
  return server instanceof Promise ? server.then(build) : build(server);
}

function requestOf(
  server: Server,
  provider: string,
  { asked, route, upstreams }: Preparing,
  release: string | undefined,
): UpstreamRequest {
  const { api, read, path, search } = asked;
  const dropsUsage = api === 'chat' && read.stream && !read.asksUsage && upstreams.asksUsage(provider);
  const body = dropsUsage ? editRequest(asked.body, { includeUsage: true }) : asked.sent;
  const { model } = read;
  const name =
    release === undefined ? (model === undefined ? provider : `${provider}/${model}`) : `release/${release}`;
  const authorization = server.authorization(
    api === 'messages' || asked.headers['anthropic-version'] !== undefined,
  );
  return {
    target: name,
    provider,
    model,
    server,
    http: httpRequest(below(server.baseUrl, `${restOf(path, route)}${search}`), asked, body, authorization),
    read,
    // A body that could not be edited is passed as it is, and nothing is to be taken out of its reply.
    dropsUsage: dropsUsage && !body.equals(asked.body),
    release,
  };
}

/** What follows `/v1`, which the base URLs of providers end with. */
function restOf(path: string, route: RouteConfig): string {
  const own = path.startsWith('/v1/') ? path : path.slice(route.match.path.replace(/\/$/, '').length);
  return own.replace(/^\/v1(?=\/)/, '');
}

function httpRequest(
  url: URL,
  asked: Asked,
  body: Buffer,
  authorization: { readonly [name: string]: string },
): HttpRequest {
  const headers: { [name: string]: string } = { ...asked.headers, ...authorization };
  if (asked.read.stream) headers['accept-encoding'] = 'identity';
  else headers['accept-encoding'] ??= 'identity';
  if (body !== asked.sent || asked.sent === asked.body) delete headers['content-encoding'];

  const hasBody = body.length > 0 || !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(asked.method);
  if (hasBody) headers['content-length'] = String(body.length);
  return { url, method: asked.method, headers, body: hasBody ? body : undefined };
}
