import { type Command, InvalidArgumentError } from 'commander';
import { defined } from '../../engine/model/defined.ts';
import type { TraceFilter } from '../../engine/traces/traceQuery.ts';

export interface TraceFilterOptions {
  service?: string;
  model?: string;
  session?: string;
  release?: string;
  errors?: boolean;
  slow?: number;
  text?: string;
  since?: number;
}

/** Which traces a command is about. All that is given must hold. */
export function addTraceFilter(command: Command): Command {
  return command
    .option('--service <name>', 'only traces of this service')
    .option('--model <name>', 'only traces in which this model answered')
    .option('--session <id>', 'only traces of this session; of a run, by its id or RUN/CASE')
    .option('--release <version>', 'only traces of this version of the service')
    .option('--errors', 'only traces with errors')
    .option(
      '--slow <duration>',
      'only traces that took at least this long, for example 500ms or 2s',
      duration,
    )
    .option('--text <words>', 'only traces that contain all of these words; name=value finds an attribute')
    .option(
      '--since <time>',
      'only traces since this time: a date, or an age such as 30min, 2h or 7d',
      since,
    );
}

export function readTraceFilter(options: TraceFilterOptions): TraceFilter {
  const { service, model, session, release, errors, slow: slowerThanMs, text, since: from } = options;
  return defined({ service, model, session, release, errors, slowerThanMs, text, since: from });
}

const UNITS: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function duration(text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It must be a duration, for example 500ms, 2s or 1min.');
}

export function since(text: string): number {
  const age = durationMs(text);
  if (age !== undefined) return Date.now() - age;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new InvalidArgumentError('It must be a date such as 2026-11-30, a time, or an age such as 2h.');
}

function durationMs(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|min|m|h|d)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(number) * factor;
}
