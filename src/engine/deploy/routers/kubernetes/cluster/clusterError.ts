import { excerpt } from '../../../../files/text/excerpt.ts';
import { type HttpError, toHttpError } from '../../../../http/httpError.ts';
import { isJsonObject, type JsonObject } from '../../../../model/json.ts';
import { RouterError } from '../../routerError.ts';

interface ClusterErrorOptions {
  isTransient: boolean;
  status: number;
  remedy?: string | undefined;
  retryAfterMs?: number | undefined;
}

/** What the API server of a cluster answered in place of what was asked; status 0 where it did not answer. */
export class ClusterError extends RouterError {
  readonly status: number;
  /** How long it asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(what: string, { isTransient, status, remedy, retryAfterMs }: ClusterErrorOptions) {
    super(what, { isTransient, remedy });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** The cluster knows no such kind; of an object that is missing it says the name. */
  get isMissingKind(): boolean {
    return this.status === 404 && !/"[^"]+" not found/.test(this.message);
  }

  /** Somebody else has changed or made the object since it was read. */
  get isConflict(): boolean {
    return this.status === 409;
  }
}

const ACCESS_REMEDY = 'Give the account the Role of docs/kubernetes.md, or use a context that has it.';

/** The error that an answer of the API server stands for; `asked` is in words: `get Deployment support`. */
export function clusterError(
  asked: string,
  status: number,
  body: string,
  retryAfterMs: number | undefined,
): ClusterError {
  const said = messageOf(body);
  const because = said === '' ? `HTTP ${status}` : said;
  const remedy = remedyOf(status);
  const isTransient = status === 409 || status === 408 || status === 429 || status >= 500;
  return new ClusterError(`the cluster refused to ${asked}: ${because}`, {
    isTransient,
    status,
    remedy,
    retryAfterMs,
  });
}

/** Node's names for certificates that do not hold; a second try will not make them better. */
const CERTIFICATE_FAULT = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS/;

/** The error for an answer that did not come; a bug or an abort stays what it is. */
export function connectionError(error: unknown, server: string): unknown {
  const fault = toHttpError(error);
  if (!isHttpError(fault)) return fault;
  const isCertificate = fault.fault.kind === 'network' && CERTIFICATE_FAULT.test(fault.fault.code);
  return new ClusterError(`no answer from the cluster at ${server}: ${fault.message}`, {
    isTransient: !isCertificate,
    status: 0,
    remedy: isCertificate
      ? 'Check certificate-authority and tls-server-name of the cluster in the kubeconfig.'
      : 'Check the connection to the cluster.',
  });
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && error.name === 'HttpError';
}

function remedyOf(status: number): string | undefined {
  if (status === 401)
    return 'Log in to the cluster again, or check the user of the context in the kubeconfig.';
  if (status === 403) return ACCESS_REMEDY;
  return undefined;
}

/** `message` of a Status; its first line where it is something else, such as a page of a proxy. */
function messageOf(body: string): string {
  let status: JsonObject = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (isJsonObject(parsed)) status = parsed;
  } catch {}
  const message = status['message'];
  return excerpt(typeof message === 'string' ? message : (body.split('\n')[0] ?? ''), 300);
}
