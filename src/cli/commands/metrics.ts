import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../engine/errors.ts';
import { LEVELS, type Level } from '../../engine/model/levelRetention.ts';
import {
  DIMENSIONS,
  type Dimension,
  MEASURES,
  type Measure,
} from '../../engine/telemetry/metrics/measures.ts';
import type { MetricQuery, MetricSeries } from '../../engine/telemetry/metrics/metricQuery.ts';
import type { MetricStore } from '../../engine/telemetry/metrics/metricStore.ts';
import { EXIT } from '../exitCode.ts';
import { openMetrics } from '../openMetrics.ts';
import { configOption } from '../options/common.ts';
import { since } from '../options/traceFilter.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { metricEntry, type ReadMeasure } from '../views/metricEntry.ts';
import {
  kindsLine,
  leftOutLine,
  metricsTable,
  nothingMeasured,
  TREND_POINTS,
} from '../views/metricsTable.ts';

interface MetricsOptions {
  since?: number;
  until?: number;
  measure?: Measure[];
  by?: Dimension;
  where: MetricQuery['where'];
  level: Level | 'auto';
  json?: boolean;
  config?: string;
}

const HOUR_MS = 3_600_000;
/** Points of a series in JSON. */
const MOST_POINTS = 400;

/** `touchstone metrics`: its options. */
export function addMetrics(program: Command, act: RunAction): void {
  program
    .command('metrics')
    .description(
      'show calls, errors, latency, tokens, cost and quality of the agents whose traces were received',
    )
    .option(
      '--since <time>',
      'from this time on: a date, or an age such as 30min, 2h or 7d (default: 1h)',
      since,
    )
    .option('--until <time>', 'up to this time (default: now)', since)
    .addOption(
      new Option('-m, --measure <measure...>', 'only these measures (default: all that have data)').choices(
        MEASURES,
      ),
    )
    .addOption(new Option('--by <dimension>', 'one line for each value of it').choices(DIMENSIONS))
    .addOption(
      new Option(
        '--where <dimension=value>',
        'only what has this value, for example model=gpt-5-mini; repeatable',
      )
        .argParser(condition)
        .default({}, 'everything'),
    )
    .addOption(
      new Option('--level <level>', 'the length of the buckets that are read')
        .choices(['auto', ...LEVELS])
        .default('auto'),
    )
    .addOption(configOption())
    .option('--json', 'print JSON, with the points over time')
    .action((options) => act((io) => show(options, io)));
}

function condition(text: string, before: MetricQuery['where']): MetricQuery['where'] {
  const [, name = '', value = ''] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const dimension = DIMENSIONS.find((one) => one === name);
  if (dimension === undefined)
    throw new InvalidArgumentError(
      `It must be one of ${DIMENSIONS.join(', ')}, with a value: model=gpt-5-mini.`,
    );
  if (before[dimension] !== undefined) throw new InvalidArgumentError(`'${dimension}' is given twice.`);
  return { ...before, [dimension]: value };
}

async function show(options: MetricsOptions, io: Io): Promise<number> {
  using opened = await openMetrics(options, io);
  const { until: toMs = opened.now, since: fromMs = toMs - HOUR_MS, by = null, where, level } = options;
  if (fromMs >= toMs)
    throw new UsageError(
      `the range is empty: --since (${iso(fromMs)}) is not before its end (${iso(toMs)})`,
      {
        remedy: 'Choose an earlier --since, or a later --until.',
      },
    );
  const range = { fromMs, toMs, where, by, level };
  const keptMs = level === 'auto' ? opened.now : opened.store.retention[level];
  if (opened.now - fromMs > keptMs)
    io.err(
      io.errStyle.dim(
        `--level ${level} goes back to ${iso(opened.now - keptMs)}: what was before is not counted; leave it out to count all`,
      ),
    );
  const read = (measure: Measure): ReadMeasure => {
    const query = { ...range, measure, mostPoints: options.json ? MOST_POINTS : TREND_POINTS };
    return { measure, totals: opened.store.total(query), overTime: opened.store.series(query) };
  };
  const measures = (options.measure ?? MEASURES).map(read);

  if (options.json) io.out(JSON.stringify(metricEntry(measures, range), null, 2));
  else if (measures.every(({ totals }) => totals.length === 0)) io.out(nothingMeasured(opened.store));
  else {
    const [head = '', ...lines] = metricsTable(measures, range, io);
    io.out(io.style.dim(head));
    for (const line of lines) io.out(line);
    const left = leftOutLine(measures, range);
    if (left !== undefined) io.out(io.style.dim(left));
    const kinds = kindsOf(opened.store, measures, range);
    if (kinds.length > 1) io.out(io.style.dim(kindsLine(kinds)));
  }
  return EXIT.passed;
}

/** Of what kind the calls are, which are all spans; none where they are not shown, or of one kind anyway. */
function kindsOf(
  store: MetricStore,
  measures: readonly ReadMeasure[],
  range: Omit<MetricQuery, 'measure' | 'mostPoints'>,
): MetricSeries[] {
  const isShown = measures.some(({ measure, totals }) => measure === 'calls' && totals.length > 0);
  if (!isShown || range.by === 'operation' || range.where.operation !== undefined) return [];
  return store.total({ ...range, measure: 'calls', by: 'operation', mostPoints: 1 });
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
