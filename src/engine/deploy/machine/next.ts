import type { RolloutPolicy } from '../../suites/deploying/deploymentConfig.ts';
import type { DeploymentEvent } from './deploymentEvent.ts';
import type { Effect } from './effect.ts';
import type { MachineState } from './machineState.ts';
import { type Condition, type Row, type RowEffect, TABLE } from './table.ts';

export interface Transition {
  state: MachineState;
  /** In this order. */
  effects: readonly Effect[];
}

/** What follows an event; undefined where it makes no sense in this phase. Pure. */
export function next(
  state: MachineState,
  event: DeploymentEvent,
  policy: RolloutPolicy,
): Transition | undefined {
  const row = TABLE.find(
    ({ from, on, when = [] }) =>
      from.includes(state.phase) &&
      on.includes(event.kind) &&
      when.every((condition) => holds(condition, state, policy)),
  );
  if (!row) return undefined;

  const step = stepAfter(row, state, policy);
  const after: MachineState = {
    phase: row.to,
    step,
    extensions: extensionsAfter(row, state),
    ...succession(row, state, event),
  };
  return { state: after, effects: row.effects.map((effect) => toEffect(effect, step, policy)) };
}

function holds(condition: Condition, state: MachineState, policy: RolloutPolicy): boolean {
  const { undecided, maxExtensions } = policy;
  switch (condition) {
    case 'a person confirms each step':
      return policy.confirm;
    case 'the last step':
      return state.step === policy.steps.length - 1;
    case 'nothing served before':
      return state.pair.blue === null;
    case 'before the first step':
      return state.step === null;
    case 'undecided: extend, and it may be extended':
      return undecided === 'extend' && state.extensions < maxExtensions;
    case 'undecided: rollback':
      return undecided === 'rollback';
    case 'a newer version waits':
      return state.successor !== null;
  }
}

function stepAfter({ step }: Row, state: MachineState, { steps }: RolloutPolicy): number | null {
  switch (step) {
    case 'first':
      return 0;
    case 'next':
      return (state.step ?? -1) + 1;
    case 'last':
      return steps.length - 1;
    case 'none':
      return null;
    default:
      return state.step;
  }
}

function extensionsAfter({ extensions }: Row, state: MachineState): number {
  if (extensions === 'more') return state.extensions + 1;
  return extensions === 'none' ? 0 : state.extensions;
}

/** The version that was taken back is followed by the one that waits. */
function succession(
  row: Row,
  { pair, successor }: MachineState,
  event: DeploymentEvent,
): Pick<MachineState, 'pair' | 'successor'> {
  if (event.kind === 'newer') return { pair, successor: event.green };
  // An end that a person asked for is meant for what waits as well.
  if (event.kind === 'abort' || event.kind === 'rollback') return { pair, successor: null };
  if (successor === null || row.to !== 'preparing') return { pair, successor };
  return { pair: { blue: pair.blue, green: successor }, successor: null };
}

function toEffect(effect: RowEffect, step: number | null, { steps }: RolloutPolicy): Effect {
  switch (effect) {
    case 'weights':
      return { kind: 'set-weights', green: steps[step ?? 0]?.weight ?? 0 };
    case 'no-weight':
      return { kind: 'set-weights', green: 0 };
    case 'begin-evidence':
      return { kind: 'begin-evidence', step: step ?? 0 };
    case 'stop-green':
      return { kind: 'stop', side: 'green' };
    case 'stop-blue':
      return { kind: 'stop', side: 'blue' };
    case 'start-green':
    case 'smoke':
    case 'discard-evidence':
    case 'settle':
      return { kind: effect };
  }
}
