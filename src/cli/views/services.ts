import { counted, formatCost, formatCount } from '../../engine/model/figures.ts';
import type { ReceiverState, ServicesStatus, StreamStatus } from '../../protocol/servicesCalls.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';

/** What the services process of a workspace is doing. */
export function statusLines(status: ServicesStatus, now: number): string[] {
  const { pid, version, startedAt, foreground, attached } = status;
  const where = foreground ? ' in a terminal' : '';
  return [
    `services process ${pid}, version ${version}, running${where} for ${durationText(now - startedAt)}`,
    ...receiverLines(status.receiver),
    receivedLine(status.received, now),
    ...gatewayLine(status.gateway),
    ...(status.storeProblem === null ? [] : [`traces cannot be stored: ${status.storeProblem}`]),
    ...status.liveProblems.map((problem) => `paused: ${problem}`),
    ...status.forward.flatMap(forwardLines),
    ...streamLines(status.stream, now),
    `attached: ${counted(attached.windows, 'window')}, ${counted(attached.terminals, 'terminal')}`,
  ];
}

function gatewayLine(gateway: ServicesStatus['gateway']): string[] {
  if (gateway.state === 'serving') return [`gateway on ${gateway.endpoint}; see touchstone gateway status`];
  return gateway.state === 'failed' ? [`no gateway: ${gateway.message}`] : [];
}

function forwardLines({
  to,
  sent,
  failed,
  dropped,
  waiting,
  reason,
}: ServicesStatus['forward'][number]): string[] {
  const isNever = reason !== null && sent + failed + dropped + waiting === 0;
  if (isNever) return [notSentOn({ to, reason })];

  const parts = [
    `${counted(sent, 'request')} sent`,
    ...(failed > 0 ? [`${failed.toLocaleString('en-US')} failed`] : []),
    ...(dropped > 0 ? [`${dropped.toLocaleString('en-US')} dropped`] : []),
    ...(waiting > 0 ? [`${waiting.toLocaleString('en-US')} waiting`] : []),
  ];
  const why = reason === null ? [] : [`  ${sanitizeLine(reason)}`];
  return [`sending on to ${sanitizeLine(to)}: ${parts.join(', ')}`, ...why];
}

function streamLines({ monitors, behind, problem, subscribers }: StreamStatus, now: number): string[] {
  const behindText = behind > 1_000 ? [`  ${counted(behind, 'span')} behind`] : [];
  return [
    ...monitors.flatMap((monitor) => [`monitor ${monitor.monitor}: ${monitorText(monitor, now)}`]),
    ...behindText,
    ...(problem === null ? [] : [`not all is evaluated: ${problem}`]),
    ...subscribers.map(
      ({ name, taken, dropped, failed }) =>
        `subscriber ${sanitizeLine(name)}: ${counted(taken, 'evaluation')}, ${formatCount(dropped)} dropped${
          failed > 0 ? `, ${formatCount(failed)} not taken` : ''
        }`,
    ),
  ];
}

/** `12 matched, 24 evaluated, 20 passed, 3 failed, 1 error; 2 dropped (budget)`. */
export function monitorText(monitor: StreamStatus['monitors'][number], now: number): string {
  const { matched, evaluated, passed, failed, errors, pending, dropped, costUsd, unpriced, lastMs } = monitor;
  const drops = Object.entries(dropped).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const cost =
    costUsd > 0 || unpriced > 0 ? [`${formatCost(costUsd)}${unpriced > 0 ? ' and unknown' : ''}`] : [];
  const facts = [
    `${formatCount(matched)} matched`,
    `${formatCount(evaluated)} evaluated`,
    `${formatCount(passed)} passed`,
    `${formatCount(failed)} failed`,
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(pending > 0 ? [`${formatCount(pending)} pending`] : []),
    ...cost,
    ...(lastMs === null ? [] : [`the last ${durationText(now - lastMs)} ago`]),
  ];
  return `${facts.join(', ')}${drops.length > 0 ? `; dropped: ${drops.join(', ')}` : ''}`;
}

/** That nothing is sent on there, and why. */
export function notSentOn({ to, reason }: { to: string; reason: string }): string {
  return `not sent on${to === '' ? '' : ` to ${sanitizeLine(to)}`}: ${sanitizeLine(reason)}`;
}

/** Where traces are received, and how a program is told. */
export function receiverLines(receiver: ReceiverState): string[] {
  switch (receiver.state) {
    case 'off':
      return ['receiving no traces'];
    case 'failed':
      return [`receiving no traces: ${receiver.message}`, `  ${receiver.remedy}`];
    case 'receiving': {
      const { address, port, endpoint, token, insteadOf } = receiver;
      const at = address === '127.0.0.1' ? endpoint : `${endpoint} (port ${port} of ${address})`;
      return [
        `receiving traces on ${at}`,
        ...(insteadOf ? [`  port ${insteadOf.port} is in use by ${insteadOf.holder}`] : []),
        ...(token === null ? [] : [`  OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20${token}`]),
      ];
    }
  }
}

function receivedLine({ spans, logs, duplicates, lastAt }: ServicesStatus['received'], now: number): string {
  const twice = duplicates > 0 ? `, ${duplicates.toLocaleString('en-US')} sent more than once` : '';
  const last = lastAt === null ? '' : `, the last ${durationText(now - lastAt)} ago`;
  return `received ${counted(spans, 'span')} and ${counted(logs, 'log line')}${twice}${last}`;
}

function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return counted(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? counted(minutes, 'minute') : counted(Math.round(minutes / 60), 'hour');
}
