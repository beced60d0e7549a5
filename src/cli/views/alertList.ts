import { counted, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { AlertEntry, AlertListing } from '../../engine/telemetry/alerts/alertList.ts';
import { traceCommand } from '../../engine/telemetry/alerts/alertWords.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { type Column, fitTable } from '../terminal/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'alert' },
  { title: 'state' },
  { title: 'since', align: 'right' },
  { title: 'value', align: 'right' },
  { title: 'samples', align: 'right', spare: 2 },
  { title: 'condition', spare: 1 },
  { title: 'notify', spare: 3 },
];

/** A table of all alerts, the traces behind those that fire, and what keeps channels from being told. */
export function alertLines(listing: AlertListing, now: number, io: Io): string[] {
  const { alerts, channels } = listing;
  if (alerts.length === 0)
    return [
      'there are no alerts',
      'Add some to touchstone.yaml, for example:',
      '  alerts:',
      '    slow: { when: p95 latency > 8s, over: 10m }',
    ];

  const [head = '', ...rows] = fitTable(
    COLUMNS,
    alerts.map((alert) => row(alert, now, io.style)),
    io.width,
  );
  return [
    io.style.dim(head),
    ...rows,
    ...alerts.flatMap((alert) => behind(alert, io)),
    ...channels.flatMap(({ name, problem, waiting, dropped }) =>
      problem === null
        ? []
        : io.style.yellow(
            `${name} was not told: ${sanitizeLine(problem)} (${formatCount(waiting)} waiting, ${formatCount(dropped)} dropped)`,
          ),
    ),
    ...(listing.watched ? [] : [io.style.yellow(unwatchedText(listing, now))]),
  ];
}

function unwatchedText({ lookedMs }: AlertListing, now: number): string {
  const since = lookedMs === null ? 'they were never looked at' : `last looked at ${ago(now - lookedMs)}`;
  return `nobody looks at alerts now (${since}); receive traces with: touchstone serve`;
}

function row(alert: AlertEntry, now: number, style: Style): string[] {
  const { name, group, state, sinceMs, valueText, samples, condition, notify, muted } = alert;
  const label = group ? `${name} ${style.dim(`${group.by}=${sanitizeLine(group.label ?? '–')}`)}` : name;
  const mute = muted ? style.dim(` muted for ${formatDuration(Math.max(0, muted.untilMs - now))}`) : '';
  return [
    label,
    `${coloured(state, style)}${mute}`,
    sinceMs === null ? '–' : ago(now - sinceMs),
    valueText === 'no data' ? '–' : valueText,
    formatCount(samples),
    sanitizeLine(condition),
    notify.join(', ') || '–',
  ];
}

/** What stands behind an alert that fires. */
function behind({ name, state, traces, muted, description }: AlertEntry, { style }: Io): string[] {
  const because = muted && muted.reason !== '' ? [`${name} is muted: ${sanitizeLine(muted.reason)}`] : [];
  if (state !== 'firing' && state !== 'silent') return because;
  return [
    ...because,
    '',
    `${style.red(name)}${description === null ? '' : `: ${sanitizeLine(description)}`}`,
    ...(traces.length === 0
      ? []
      : [style.dim(`  ${counted(traces.length, 'trace')} behind it, the worst first`)]),
    ...traces.map((trace) => {
      const score = trace.score === null ? '' : `  score ${formatScore(trace.score)}`;
      return `  ${traceCommand(trace)}${score}  ${style.dim(sanitizeLine(trace.title))}`;
    }),
  ];
}

function coloured(state: AlertEntry['state'], style: Style): string {
  switch (state) {
    case 'firing':
      return style.red('firing');
    case 'silent':
      return style.red('firing, no data');
    case 'pending':
      return style.yellow('pending');
    case 'no-data':
      return style.dim('no data');
    case 'inactive':
    case 'resolved':
      return style.green(state);
  }
}

function ago(ms: number): string {
  return `${formatDuration(Math.max(0, ms))} ago`;
}

export function alertJson({ alerts, channels, lookedMs, watched }: AlertListing): object {
  return {
    watched,
    looked_at: timeJson(lookedMs),
    alerts: alerts.map(({ name, group, state, sinceMs, startsAtMs, muted, traces, ...alert }) => ({
      name,
      group: group && { by: group.by, value: group.label },
      state,
      since: timeJson(sinceMs),
      fired_at: timeJson(startsAtMs),
      severity: alert.severity,
      condition: alert.condition,
      description: alert.description,
      value: alert.value,
      value_text: alert.valueText,
      samples: alert.samples,
      muted: muted && { until: timeJson(muted.untilMs), reason: muted.reason },
      notify: alert.notify,
      traces: traces.map(({ traceId, title, startMs, score }) => ({
        trace_id: traceId,
        title,
        score,
        started_at: timeJson(startMs),
        show: traceCommand({ traceId }),
      })),
    })),
    channels: channels.map(({ name, problem, sent, dropped, waiting }) => ({
      name,
      problem,
      sent,
      dropped,
      waiting,
    })),
  };
}

function timeJson(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
