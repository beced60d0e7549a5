import { JsonLimitError } from '../../files/formats/untrustedJson.ts';
import { excerpt } from '../../files/text/excerpt.ts';
import type { Reply } from '../../http/exchange.ts';
import { HttpError } from '../../http/httpError.ts';
import { LONGEST_WAIT_MS, parseRetryAfter } from '../../http/retryAfter.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';
import type { Clock } from '../../ports.ts';
import { decide } from '../../resilience/classify.ts';
import { readAllowance } from '../../resilience/pace/readAllowance.ts';
import { errorCode } from '../errorCode.ts';
import { ModelError, restate } from '../modelClient.ts';
import { unreadable } from '../wire/replyFields.ts';

/** Of a reply with an error status, only so much is read, in bytes. */
const MAX_ERROR = 64 * 1024;
/** Characters that a person is shown: providers put whole pages into their errors. */
const MAX_MESSAGE = 1000;
const MIB = 1024 * 1024;

/** What an error status means (resilience/classify.ts). */
export async function statusError(reply: Reply, clock: Clock): Promise<ModelError> {
  const { status } = reply;
  if (status >= 300 && status < 400) {
    const to = targetOf(reply.headers['location']);
    const message = `${status} the provider redirects${to === undefined ? '' : ` to ${to}`}, which is not followed: set base_url to its target`;
    return new ModelError('protocol', message, { transient: false, status });
  }
  const text = new TextDecoder().decode(await reply.start(MAX_ERROR));
  const error = errorWordsOf(text);
  const retryAfterMs = parseRetryAfter(reply.headers, clock.now()) ?? error.retryDelayMs;
  const evidence = { kind: 'status', status, said: error, waitMs: retryAfterMs } as const;
  const decision = decide(evidence, clock.monotonic());
  const allowance = readAllowance(reply.headers, clock.now(), clock.monotonic());
  return new ModelError(errorCode(status, decision), `${status} ${error.message}`, {
    decision,
    status,
    ...defined({ retryAfterMs, parameter: error.param, allowance }),
  });
}

/**
 * Whatever a call threw as a ModelError; a bug stays what it is. `where` says what a fault of the network did, and `redact`
 * takes keys out of what a person may read. A cause is left out on purpose.
 */
export function toModelError(
  error: unknown,
  { where, redact }: { where: string; redact: (text: string) => string },
): unknown {
  // Secrets first: a cut through the middle of one would leave its first half standing.
  if (error instanceof ModelError) return restate(error, cut(redact(error.message)));
  if (error instanceof JsonLimitError) return unreadable(error.message);
  if (error instanceof SyntaxError) return unreadable('it is not the JSON it should be');
  if (!(error instanceof HttpError)) return error;
  return fromFault(error, redact(error.message), where);
}

function fromFault({ fault }: HttpError, message: string, where: string): ModelError {
  const decision = decide({ kind: 'fault', fault }, 0);
  switch (fault.kind) {
    case 'timeout':
      return new ModelError('timeout', 'the provider did not answer in time', { decision });
    case 'too-large': {
      const limit = `${fault.maxBytes / MIB} MiB`;
      return new ModelError('protocol', `the reply is longer than ${limit}`, { decision });
    }
    case 'unsendable':
      return new ModelError('bad-request', `the key or a header cannot be sent: ${message}`, { decision });
    case 'compression':
      return new ModelError('network', `the reply cannot be unpacked: ${message}`, { decision });
    case 'not-utf8':
    case 'network':
      return new ModelError('network', `${where}: ${message}`, { decision });
  }
}

interface Said {
  message: string;
  code: unknown;
  type: unknown;
  param: string | undefined;
  retryDelayMs: number | undefined;
}

/** OpenAI's form is `{ error: { message, code, param } }`; Google puts that into a list; others say `{ error: "…" }`, or what they like. */
export function errorWordsOf(text: string): Said {
  const body = parse(text);
  const error = body?.['error'];
  const fields: JsonObject = isJsonObject(error) ? error : {};
  const { message, code, type, param } = fields;
  return {
    message: pageText(firstText(message, typeof error === 'string' ? error : undefined, text.trim())),
    code,
    type,
    param: typeof param === 'string' ? param : undefined,
    retryDelayMs: retryDelay(fields['details']),
  };
}

/** What follows the path may hold a secret. */
function targetOf(location: string | undefined): string | undefined {
  const url = location === undefined ? null : URL.parse(location);
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}

/** A page in place of an error, as proxies write it, by its title or its first words. */
function pageText(text: string): string {
  if (!/^<(?:!doctype html|html)\b/i.test(text)) return text;
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim();
  const words = text
    .replaceAll(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `an HTML page: '${excerpt(title || words)}'`;
}

/** Google's wait, `google.rpc.RetryInfo`: `{ retryDelay: "34.5s" }` in place of a header. */
function retryDelay(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const delay = isJsonObject(detail) ? detail['retryDelay'] : undefined;
    const [, seconds] = (typeof delay === 'string' && /^(\d{1,9}(?:\.\d+)?)s$/.exec(delay)) || [];
    if (seconds !== undefined) return Math.min(Number(seconds) * 1000, LONGEST_WAIT_MS);
  }
  return undefined;
}

function firstText(...candidates: unknown[]): string {
  const found = candidates.find((one) => typeof one === 'string' && one !== '');
  return typeof found === 'string' ? found : 'status code (no body)';
}

function parse(text: string): JsonObject | undefined {
  if (isNestedDeeper(text, MAX_REPLY_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return isJsonObject(only) ? only : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
}
