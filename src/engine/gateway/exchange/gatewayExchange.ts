import { callCost } from '../../models/prices/prices.ts';
import { DeadlineReached } from '../../resilience/deadline.ts';
import type { Outcome } from '../../resilience/guard.ts';
import { KeptBytes } from '../apis/reply/keptBytes.ts';
import type { ReplySummary } from '../apis/replyTap.ts';
import { Asking, type Begun, type UnderWay } from './asking.ts';
import type { ReplyHead } from './client.ts';
import { type ExchangeOptions, type ExchangePorts, MOST_KEPT } from './exchangeOptions.ts';
import { endAttempt, outputAttributes } from './exchangeSpan.ts';
import type { Failure } from './failure.ts';
import type { ExchangeEnding, FinishedExchange } from './finishedExchange.ts';
import { withoutKeys } from './keyless.ts';
import { ownReply, withoutLength } from './ownReply.ts';
import { shownHeaders } from './passedHeaders.ts';
import type { KeptExchange } from './replayCache.ts';
import { replyEnding } from './replyEnding.ts';
import { BUG, LEFT, SilenceReached } from './stopReasons.ts';
import { WaitLimit } from './waitLimit.ts';

/**
 * One request and its reply: asks for it, hands on byte for byte what comes from the first content on, and ends once. A slow client
 * slows its upstream, and one that leaves ends it.
 */
export class GatewayExchange {
  readonly #ports: ExchangePorts;
  readonly #options: ExchangeOptions;
  readonly #stop = new AbortController();
  readonly #asking: Asking;
  readonly #limit: WaitLimit;
  readonly #deadline: number;
  readonly #kept: KeptBytes | undefined;
  /** What is handed on; undefined before its first content, and after its end. */
  #begun: Begun | undefined;
  #summary: ReplySummary | null = null;
  #costUsd: number | null = null;
  #firstContent: number | undefined;
  #head: ReplyHead | undefined;
  #headers: { readonly [name: string]: string } = {};
  #source: FinishedExchange['source'] = 'upstream';
  /** How it ends once the client has everything. */
  #ending: { ending: ExchangeEnding; reason: string | null } | undefined;
  #isOver = false;

