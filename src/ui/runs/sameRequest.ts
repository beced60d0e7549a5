import type { EngineCalls } from '../../protocol/calls.ts';
import type { RunRequest } from './runController.ts';

type RunIdentity = EngineCalls['run/summary']['result']['run'];

/** What would run the same again: the same dataset, cases, targets and model, as often, with or without judges. */
export function sameRequest({
  suite,
  filter,
  repeat,
  left_out,
  model,
  targets,
  dataset,
}: RunIdentity): RunRequest {
  const overrides = {
    filter,
    repeat,
    ...(model === undefined ? {} : { model }),
    ...(left_out?.targets ? { targets: targets.map(({ name }) => name) } : {}),
    ...(left_out?.judge ? { withoutJudge: true } : {}),
    datasets: [dataset.path],
  };
  return { suite, overrides };
}
