import type { BreakerHealth, ResilienceHealth } from '../../../model/providerHealth.ts';
import type { Sample } from './samples.ts';

const STATES: readonly BreakerHealth['state'][] = ['closed', 'open', 'half-open', 'isolated'];

/** Breakers and bulkheads, as each process that calls providers sees them; added up over processes. */
export function resilienceSamples(all: readonly ResilienceHealth[]): Sample[] {
  return all.flatMap(({ providers, pools }) => [
    ...providers.flatMap(({ provider, breaker, calls, totals }) => [
      ...STATES.map((state) =>
        gauge(
          'breaker_state',
          'Breakers in this state.',
          { provider, state },
          Number(breaker.state === state),
        ),
      ),
      gauge('provider_calls', 'Calls under way.', { provider }, calls.underWay),
      gauge('provider_waiting', 'Calls that wait for a permit.', { provider }, calls.waiting),
      gauge(
        'provider_rejected',
        'Calls that a policy has rejected in running processes.',
        { provider },
        totals.rejected,
      ),
      gauge(
        'provider_retries',
        'Calls that were repeated in running processes.',
        { provider },
        totals.retries,
      ),
    ]),
    ...pools.flatMap(({ pool, concurrency, queue }) => [
      gauge('bulkhead_calls', 'Calls under way in a bulkhead.', { pool }, concurrency.underWay),
      gauge('bulkhead_waiting', 'Calls that wait for a bulkhead.', { pool }, queue.waiting),
    ]),
  ]);
}

/** What the receiver took since the process began. */
export function receiverSamples({
  spans,
  logs,
  duplicates,
  isStoring,
}: {
  spans: number;
  logs: number;
  duplicates: number;
  isStoring: boolean;
}): Sample[] {
  return [
    counter('receiver_spans', 'Spans received and stored.', {}, spans),
    counter('receiver_log_lines', 'Log lines received and stored.', {}, logs),
    counter('receiver_duplicates', 'Records received again, and not stored again.', {}, duplicates),
    gauge('receiver_storing', '1 where what comes can be stored, else 0.', {}, Number(isStoring)),
  ];
}

/** What could not be measured, since measuring began: kept over restarts. */
export function refusedSamples(refused: readonly { reason: string; count: number }[]): Sample[] {
  return refused.map(({ reason, count }) =>
    counter('measurements_refused', 'Values that could not be measured.', { reason }, count),
  );
}

function counter(name: string, help: string, labels: Sample['labels'], value: number): Sample {
  return { name: `touchstone_${name}_total`, help, kind: 'counter', labels, value };
}

function gauge(name: string, help: string, labels: Sample['labels'], value: number): Sample {
  return { name: `touchstone_${name}`, help, kind: 'gauge', labels, value };
}