  constructor(options: ExchangeOptions, ports: ExchangePorts) {
    const { route, started, keepsReply, signal } = options;
    this.#options = options;
    this.#ports = ports;
    this.#deadline = started + route.limits.wholeMs;
    this.#kept = keepsReply ? new KeptBytes(MOST_KEPT) : undefined;
    this.#limit = new WaitLimit(
      ports.clock,
      () => this.#due(),
      () => this.#overdue(),
    );
    this.#asking = new Asking(
      { ...options, signal: this.#stop.signal, deadline: this.#deadline, sent: () => this.#limit.check() },
      ports,
    );
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
  }

  /** Resolves when nobody is to be asked any more; the client may not have everything yet. */
  async run(): Promise<void> {
    this.#hearClient();
    try {
      const asked = await this.#asking.ask();
      if ('underWay' in asked) this.#handOn(asked);
      else this.#refuse(asked);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The reply as the client got it; undefined where it was not kept, or there was too much of it. */
  get kept(): KeptExchange | undefined {
    const body = this.#kept?.bytes();
    return body && this.#head ? { head: this.#head, body, summary: this.#summary } : undefined;
  }

  /** Gives a reply once more that was kept. */
  replay(head: ReplyHead, body: Buffer, summary: ReplySummary | null): void {
    this.#hearClient();
    this.#source = 'cache';
    this.#summary = summary;
    this.#costUsd = 0;
    this.#firstContent = this.#ports.clock.monotonic();
    this.#ending = { ending: 'done', reason: null };
    this.#sendWhole(head, body);
  }

  #hearClient(): void {
    this.#options.client.hear({
      drained: () => this.#begun?.underWay.reply.resume(),
      sent: () => this.#finish(),
      left: () => this.#left(),
    });
  }

  /** From here on there is one upstream, and its bytes are the client's. */
  #handOn(begun: Begun): void {
    const { client } = this.#options;
    const { reply, span, request } = begun.underWay;
    this.#begun = begun;
    this.#firstContent = this.#ports.clock.monotonic();
    this.#options.span.firstContent(span);
    if (begun.isFallback) this.#source = 'fallback';
    try {
      this.#begin(request.dropsUsage ? withoutLength(reply.head) : reply.head);
    } catch {
      const reason = `${request.target} answered with a head that cannot be passed on`;
      const decision = { kind: 'transient' } as const;
      this.#endReply(begun, { decision, ...this.#used(begun.underWay), errorType: 'head' }, reason);
      const answer = { status: 502, type: 'upstream_error' };
      this.#refuse({ ending: 'failed', reason, decision, answer });
      return;
    }
    this.#headers = shownHeaders(reply.headers ?? {});

    reply.relay({
      bytes: (bytes) => {
        this.#kept?.add(bytes);
        if (!client.write(bytes)) reply.pause();
      },
      ended: () => this.#ended(begun),
      broken: (reason) => this.#broken(begun, reason),
    });
    this.#limit.check();
  }

  #ended(begun: Begun): void {
    const { reply, request } = begun.underWay;
    const { decision, ...ending } = replyEnding(
      begun.underWay,
      this.#options.asked.api,
      this.#ports.clock.monotonic(),
    );
    this.#ending = ending;
    // What is asked for anew is as likely to find the connection free.
    this.#options.client.end(request.dropsUsage ? [] : reply.rawTrailers);
    this.#endReply(begun, { decision, ...this.#used(begun.underWay) }, ending.reason ?? undefined);
    this.#limit.check();
  }

  /** It broke off after its first content, or had to stop. */
  #broken(begun: Begun, error: unknown): void {
    const { request, reply } = begun.underWay;
    const isTimeout = error instanceof DeadlineReached || error instanceof SilenceReached;
    const isStopped = this.#stop.signal.aborted && !isTimeout;
    const words = error instanceof Error ? error.message : String(error);
    const ending = isStopped ? 'left' : isTimeout ? 'timeout' : 'cut';
    const reason = ending === 'cut' ? `${request.target} broke off its answer: ${words}` : words;

    reply.tap?.end();
    this.#ending = { ending, reason };
    const decision = isStopped ? ({ kind: 'caller' } as const) : ({ kind: 'transient' } as const);
    this.#endReply(begun, { decision, ...this.#used(begun.underWay), errorType: ending }, reason);
    this.#options.client.cut();
    this.#finish();
  }

  /** Its permits are settled, and the upstream is left. */
  #endReply({ underWay, answered }: Begun, outcome: Outcome, reason: string | undefined): void {
    const { reply, span } = underWay;
    const { silentMs } = reply;
    reply.close();
    answered.settle({ ...outcome, silentMs });
    this.#begun = undefined;
    this.#asking.underWay = undefined;
    span.set(outputAttributes(this.#options.route, this.#summary));
    endAttempt(span, { summary: this.#summary, reason, errorType: outcome.errorType });
  }

  #used({ request, reply }: UnderWay): { tokens: number | null; costUsd: number | null } {
    const { prices } = request.server;
    this.#summary = reply.tap?.summary() ?? null;
    const { usage = null, model = null } = this.#summary ?? {};
    this.#costUsd = callCost(usage, request.model ?? '', prices) ?? callCost(usage, model ?? '', prices);
    return { tokens: usage && usage.inputTokens + usage.outputTokens, costUsd: this.#costUsd };
  }

  /** Nobody answers: what the upstream said, or what we say of it. */
  #refuse({ answer, ending, reason }: Failure): void {
    if (this.#isOver) return;
    this.#ending = { ending, reason: ending === 'done' ? null : reason };
    if ('head' in answer) {
      this.#headers = shownHeaders(answer.headers);
      this.#sendWhole(answer.head, answer.body);
      return;
    }
    const { head, body } = ownReply(this.#options.asked.api, answer, reason, this.#ports.clock);
    this.#sendWhole(head, body);
  }

  #sendWhole(head: ReplyHead, body: Buffer): void {
    const { client } = this.#options;
    this.#begin(head);
    this.#kept?.add(body);
    if (body.length > 0) client.write(body);
    client.end([]);
    this.#limit.check();
  }

  /** Before anything was handed on: the client has left, the time is over, or there is a bug. */
  #giveUp(error: unknown): void {
    if (this.#isOver) return;
    if (error instanceof DeadlineReached) {
      const answer = { status: 504, type: 'timeout_error' };
      this.#refuse({ ending: 'timeout', reason: error.message, decision: { kind: 'transient' }, answer });
      return;
    }

    const { aborted, reason } = this.#stop.signal;
    if (!aborted) this.#ports.onBug(error);
    if (!aborted && !this.#head) {
      const answer = { status: 500, type: 'api_error' };
      this.#refuse({ ending: 'failed', reason: BUG, decision: { kind: 'caller' }, answer });
      return;
    }
    const words = reason instanceof Error ? reason.message : String(reason);
    this.#ending = aborted ? { ending: 'left', reason: words } : { ending: 'failed', reason: BUG };
    this.#options.client.cut();
    this.#finish();
  }

  #begin(head: ReplyHead): void {
    this.#options.client.begin(head);
    this.#head = head;
  }

  #left(): void {
    if (this.#isOver) return;
    if (this.#begun || !this.#ending) {
      this.#stop.abort(LEFT);
      return;
    }

    // It was given all, and has not taken it.
    if (this.#ending.ending === 'done') this.#ending = { ending: 'left', reason: LEFT.message };
    this.#finish();
  }

  readonly #abort = (): void => this.#stop.abort(this.#options.signal?.reason);

  /** The one place where it ends. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#limit.end();
    this.#options.signal?.removeEventListener('abort', this.#abort);

    const finished = this.#record();
    this.#options.span.end(finished);
    // The client comes first.
    setImmediate(() => this.#options.finished(withoutKeys(finished, this.#ports.redactor)));
  }

  #record(): FinishedExchange {
    const { id, route, arm, asked, started, startedMs, span, stickyKey, keepsBodies } = this.#options;
    const { ending, reason } = this.#ending ?? { ending: 'failed', reason: null };
    const first = this.#firstContent;
    const body = keepsBodies && asked.body.length <= MOST_KEPT ? asked.body : null;
    return {
      ...{ id, route: route.name, arm, api: asked.api, startedMs },
      firstContentMs: first === undefined ? null : first - started,
      durationMs: this.#ports.clock.monotonic() - started,
      ...{ ending, reason, status: this.#head?.status ?? null },
      request: { method: asked.method, target: `${asked.path}${asked.search}`, headers: asked.headers, body },
      reply: keepsBodies && this.#head ? { headers: this.#headers, body: this.#kept?.bytes() ?? null } : null,
      ...{ summary: this.#summary, costUsd: this.#costUsd, source: this.#source },
      ...{ traceId: span.traceId, spanId: span.spanId, stickyKey },
    };
  }

  /** When something must have come: the first content, the next byte, or that the client has everything. */
  #due(): number | undefined {
    if (this.#isOver) return undefined;
    const { limits } = this.#options.route;
    const { underWay } = this.#asking;
    if (!underWay) return this.#ending && this.#deadline;
    if (this.#firstContent === undefined) return underWay.since + limits.firstTokenMs;
    const { lastAt } = underWay.reply;
    return lastAt === undefined ? this.#deadline : Math.min(this.#deadline, lastAt + limits.idleMs);
  }

  #overdue(): void {
    const { firstTokenMs, idleMs, wholeMs } = this.#options.route.limits;
    const { underWay } = this.#asking;
    if (underWay) {
      const ms = this.#firstContent === undefined ? firstTokenMs : idleMs;
      const isSilent = this.#ports.clock.monotonic() < this.#deadline;
      const silence = new SilenceReached(`nothing came for ${ms / 1000} s`);
      underWay.reply.timeOut(isSilent ? silence : new DeadlineReached(wholeMs));
      return;
    }

    const reason = `the client had not taken the reply within ${wholeMs / 1000} s`;
    this.#ending = { ending: 'timeout', reason };
    this.#options.client.cut();
    this.#finish();
  }
}
