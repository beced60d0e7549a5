import type { Version } from '../sides.ts';

/** What happens to a deployment. `reason`: in a sentence, as it is shown. */
export type DeploymentEvent =
  | { kind: PlainEvent; reason: string }
  /** Another version is to be brought forward in place of this one. */
  | { kind: 'newer'; reason: string; green: Version };

export type EventKind = DeploymentEvent['kind'];

export type PlainEvent = (typeof PLAIN_EVENTS)[number];

export const PLAIN_EVENTS = [
  /** The router answers, and blue serves. */
  'prepared',
  /** Green can take requests. */
  'ready',
  /** Green was not ready within its time. */
  'late',
  /** Green was ready, and is not any more. */
  'lost',
  'smoke-passed',
  'smoke-failed',
  'smoke-undecided',
  /** Of the step that is watched, by its evidence. */
  'step-passed',
  'step-failed',
  'step-undecided',
  'model-drifted',
  /** The clock of the machine went back. */
  'clock-jumped',
  /** Somebody else has changed the weights, or the route. */
  'route-changed',
  'keep-over',
  /** An effect cannot work, however often it is tried. */
  'effect-failed',
  /** All effects of the last transition were verified. */
  'effects-done',
  /** Of a person. */
  'promote',
  'pause',
  'resume',
  'abort',
  'rollback',
  'decommission',
] as const;
