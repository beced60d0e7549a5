import type { Engine } from '../engine/engine.ts';
import type { RunOverrides } from '../engine/runs/preparation/runOverrides.ts';

/** What is to be run: as a stored run was asked for, where one is to be repeated. */
export function askedOverrides(
  engine: Engine,
  { overrides, again }: { overrides: RunOverrides; again?: string | undefined },
): RunOverrides {
  return again === undefined ? overrides : engine.repeat(again, overrides);
}
