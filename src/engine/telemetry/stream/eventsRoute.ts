import { isSameSecret } from '../../http/server/admission.ts';
import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerReply, ServerRequest } from '../../http/server/serverRequest.ts';
import type { Route } from '../../http/server/serverShell.ts';
import type { LiveEvaluation } from '../../model/liveEvaluation.ts';
import type { Clock } from '../../ports.ts';
import { evaluationEntry } from './evaluationEntry.ts';
import type { EvaluationHub, EvaluationSubscription } from './evaluationHub.ts';

export interface EventsOptions {
  hub: EvaluationHub;
  /** Which whoever asks must show. */
  token: string;
  /** Stored evaluations behind one, for whoever comes again. */
  after(seq: number, limit: number): LiveEvaluation[];
  /** Of the latest that was ever stored. */
  lastSeq(): number;
  clock: Clock;
}

/** Without anything to tell, a comment is sent so often, so that the connection is seen to live, in milliseconds. */
const HEARTBEAT_MS = 15_000;
const READ_AT_ONCE = 200;
/** Connections at the same time. */
const MOST_CLIENTS = 64;

/**
 * `GET /events`: evaluations as server-sent events (WHATWG HTML, 9.2). With `Last-Event-ID` or `?after=SEQ` those that were missed
 * come first. A client that is too slow loses some, and is told how many; it may come again for them.
 */
export function eventsRoute(options: EventsOptions): Route {
  let clients = 0;
  return {
    method: 'GET',
    path: '/events',
    // Its token is another one than that of senders.
    access: 'open',
    handle: (request) => {
      checkBearer(request, options.token);
      const from = beginning(request);
      if (clients >= MOST_CLIENTS)
        throw new HttpProblem(503, 'too many programs follow already', { 'retry-after': '10' });

      clients += 1;
      const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
      return {
        status: 200,
        headers,
        body: events(options, request.signal, from, () => {
          clients -= 1;
        }),
      } satisfies ServerReply;
    },
  };
}

async function* events(
  { hub, after, lastSeq, clock }: EventsOptions,
  signal: AbortSignal,
  from: number | null,
  onEnd: () => void,
): AsyncGenerator<string> {
  // Before what is stored is read, so that nothing falls between.
  const subscription = hub.subscribe('events');
  try {
    // What was stored has been removed since, and its numbers begin anew.
    let last = from === null || from > lastSeq() ? 0 : from;
    yield ': evaluations\n\n';
    for (let missed = from === null ? [] : after(last, READ_AT_ONCE); missed.length > 0; ) {
      yield missed.map(eventOf).join('');
      last = missed.at(-1)?.seq ?? last;
      missed = signal.aborted ? [] : after(last, READ_AT_ONCE);
    }

    // Those that were stored meanwhile have been told, and are in the queue as well.
    let told = from === null ? 0 : last;
    let dropped = subscription.health.dropped;
    while (!signal.aborted) {
      const came = await nextOf(subscription, clock, signal);
      if (came === 'closed') return;
      const lost = subscription.health.dropped - dropped;
      dropped += lost;
      const fresh = came.filter(({ seq }) => seq > told);
      if (fresh.length > 0) told = 0;
      const said = fresh.map(eventOf).join('') + (lost > 0 ? lossOf(lost) : '');
      yield said === '' ? ': \n\n' : said;
    }
  } finally {
    subscription.close();
    onEnd();
  }
}

/** Empty after a while without any. */
async function nextOf(
  subscription: EvaluationSubscription,
  clock: Clock,
  signal: AbortSignal,
): Promise<LiveEvaluation[] | 'closed'> {
  const quiet = new AbortController();
  const over = new AbortController();
  clock.sleep(HEARTBEAT_MS, over.signal).then(
    () => quiet.abort('quiet'),
    () => {},
  );
  try {
    const came = await subscription.take(READ_AT_ONCE, AbortSignal.any([signal, quiet.signal]));
    return came.length === 0 && !quiet.signal.aborted ? 'closed' : came;
  } finally {
    over.abort('over');
  }
}

/** All clients are told the same. */
const written = new WeakMap<LiveEvaluation, string>();

function eventOf(evaluation: LiveEvaluation): string {
  const known = written.get(evaluation);
  if (known !== undefined) return known;

  const data = JSON.stringify(evaluationEntry(evaluation));
  const event = `id: ${evaluation.seq}\nevent: evaluation\ndata: ${data}\n\n`;
  written.set(evaluation, event);
  return event;
}

function lossOf(evaluations: number): string {
  return `event: dropped\ndata: ${JSON.stringify({ evaluations })}\n\n`;
}

function checkBearer({ headers }: ServerRequest, token: string): void {
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (given !== undefined && isSameSecret(given, token)) return;
  throw new HttpProblem(401, 'the token of the services process is needed', { 'www-authenticate': 'Bearer' });
}

/** Null for whoever only wants what comes from now on. */
function beginning({ headers, query }: ServerRequest): number | null {
  const written = headers['last-event-id'] ?? query.get('after') ?? null;
  if (written === null) return null;
  const seq = /^\d{1,15}$/.test(String(written)) ? Number(written) : Number.NaN;
  if (Number.isNaN(seq)) throw new HttpProblem(400, 'the id of the last event is not one of ours');
  return seq;
}
