import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { RolloutPolicy, VersionTarget } from '../../suites/deploying/deploymentConfig.ts';
import type { SideFigures, StepReport } from '../evidence/stepReport.ts';
import type { Effect } from '../machine/effect.ts';
import type { MachineState } from '../machine/machineState.ts';
import { DEPLOYMENT_PHASES } from '../machine/phase.ts';
import type { Version } from '../sides.ts';
import type { JournalEntry } from './journal.ts';

/** What a person wants. `override`: why a step may be left though its gate is undecided. */
export type Wish =
  | { kind: 'promote'; override?: string }
  | { kind: 'pause' | 'resume' | 'abort' | 'rollback' | 'decommission' }
  | { kind: 'start'; green: Version };

/** Of a `transition`. */
export interface TransitionData {
  /** `begin`, or that of the machine. */
  event: string;
  /** In a sentence. */
  reason: string;
  state: MachineState;
  effects: readonly Effect[];
  /** The entry of the wish that it comes from. */
  wish?: number;
  /** A person promoted it though its gate was undecided, and why. */
  override?: string;
  /** Models that green was served by so far. */
  models?: readonly string[];
  /** What the samples of the step came to that it leaves. */
  report?: StepReport | undefined;
  /** Of the first entry: what holds for the whole deployment, whatever becomes of touchstone.yaml meanwhile. */
  begin?: BeginData;
}

export interface BeginData {
  policy: RolloutPolicy;
  /** Digest of its entry in touchstone.yaml. */
  config: string;
}

/** Of an `effect`: which one of which transition was verified. */
export interface EffectData {
  transition: number;
  index: number;
  result?: { status: 'pass' | 'fail' | 'undecided'; reason: string };
}

/** Of a `note`. */
export interface NoteData {
  /** The entry of a wish that is refused. */
  wish?: number;
  /** What somebody else has changed, as of now. */
  drift?: readonly string[];
  /** Models that green was served by so far. */
  models?: readonly string[];
  /** What is steered, in words. */
  where?: string;
}

const environment = z.record(z.string(), z.string());

const target: z.ZodType<VersionTarget> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('release'), release: z.string() }),
  z.object({ kind: z.literal('model'), model: z.string() }),
  z.object({ kind: z.literal('url'), url: z.string(), readyPath: z.string().exactOptional() }),
  z.object({
    ...{ kind: z.literal('program'), command: z.array(z.string()), portVariable: z.string() },
    ...{ environment, readyPath: z.string() },
  }),
  z.object({ kind: z.literal('image'), image: z.string(), environment }),
]);

const version = z.object({ name: z.string(), target, digest: z.string() });

const state = z.object({
  phase: z.enum(DEPLOYMENT_PHASES),
  step: z.int().min(0).nullable(),
  extensions: z.int().min(0),
  pair: z.object({ blue: version.nullable(), green: version }),
  successor: version.nullable(),
});

const effect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start-green') }),
  z.object({ kind: z.literal('set-weights'), green: z.number() }),
  z.object({ kind: z.literal('smoke') }),
  z.object({ kind: z.literal('begin-evidence'), step: z.int() }),
  z.object({ kind: z.literal('discard-evidence') }),
  z.object({ kind: z.literal('stop'), side: z.enum(['blue', 'green']) }),
  z.object({ kind: z.literal('settle') }),
]);

const policy = z.object({
  steps: z.array(z.object({ weight: z.number(), holdMs: z.number(), minSamples: z.number() })).min(1),
  undecided: z.enum(['pause', 'extend', 'rollback']),
  maxExtensions: z.number(),
  earlyPassMs: z.number().exactOptional(),
  readyMs: z.number(),
  keepMs: z.number(),
  drainMs: z.number(),
  confirm: z.boolean(),
});

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();
const side: z.ZodType<SideFigures> = z.object({
  samples: z.int(),
  bySource: z.partialRecord(z.enum(['gateway', 'traces', 'golden', 'shadow']), z.int()),
  errors: z.int(),
  ...{ errorRate: estimate, passRate: estimate, meanScore: estimate },
  ...{ p50Ms: z.number().nullable(), p95Ms: z.number().nullable() },
  ...{ costUsd: z.number().nullable(), costPerRequest: estimate },
  ...{ servedModels: z.array(z.string()), failedTraces: z.array(z.string()) },
});

const report: z.ZodType<StepReport> = z.object({
  status: z.enum(['pass', 'fail', 'undecided']),
  reason: z.string().nullable(),
  clauses: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['pass', 'fail', 'undecided', 'not-asked']),
      reason: z.string(),
    }),
  ),
  ...{ blue: side, green: side, minSamples: z.number() },
});

const transitionData = z.object({
  event: z.string(),
  reason: z.string(),
  state,
  effects: z.array(effect),
  wish: z.int().exactOptional(),
  override: z.string().exactOptional(),
  models: z.array(z.string()).exactOptional(),
  // Figures alone: a deployment is not to stop for those of another version of the program.
  report: report.optional().catch(undefined),
  begin: z.object({ policy, config: z.string() }).exactOptional(),
});

const effectData = z.object({
  transition: z.int(),
  index: z.int(),
  result: z.object({ status: z.enum(['pass', 'fail', 'undecided']), reason: z.string() }).exactOptional(),
});

const texts = z.array(z.string());
const noteData = z.object({
  wish: z.int().exactOptional(),
  drift: texts.exactOptional(),
  models: texts.exactOptional(),
  where: z.string().exactOptional(),
});

const wishData = z.union([
  z.object({ kind: z.literal('promote'), override: z.string().exactOptional() }),
  z.object({ kind: z.enum(['pause', 'resume', 'abort', 'rollback', 'decommission']) }),
  z.object({ kind: z.literal('start'), green: version }),
]);

/** What an entry says; undefined where this version of the program does not understand it. */
export function transitionOf({ kind, data }: JournalEntry): TransitionData | undefined {
  return kind === 'transition' ? transitionData.safeParse(data).data : undefined;
}

export function effectOf({ kind, data }: JournalEntry): EffectData | undefined {
  return kind === 'effect' ? effectData.safeParse(data).data : undefined;
}

export function noteOf({ kind, data }: JournalEntry): NoteData | undefined {
  return kind === 'note' ? noteData.safeParse(data).data : undefined;
}

export function wishOf({ kind, data }: JournalEntry): Wish | undefined {
  return kind === 'wish' ? wishData.safeParse(data).data : undefined;
}

/** As it is written: plain JSON without what is undefined. */
export function written(data: TransitionData | EffectData | NoteData | Wish): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(defined(data)));
  return isJsonObject(plain) ? plain : {};
}
