import type { Connection } from '../../../http/httpConnection.ts';
import type { Clock } from '../../../ports.ts';
import type { AlertNotice } from '../alertNotice.ts';
import { traceCommand, traceLine } from '../alertWords.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';

/** What fires is told again after so long, in milliseconds. */
export const RESEND_MS = 60_000;
/**
 * Alertmanager takes an alert for resolved when it hears nothing until its `endsAt`. As Prometheus does, that is a few times the
 * resend interval, so that one request that fails does not make it flap.
 */
const LASTS_RESENDS = 4;
/** A test is over by itself. */
const TEST_MS = 60_000;
/** Of a label’s value, in characters. */
const MAX_LABEL = 256;

/** One alert of `POST /api/v2/alerts`. Its labels and its `startsAt` are its identity, and never change while it fires. */
export interface PostedAlert {
  labels: { [name: string]: string };
  annotations: { [name: string]: string };
  startsAt: string;
  endsAt: string;
  generatorURL: string;
}

/** A Prometheus Alertmanager at its base URL, which may have a path. */
export function alertmanagerChannel(
  url: string,
  ports: { connection: Connection; clock: Clock; resendMs: number },
): Channel {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/(?:\/api\/v2\/alerts)?\/?$/, '')}/api/v2/alerts`;
  const tell = (notices: readonly AlertNotice[], signal: AbortSignal) => {
    const body = JSON.stringify(
      notices.map((notice) => postedAlert(notice, ports.clock.now(), ports.resendMs)),
    );
    return post({ ...ports, url: address, headers: {}, body }, signal);
  };
  return {
    send: (notice, signal) => tell([notice], signal),
    repeat: (firing, signal) => tell(firing, signal),
  };
}

export function postedAlert(notice: AlertNotice, nowMs: number, resendMs = RESEND_MS): PostedAlert {
  // A clock that was set back since would make it begin in the future.
  const startsAt = Math.min(notice.startsAtMs, nowMs);
  return {
    labels: labelsOf(notice),
    annotations: annotationsOf(notice),
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endOf(notice, { startsAt, nowMs, resendMs })).toISOString(),
    generatorURL: notice.source,
  };
}

function endOf(
  { kind, endsAtMs }: AlertNotice,
  { startsAt, nowMs, resendMs }: { startsAt: number; nowMs: number; resendMs: number },
): number {
  switch (kind) {
    case 'firing':
      return nowMs + LASTS_RESENDS * resendMs;
    case 'test':
      return nowMs + TEST_MS;
    case 'resolved':
    case 'withdrawn':
      return Math.max(startsAt + 1, Math.min(endsAtMs ?? nowMs, nowMs));
  }
}

function labelsOf({ kind, rule, severity, workspace, of, group }: AlertNotice): { [name: string]: string } {
  const grouped = group && group.label !== null ? { [group.by]: group.label } : {};
  const labels: { [name: string]: string } = {
    ...of,
    ...grouped,
    ...(kind === 'test' ? { test: 'true' } : {}),
    ...{ alertname: rule, severity, workspace, origin: 'touchstone' },
  };
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.toWellFormed().slice(0, MAX_LABEL)]),
  );
}

function annotationsOf({ kind, summary, description, condition, samples, traces }: AlertNotice) {
  const annotations: { [name: string]: string } = {
    summary: kind === 'test' ? `Test: ${summary}` : summary,
    condition,
    samples: String(samples),
  };
  if (kind === 'withdrawn') annotations['note'] = 'its rule was changed or removed';
  if (description !== null) annotations['description'] = description;
  const [worst] = traces;
  if (worst) {
    annotations['traces'] = traces.map(traceLine).join('\n');
    annotations['trace_id'] = worst.traceId;
    annotations['show'] = traceCommand(worst);
  }
  return annotations;
}
