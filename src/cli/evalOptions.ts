import path from 'node:path';
import { defined } from '../engine/model/defined.ts';
import type { RunOverrides } from '../engine/runs/preparation/runOverrides.ts';
import type { OtlpOptions } from './otlp.ts';
import { type RecordingOptions, recordingOverrides } from './recordings.ts';

/** What `touchstone eval` can be told. */
export interface EvalOptions extends OtlpOptions, RecordingOptions {
  config?: string;
  suite?: string[];
  /** Only these targets. */
  targets?: string[];
  filter?: string[];
  tag?: string[];
  model?: string;
  judge?: string;
  repeat?: number;
  maxConcurrency?: number;
  seed?: number;
  resume?: string | true;
  trust?: boolean;
  output?: string[];
  progress: boolean;
  estimate?: boolean;
  maxCost?: number;
}

/** The options as the engine takes them; paths are relative to `cwd`. */
export function overridesOf(options: EvalOptions, cwd: string): RunOverrides {
  const { targets, repeat, maxConcurrency, seed, model, judge } = options;
  return {
    ...recordingOverrides(options, cwd),
    writes: (options.output ?? []).map((file) => path.resolve(cwd, file)),
    filter: { names: options.filter ?? [], tags: options.tag ?? [] },
    ...defined({ targets, repeat, maxConcurrency, seed, model, judge }),
  };
}
