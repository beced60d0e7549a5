import type { Sample } from '../metrics/prometheus/samples.ts';
import type { SubscriberHealth } from './evaluationHub.ts';

/** What a monitor has done, as far as it is exposed. */
interface MonitorCounts {
  monitor: string;
  matched: number;
  passed: number;
  failed: number;
  errors: number;
  pending: number;
  dropped: { [reason: string]: number };
  costUsd: number;
}

/** The evaluation stream: monitors since they were there, over restarts; and who hears of evaluations. */
export function streamSamples({
  monitors,
  behind,
  subscribers,
}: {
  monitors: readonly MonitorCounts[];
  behind: number;
  subscribers: readonly SubscriberHealth[];
}): Sample[] {
  const dropped = Map.groupBy(subscribers, ({ name }) => name);
  return [
    ...monitors.flatMap(samplesOf),
    gauge('stream_behind', 'Spans that were received and not looked at yet.', {}, behind),
    ...[...dropped].flatMap(([subscriber, all]) => [
      gauge('stream_subscribers', 'Who hears of evaluations now.', { subscriber }, all.length),
      gauge(
        'stream_subscriber_dropped',
        'Evaluations that those who follow now were too slow for.',
        { subscriber },
        all.reduce((sum, one) => sum + one.dropped, 0),
      ),
    ]),
  ];
}

function samplesOf({
  monitor,
  matched,
  passed,
  failed,
  errors,
  pending,
  dropped,
  costUsd,
}: MonitorCounts): Sample[] {
  const results = Object.entries({ pass: passed, fail: failed, error: errors });
  return [
    counter('monitor_spans', 'Spans that a monitor is for.', { monitor }, matched),
    ...results.map(([result, value]) =>
      counter('monitor_evaluations', 'Evaluations of a monitor, by result.', { monitor, result }, value),
    ),
    ...Object.entries(dropped).map(([reason, value]) =>
      counter('monitor_dropped', 'Evaluations that were left out.', { monitor, reason }, value),
    ),
    gauge('monitor_pending', 'Evaluations that are still to be made.', { monitor }, pending),
    counter('monitor_cost_usd', 'US dollars that judges of a monitor took.', { monitor }, costUsd),
  ];
}

function counter(name: string, help: string, labels: Sample['labels'], value: number): Sample {
  return { name: `touchstone_${name}_total`, help, kind: 'counter', labels, value };
}

function gauge(name: string, help: string, labels: Sample['labels'], value: number): Sample {
  return { name: `touchstone_${name}`, help, kind: 'gauge', labels, value };
}
