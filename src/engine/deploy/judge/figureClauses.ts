import type { EvidenceConfig, PrometheusQuery } from '../../suites/deploying/deploymentConfig.ts';
import type { Figure } from '../evidence/sample.ts';
import { type Judged, judged } from './judged.ts';

/**
 * Figures of Prometheus against their limits. What they were made of is unknown, so that no error rate can be promised of them: they
 * count once the step has its samples, and are held to their limits as they are.
 */
export function figureClauses(
  { prometheus }: EvidenceConfig,
  figures: readonly Figure[],
  isReady: boolean,
): Judged[] {
  return prometheus.map((query) => {
    const name = `prometheus[${query.name}]`;
    const figure = figures.find((one) => one.name === query.name);
    const value = figure?.value ?? null;
    if (value === null || !Number.isFinite(value))
      return judged(name, 'undecided', figure?.reason ?? 'there is no value');

    const beyond = excess(query, value);
    if (beyond === null) return judged(name, 'pass', `${value}`, true);
    return judged(name, isReady ? 'fail' : 'undecided', `${value}, ${beyond}`);
  });
}

function excess({ min, max }: PrometheusQuery, value: number): string | null {
  if (max !== undefined && value > max) return `at most ${max} allowed`;
  if (min !== undefined && value < min) return `at least ${min} required`;
  return null;
}
