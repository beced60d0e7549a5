import type { Pointer } from '../../files/formats/document.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import { checkDestination } from '../config/destinationRules.ts';
import type { DeploymentFile } from './deploymentFile.ts';

/** What a query may have filled in. */
const PLACEHOLDERS: readonly string[] = ['blue', 'green', 'window'];

/** Reports queries for Prometheus that nothing could fail, or that could not be asked. */
export function checkQueries(
  reader: ConfigReader,
  { evidence: { prometheus } }: DeploymentFile,
  at: Pointer,
): void {
  const first = new Map<string, number>();
  for (const [index, { name, url, query, min, max }] of prometheus.entries()) {
    const place = [...at, 'evidence', 'prometheus', index];
    checkDestination(reader, url, [...place, 'url'], 'queries');
    checkPlaceholders(reader, query, [...place, 'query']);
    checkLimits(reader, { min, max }, place);

    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else
      reportAt(reader, [...place, 'name'], {
        code: 'duplicate-query',
        message: `the name "${name}" is used twice`,
        remedy: 'Give each query a name of its own.',
        related: [
          { message: 'first used here', pointer: [...at, 'evidence', 'prometheus', earlier, 'name'] },
        ],
      });
  }
}

function checkLimits(
  reader: ConfigReader,
  { min, max }: { min: number | undefined; max: number | undefined },
  at: Pointer,
): void {
  if (min === undefined && max === undefined)
    reportAt(reader, at, {
      code: 'missing-key',
      message: 'the query has no limit, so it decides nothing',
      remedy: 'Add "min" or "max".',
    });
  if (min !== undefined && max !== undefined && min > max)
    reportKey(reader, [...at, 'min'], {
      code: 'contradiction',
      message: `min (${min}) is above max (${max}), so no value is within the limits`,
      remedy: 'Swap them, or remove one.',
      related: [{ message: 'max is set here', pointer: [...at, 'max'] }],
    });
}

function checkPlaceholders(reader: ConfigReader, query: string, at: Pointer): void {
  const unknown = [...query.matchAll(/\{\{\s*(.*?)\s*\}\}/g)].filter(
    ([, name]) => name === undefined || !PLACEHOLDERS.includes(name),
  );
  for (const [written] of unknown)
    reportAt(reader, at, {
      code: 'unknown-placeholder',
      message: `${written} is not filled in`,
      remedy: 'Use {{blue}}, {{green}} or {{window}}.',
    });
}
