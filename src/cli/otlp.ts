import type { Engine } from '../engine/engine.ts';
import { UsageError } from '../engine/errors.ts';
import { formatCount } from '../engine/model/figures.ts';
import type { RunRecord } from '../engine/model/run.ts';
import { processEnvironment, systemClock } from '../engine/ports.ts';
import { resolveEnvironment } from '../engine/targets/secrets/environmentReference.ts';
import { type OtlpSettings, readOtlpSettings } from '../engine/telemetry/otlp/otlpSettings.ts';
import type { ExportOutcome, SignalOutcome } from '../engine/telemetry/otlp/otlpSink.ts';
import { systemRandom } from '../systemRandom.ts';
import type { Io } from './terminal/io.ts';
import { sanitizeLine } from './terminal/sanitize.ts';

export interface OtlpOptions {
  /** True: the collector that OpenTelemetry's environment variables name. */
  otlp?: string | true;
  /** `name=value`; a value may hold `${env:NAME}`. */
  otlpHeader?: string[];
}

/** The collector that a command line asks for, or null. Throws UsageErrors that never show a header's value. */
export function readOtlpOptions({ otlp, otlpHeader = [] }: OtlpOptions): OtlpSettings | null {
  if (otlp === undefined) {
    if (otlpHeader.length === 0) return null;
    throw new UsageError('--otlp-header needs --otlp', { remedy: 'Add the collector: --otlp URL' });
  }
  const headers = resolveEnvironment(
    Object.fromEntries(otlpHeader.map(readHeader('--otlp-header'))),
    processEnvironment,
    {
      owner: '--otlp-header',
    },
  );
  return readOtlpSettings({ ...(otlp === true ? {} : { url: otlp }), headers }, processEnvironment);
}

/** A header as it is written in an option. */
export function readHeader(option: string): (text: string, index: number) => [string, string] {
  return (text, index) => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
    throw new UsageError(`${option} ${index + 1} does not have the form name=value`, {
      remedy: `For example: ${option} 'authorization=Bearer \${env:COLLECTOR_KEY}'`,
    });
  };
}

/** Sends stored runs. A failure is reported and changes no verdict; the run can be sent again later. */
export async function sendRuns(
  engine: Engine,
  runs: readonly RunRecord[],
  settings: OtlpSettings,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  // Loaded on demand: the serializers are large.
  const { exportRun } = await import('../engine/telemetry/otlp/otlpExport.ts');
  for (const { id, status } of withParts(engine, runs)) {
    if (status.state !== 'complete') {
      io.err(`run ${id} is incomplete and was not sent; resume it, then send it`);
      continue;
    }
    try {
      const options = { settings, clock: systemClock, random: systemRandom, signal };
      for (const line of outcomeLines(id, settings, await exportRun(id, engine.store, options), io))
        io.err(line);
    } catch (error) {
      if (!signal.aborted) throw error;
      io.err(`sending was interrupted; send the run again with: touchstone show ${id} --otlp URL`);
      return;
    }
  }
}

/** Each run with the cases of it that were run again. */
function withParts({ store }: Engine, runs: readonly RunRecord[]): RunRecord[] {
  return runs.flatMap((run) => [run, ...store.partsOf(run.id).map((part) => store.getRun(part))]);
}

function outcomeLines(id: string, settings: OtlpSettings, outcome: ExportOutcome, io: Io): string[] {
  const { spans, logs } = outcome;
  return [
    ...signalLines(`spans of run ${id}`, settings.traces.url, spans, io),
    ...signalLines(`log lines and evaluations of run ${id}`, settings.logs.url, logs, io),
    ...(spans.failure === null && logs.failure === null
      ? []
      : [`the verdict is not affected; send the run again with: touchstone show ${id} --otlp URL`]),
  ];
}

function signalLines(what: string, url: string, outcome: SignalOutcome, { errStyle }: Io): string[] {
  const { accepted, rejected, messages, failure } = outcome;
  const place = addressOf(url);
  const said = messages.map(sanitizeLine).join('; ');
  const note = said === '' ? '' : `: ${said}`;
  if (failure !== null) {
    const before = accepted > 0 ? ` (after ${formatCount(accepted)} were sent)` : '';
    return [`${errStyle.yellow('warning')} ${what} not sent to ${place}: ${sanitizeLine(failure)}${before}`];
  }
  const sent = `sent ${formatCount(accepted)} ${what} to ${place}`;
  if (rejected === 0) return [note === '' ? sent : `${sent}${note}`];
  return [
    sent,
    `${errStyle.yellow('warning')} the collector rejected ${formatCount(rejected)} ${what}${note}`,
  ];
}

/** Without what may hold a key. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
