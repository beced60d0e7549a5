import { exchange } from '../../http/exchange.ts';
import { Connection } from '../../http/httpConnection.ts';
import { linkLocalGuard } from '../../http/linkLocal.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { Clock } from '../../ports.ts';
import type { PrometheusQuery } from '../../suites/deploying/deploymentConfig.ts';
import type { Pair } from '../routers/router.ts';
import type { StepWindow } from './evidenceSource.ts';
import type { Figure } from './sample.ts';

const LIMIT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** Asks Prometheus for its value of a query now. Whatever is not one finite number is none, and says why. Follows no redirect. */
export class PrometheusFigures {
  readonly #connection = new Connection(linkLocalGuard());
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects with the signal's reason alone. */
  async read(query: PrometheusQuery, pair: Pair, window: StepWindow, signal: AbortSignal): Promise<Figure> {
    const { name } = query;
    try {
      const value = valueIn(await this.#ask(query, filledIn(query.query, pair, window), signal));
      return typeof value === 'number' ? { name, value, reason: null } : { name, value: null, reason: value };
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      return { name, value: null, reason: `Prometheus could not be asked: ${reason}` };
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #ask({ url }: PrometheusQuery, query: string, signal: AbortSignal): Promise<JsonValue | string> {
    const address = new URL(url);
    address.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v1/query`;
    const request = {
      ...{ url: address, method: 'POST', body: new URLSearchParams({ query }).toString() },
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    };
    const limit = { clock: this.#clock, ms: LIMIT_MS };
    return await exchange({ connection: this.#connection, request, signal, limit }, async (reply) => {
      const text = await reply.text(MOST_BYTES);
      if (!reply.ok) return `Prometheus answered with status ${reply.status}${errorIn(text)}`;
      return JSON.parse(text) as JsonValue;
    });
  }
}

/** `{{blue}}`, `{{green}}` and `{{window}}` in a query, as they stand within its strings and its ranges. */
export function filledIn(query: string, { blue, green }: Pair, { sinceMs, untilMs }: StepWindow): string {
  const seconds = Math.max(1, Math.ceil((untilMs - sinceMs) / 1000));
  const words: { [name: string]: string } = {
    blue: quoted(blue?.name ?? ''),
    green: quoted(green.name),
    window: `${seconds}s`,
  };
  return query.replace(/\{\{\s*(blue|green|window)\s*\}\}/g, (_, name: string) => words[name] ?? '');
}

function quoted(name: string): string {
  return name.replace(/[\\"'`]/g, (mark) => `\\${mark}`);
}

/** The one finite number of an answer, or why there is none. */
function valueIn(answer: JsonValue | string): number | string {
  if (typeof answer === 'string') return answer;
  if (!isJsonObject(answer) || answer['status'] !== 'success' || !isJsonObject(answer['data'] ?? null))
    return 'the answer is not one of Prometheus';
  const { resultType, result } = answer['data'] as { [key: string]: JsonValue };
  if (!Array.isArray(result)) return 'the answer is not one of Prometheus';
  if (resultType === 'scalar') return numberIn(result);
  if (resultType !== 'vector') return `the query gives a ${String(resultType)}, not one value`;
  if (result.length === 0) return 'the query found nothing';
  if (result.length > 1) return `the query gives ${result.length} series; aggregate them into one`;
  const [series] = result;
  const value = isJsonObject(series ?? null) ? (series as { [key: string]: JsonValue })['value'] : undefined;
  return Array.isArray(value) ? numberIn(value) : 'the answer is not one of Prometheus';
}

function numberIn(pair: readonly JsonValue[]): number | string {
  const text = pair[1];
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : `the value is ${String(text)}, not a number`;
}

function errorIn(text: string): string {
  try {
    const answer = JSON.parse(text) as JsonValue;
    const error = isJsonObject(answer) ? answer['error'] : undefined;
    return typeof error === 'string' ? `: ${error.slice(0, 200)}` : '';
  } catch {
    return '';
  }
}
