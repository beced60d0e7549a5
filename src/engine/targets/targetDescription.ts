import type { TargetCapabilities } from './capabilities.ts';

/** What a configured target is to everybody who does not create it. */
export interface TargetDescription {
  /** What it is called in lists. */
  kind: string;
  /** What it calls, in a few words. */
  calls: string;
  /** What it is called where it has no name of its own: the first of these that is free. */
  names: readonly [string, ...string[]];
  capabilities: TargetCapabilities;
}
