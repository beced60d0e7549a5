import { parseUntrustedJson } from '../../../../files/formats/untrustedJson.ts';
import type { Clock } from '../../../../ports.ts';
import type { ClusterClient } from './clusterClient.ts';
import { ClusterError, connectionError } from './clusterError.ts';
import { type ClusterKind, numberAt, textAt } from './clusterObject.ts';

export interface WatchOptions {
  client: ClusterClient;
  clock: Clock;
  kind: ClusterKind;
  /** Whether the object of this name is waited for. */
  concerns(name: string): boolean;
  /** A watch on which nothing came for so long, not even a bookmark, counts as dead and is opened anew. */
  silenceMs: number;
  /** Something has changed, or may have while nobody watched. What it is, is asked: a watch is a hint and never the truth. */
  onHint(): void;
}

/** Most of one event. */
const MAX_EVENT = 8 * 1024 * 1024;
const PAUSE = { firstMs: 1_000, longestMs: 30_000 };

/**
 * Watches until the signal: over broken connections, over versions that the cluster has forgotten (410), and over watches that have gone silent,
 * with a pause that grows, so that a cluster in trouble is not stormed. Never rejects but for bugs.
 */
export async function watchChanges(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { client, clock, kind, concerns, onHint } = options;
  let version: string | undefined;
  let pauseMs = PAUSE.firstMs;

  while (!signal.aborted) {
    try {
      // Whatever changed while nobody watched is asked for.
      if (version === undefined) version = (await client.list(kind, {}, signal)).version;
      onHint();
      for await (const event of events(options, version, signal)) {
        pauseMs = PAUSE.firstMs;
        version = event.version ?? version;
        if (event.changed !== undefined && concerns(event.changed)) onHint();
      }
    } catch (error) {
      if (signal.aborted) return;
      const fault = connectionError(error, client.target.server);
      if (!(fault instanceof ClusterError)) throw fault;
      if (fault.status === 410) version = undefined;
    }

    await clock.sleep(pauseMs, signal).catch(() => {});
    pauseMs = Math.min(pauseMs * 2, PAUSE.longestMs);
  }
}

interface WatchEvent {
  version: string | undefined;
  /** Name of the object; undefined where nothing has changed. */
  changed: string | undefined;
}

async function* events(
  { client, clock, kind, silenceMs }: WatchOptions,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const silence = new AbortController();
  const reply = await client.watch(kind, version, AbortSignal.any([signal, silence.signal]));
  let stop = clock.after(silenceMs, () =>
    silence.abort(new ClusterError('silent', { isTransient: true, status: 0 })),
  );
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of reply.chunks(Number.POSITIVE_INFINITY)) {
      stop();
      stop = clock.after(silenceMs, () =>
        silence.abort(new ClusterError('silent', { isTransient: true, status: 0 })),
      );
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_EVENT)
        throw new ClusterError('an event is too large', { isTransient: true, status: 0 });
      for (const line of lines) if (line.trim() !== '') yield eventOf(line);
    }
  } finally {
    stop();
    reply.close();
  }
}

/** Throws ClusterError for an event that says that the watch is over. */
function eventOf(line: string): WatchEvent {
  const event = parse(line);
  const type = textAt(event, 'type');
  if (type === 'ERROR') {
    const status = numberAt(event, 'object', 'code') ?? 0;
    throw new ClusterError('the watch ended', { isTransient: true, status });
  }
  return {
    version: textAt(event, 'object', 'metadata', 'resourceVersion'),
    changed: type === 'BOOKMARK' ? undefined : textAt(event, 'object', 'metadata', 'name'),
  };
}

function parse(line: string) {
  try {
    return parseUntrustedJson(line);
  } catch {
    throw new ClusterError('an event is not JSON', { isTransient: true, status: 0 });
  }
}
