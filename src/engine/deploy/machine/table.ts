import type { EventKind } from './deploymentEvent.ts';
import type { DeploymentPhase } from './phase.ts';

/** What a row does, in order. `weights` are those of the step that the row leads to. */
export type RowEffect =
  | 'start-green'
  | 'weights'
  | 'no-weight'
  | 'smoke'
  | 'begin-evidence'
  | 'discard-evidence'
  | 'stop-green'
  | 'stop-blue'
  | 'settle';

export type Condition =
  | 'a person confirms each step'
  | 'the last step'
  | 'nothing served before'
  | 'before the first step'
  | 'undecided: extend, and it may be extended'
  | 'undecided: rollback'
  | 'a newer version waits';

/** One transition. The first row that fits an event counts; an event without a row changes nothing. */
export interface Row {
  from: readonly DeploymentPhase[];
  on: readonly EventKind[];
  /** Where there are several, all must hold. */
  when?: readonly Condition[];
  to: DeploymentPhase;
  /** Of the state after it. Default: the step stays. */
  step?: 'first' | 'next' | 'last' | 'none';
  /** Default: they stay. A step that begins anew has none. */
  extensions?: 'more' | 'none';
  effects: readonly RowEffect[];
}

const BACK = ['no-weight', 'discard-evidence', 'stop-green'] as const;
const FORWARD = ['discard-evidence', 'stop-blue', 'settle'] as const;
const WATCH = ['weights', 'begin-evidence'] as const;
const BEFORE_TRAFFIC = ['preparing', 'starting', 'healthy', 'smoking'] as const;
const UNDER_WAY = [...BEFORE_TRAFFIC, 'watching', 'paused', 'keeping'] as const;

/** Every transition of a deployment. */
export const TABLE: readonly Row[] = [
  // Until green is ready. It gets no traffic.
  { from: ['preparing'], on: ['prepared'], to: 'starting', effects: ['start-green'] },
  { from: ['starting'], on: ['ready'], to: 'healthy', effects: [] },
  { from: ['starting'], on: ['late'], to: 'rolling-back', effects: BACK },
  { from: ['healthy'], on: ['ready'], to: 'smoking', effects: ['smoke'] },
  { from: ['healthy'], on: ['lost'], to: 'starting', effects: ['start-green'] },
  {
    ...{ from: ['smoking'], on: ['smoke-passed'], when: ['nothing served before'] },
    ...{ to: 'watching', step: 'last', extensions: 'none', effects: WATCH },
  },
  {
    ...{ from: ['smoking'], on: ['smoke-passed'] },
    ...{ to: 'watching', step: 'first', extensions: 'none', effects: WATCH },
  },
  { from: ['smoking'], on: ['smoke-failed', 'lost'], to: 'rolling-back', effects: BACK },
  {
    ...{ from: ['smoking'], on: ['smoke-undecided'], when: ['undecided: rollback'] },
    ...{ to: 'rolling-back', effects: BACK },
  },
  { from: ['smoking'], on: ['smoke-undecided'], to: 'paused', effects: [] },

  // Step by step.
  {
    ...{ from: ['watching'], on: ['step-passed'], when: ['a person confirms each step'] },
    ...{ to: 'paused', effects: [] },
  },
  { from: ['watching'], on: ['step-passed', 'promote'], when: ['the last step'], to: 'keeping', effects: [] },
  {
    ...{ from: ['watching'], on: ['step-passed', 'promote'] },
    ...{ to: 'watching', step: 'next', extensions: 'none', effects: WATCH },
  },
  { from: ['watching', 'paused', 'keeping'], on: ['step-failed', 'lost'], to: 'rolling-back', effects: BACK },
  {
    ...{ from: ['watching'], on: ['step-undecided'], when: ['undecided: extend, and it may be extended'] },
    ...{ to: 'watching', extensions: 'more', effects: [] },
  },
  {
    ...{ from: ['watching'], on: ['step-undecided'], when: ['undecided: rollback'] },
    ...{ to: 'rolling-back', effects: BACK },
  },
  { from: ['watching'], on: ['step-undecided'], to: 'paused', effects: [] },
  {
    ...{ from: ['watching'], on: ['model-drifted', 'clock-jumped'] },
    ...{ to: 'watching', extensions: 'none', effects: ['discard-evidence', 'begin-evidence'] },
  },
  { from: ['watching'], on: ['pause'], to: 'paused', effects: [] },
  { from: ['watching', 'keeping'], on: ['route-changed'], to: 'paused', effects: [] },

  // Paused: traffic stays as it is.
  {
    ...{ from: ['paused'], on: ['resume'], when: ['before the first step'] },
    ...{ to: 'preparing', effects: [] },
  },
  {
    ...{ from: ['paused'], on: ['resume'] },
    ...{ to: 'watching', extensions: 'none', effects: ['discard-evidence', ...WATCH] },
  },
  {
    ...{ from: ['paused'], on: ['promote'], when: ['before the first step', 'nothing served before'] },
    ...{ to: 'watching', step: 'last', extensions: 'none', effects: WATCH },
  },
  {
    ...{ from: ['paused'], on: ['promote'], when: ['before the first step'] },
    ...{ to: 'watching', step: 'first', extensions: 'none', effects: WATCH },
  },
  { from: ['paused'], on: ['promote'], when: ['the last step'], to: 'keeping', effects: ['weights'] },
  {
    ...{ from: ['paused'], on: ['promote'] },
    ...{ to: 'watching', step: 'next', extensions: 'none', effects: WATCH },
  },

  // At 100 %.
  { from: ['keeping'], on: ['clock-jumped'], to: 'keeping', effects: [] },
  { from: ['starting'], on: ['clock-jumped'], to: 'starting', effects: [] },
  {
    ...{ from: ['keeping'], on: ['keep-over', 'decommission'] },
    ...{ to: 'decommissioning', effects: FORWARD },
  },
  { from: ['decommissioning'], on: ['effects-done'], to: 'done', effects: [] },
  // While blue runs: a person's wish is answered by what is seen.
  { from: ['decommissioning'], on: ['abort', 'rollback'], to: 'rolling-back', effects: BACK },

  // Back.
  { from: UNDER_WAY, on: ['abort', 'rollback', 'newer'], to: 'rolling-back', effects: BACK },
  { from: UNDER_WAY, on: ['effect-failed'], to: 'rolling-back', effects: BACK },
  {
    ...{ from: ['rolling-back'], on: ['abort', 'rollback'], when: ['a newer version waits'] },
    ...{ to: 'rolling-back', effects: BACK },
  },
  { from: ['rolling-back'], on: ['newer'], to: 'rolling-back', effects: BACK },
  {
    ...{ from: ['rolling-back'], on: ['effects-done'], when: ['a newer version waits'] },
    ...{ to: 'preparing', step: 'none', extensions: 'none', effects: [] },
  },
  { from: ['rolling-back'], on: ['effects-done'], to: 'rolled-back', effects: [] },
  { from: ['rolling-back', 'decommissioning'], on: ['effect-failed'], to: 'failed', effects: [] },
  // Where green has all the traffic: what could not be ended is tried again.
  { from: ['failed'], on: ['decommission'], to: 'decommissioning', effects: FORWARD },
  { from: ['failed'], on: ['abort', 'rollback', 'newer'], to: 'rolling-back', effects: BACK },
];
