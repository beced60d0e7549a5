import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type DeploymentEvent, PLAIN_EVENTS } from '../../../../src/engine/deploy/machine/deploymentEvent.ts';
import type { Effect } from '../../../../src/engine/deploy/machine/effect.ts';
import { isEnd, type MachineState } from '../../../../src/engine/deploy/machine/machineState.ts';
import { next } from '../../../../src/engine/deploy/machine/next.ts';
import { DEPLOYMENT_PHASES, type DeploymentPhase } from '../../../../src/engine/deploy/machine/phase.ts';
import { TABLE } from '../../../../src/engine/deploy/machine/table.ts';
import type { RolloutPolicy } from '../../../../src/engine/suites/deploying/deploymentConfig.ts';
import { deploymentConfig, version } from '../../../support/deploy/deploymentWorld.ts';

const { policy } = deploymentConfig();
const BEGIN: MachineState = {
  ...{ phase: 'preparing', step: null, extensions: 0, successor: null },
  pair: { blue: version('older'), green: version('newer') },
};

function plain(kind: (typeof PLAIN_EVENTS)[number]): DeploymentEvent {
  return { kind, reason: kind };
}

function in_(phase: DeploymentPhase, step: number | null = null): MachineState {
  return { ...BEGIN, phase, step };
}

/** What the model of a deployment knows: what was done to the route, in the words of effects. */
interface Model {
  state: MachineState;
  weight: number;
  isStarted: boolean;
  hasBlue: boolean;
  /** Passed, or a person's word. */
  backed: number;
}

class Happens implements fc.Command<Model, { policy: RolloutPolicy }> {
  readonly #event: DeploymentEvent;

  constructor(event: DeploymentEvent) {
    this.#event = event;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: { policy: RolloutPolicy }): void {
    const before = model.state;
    // The controller looks first whether green has all the traffic.
    if (this.#event.kind === 'decommission' && model.weight !== 100) return;
    const transition = next(before, this.#event, real.policy);
    if (!transition) return;

    // Blue is ended once all effects are verified; until then, there is a way back.
    if (before.phase === 'decommissioning' && this.#event.kind === 'effects-done') model.hasBlue = false;
    assert.ok(!isEnd(before.phase), `${this.#event.kind} after the end`);
    const { state, effects } = transition;
    if (['step-passed', 'promote', 'smoke-passed'].includes(this.#event.kind)) model.backed += 1;
    for (const effect of effects) this.#take(model, effect);
    model.state = state;
    this.#check(model, before, effects);
  }

  toString(): string {
    return this.#event.kind;
  }

  #take(model: Model, effect: Effect): void {
    switch (effect.kind) {
      case 'start-green':
        model.isStarted = true;
        break;
      case 'set-weights':
        if (effect.green > model.weight) {
          assert.ok(model.isStarted, 'weight before green was started');
          assert.ok(model.backed > 0, 'weight without evidence or a person’s word');
        }
        model.weight = effect.green;
        break;
      case 'stop':
        if (effect.side === 'green') {
          assert.equal(model.weight, 0, 'green is stopped with traffic');
          model.isStarted = false;
        } else {
          assert.equal(model.weight, 100, 'blue is stopped with traffic');
        }
        break;
      default:
    }
  }

  #check({ state, weight, hasBlue }: Model, before: MachineState, effects: readonly Effect[]): void {
    if (state.phase === 'rolled-back' || state.phase === 'preparing') assert.equal(weight, 0);
    if (state.phase === 'done' || state.phase === 'keeping') assert.equal(weight, 100);
    if (state.phase === 'rolling-back') assert.ok(hasBlue, 'back to what was stopped');
    const steps = policy.steps.length;
    assert.ok(state.step === null || (state.step >= 0 && state.step < steps));
    const rises = (state.step ?? -1) > (before.step ?? -1);
    if (state.phase === 'watching' && rises)
      assert.deepEqual(
        effects.slice(-2).map(({ kind }) => kind),
        ['set-weights', 'begin-evidence'],
      );
  }
}

describe('the machine of a deployment', () => {
  it('has the order of the pattern', () => {
    const { story, effects } = played(
      'prepared',
      'ready',
      'ready',
      'smoke-passed',
      ...passes(3),
      'keep-over',
      'effects-done',
    );
    assert.deepEqual(story, [
      ...['starting', 'healthy', 'smoking', 'watching 0', 'watching 1', 'watching 2', 'keeping 2'],
      ...['decommissioning 2', 'done 2'],
    ]);
    assert.deepEqual(effects, [
      ...[
        'start-green',
        'smoke',
        'weight 1',
        'evidence 0',
        'weight 50',
        'evidence 1',
        'weight 100',
        'evidence 2',
      ],
      ...['discard-evidence', 'stop blue', 'settle'],
    ]);
  });

  for (const phase of [
    'preparing',
    'starting',
    'healthy',
    'smoking',
    'watching',
    'paused',
    'keeping',
    'decommissioning',
    'failed',
  ] as const) {
    for (const kind of ['abort', 'rollback'] as const) {
      it(`can ${kind} while it is ${phase}: green loses its traffic first, and is stopped then`, () => {
        const transition = next(in_(phase, phase === 'watching' ? 1 : null), plain(kind), policy);
        assert.equal(transition?.state.phase, 'rolling-back');
        assert.deepEqual(transition.effects, [
          { kind: 'set-weights', green: 0 },
          { kind: 'discard-evidence' },
          { kind: 'stop', side: 'green' },
        ]);
      });
    }
  }

  it('never stops blue on the way back', () => {
    const stops = TABLE.filter(({ effects }) => effects.includes('stop-blue'));
    assert.deepEqual([...new Set(stops.map(({ to }) => to))], ['decommissioning']);
  });

  it('promotes by evidence or a person’s word alone: nothing else raises the weight', () => {
    const rising = TABLE.filter(({ effects, step }) => effects.includes('weights') && step !== undefined);
    const events = new Set(rising.flatMap(({ on }) => on));
    assert.deepEqual([...events].sort(), ['promote', 'smoke-passed', 'step-passed']);
  });

  for (const [undecided, expected] of [
    ['pause', ['paused 1', 1]],
    ['rollback', ['rolling-back 1', 1]],
    ['extend', ['watching 1', 2]],
  ] as const) {
    it(`does with an undecided step what the policy says: ${undecided}`, () => {
      const state = { ...in_('watching', 1), extensions: 1 };
      const after = next(state, plain('step-undecided'), { ...policy, undecided, maxExtensions: 2 })?.state;
      assert.deepEqual([`${after?.phase} ${after?.step}`, after?.extensions], expected);
    });
  }

  it('pauses a step that was extended often enough', () => {
    const state = { ...in_('watching', 1), extensions: 2 };
    const extending = { ...policy, undecided: 'extend' as const, maxExtensions: 2 };
    assert.equal(next(state, plain('step-undecided'), extending)?.state.phase, 'paused');
  });

  it('goes to 100 % at once where nothing served before', () => {
    const state = { ...in_('smoking'), pair: { blue: null, green: version('newer') } };
    assert.deepEqual(next(state, plain('smoke-passed'), policy)?.state.step, 2);
  });

  it('takes the green under way back before a newer one begins at the first step', () => {
    const newest = version('newest');
    const back = next(in_('watching', 2), { kind: 'newer', reason: '', green: newest }, policy);
    assert.ok(back);
    assert.deepEqual([back.state.phase, back.state.pair.green.name], ['rolling-back', 'newer']);
    const again = next(back.state, plain('effects-done'), policy);
    assert.deepEqual(again?.state, { ...BEGIN, pair: { blue: version('older'), green: newest } });
  });

  it('forgets the newer one where a person aborts', () => {
    const state = { ...in_('rolling-back', 1), successor: version('newest') };
    const after = next(state, plain('abort'), policy);
    assert.equal(after && next(after.state, plain('effects-done'), policy)?.state.phase, 'rolled-back');
  });

  it('waits for a person at each step where the policy says so', () => {
    const confirming = { ...policy, confirm: true };
    const paused = next(in_('watching', 0), plain('step-passed'), confirming)?.state;
    assert.deepEqual([paused?.phase, paused?.step], ['paused', 0]);
    const after = paused && next(paused, plain('promote'), confirming)?.state;
    assert.deepEqual([after?.phase, after?.step], ['watching', 1]);
  });

  it('has no phase that nothing leads to, and none without a way on but the ends', () => {
    const reached = new Set(TABLE.map(({ to }) => to));
    const left = new Set(TABLE.flatMap(({ from }) => from));
    assert.deepEqual(
      DEPLOYMENT_PHASES.filter((phase) => !reached.has(phase)),
      [],
    );
    assert.deepEqual(
      DEPLOYMENT_PHASES.filter((phase) => !left.has(phase)),
      ['done', 'rolled-back'],
    );
  });

  it('has no row that another one hides', () => {
    const hidden = TABLE.filter((row, index) =>
      TABLE.slice(0, index).some(
        ({ from, on, when }) =>
          when === undefined &&
          row.from.every((one) => from.includes(one)) &&
          row.on.every((one) => on.includes(one)),
      ),
    );
    assert.deepEqual(hidden, []);
  });

  it('keeps its promises whatever happens in whatever order', () => {
    const events = fc.constantFrom(...PLAIN_EVENTS.map(plain), {
      kind: 'newer' as const,
      reason: '',
      green: version('newest'),
    });
    const policies = fc.record({
      undecided: fc.constantFrom('pause' as const, 'extend' as const, 'rollback' as const),
      confirm: fc.boolean(),
      maxExtensions: fc.nat(2),
    });
    const commands = fc.commands([events.map((event) => new Happens(event))], {
      maxCommands: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(commands, policies, fc.boolean(), (happenings, changed, hasBlue) => {
        const pair = { ...BEGIN.pair, blue: hasBlue ? BEGIN.pair.blue : null };
        const model = () => ({
          model: { state: { ...BEGIN, pair }, weight: 0, isStarted: false, hasBlue: true, backed: 0 },
          real: { policy: { ...policy, ...changed } },
        });
        fc.modelRun(model, happenings);
      }),
      { numRuns: 2000, seed: 19 },
    );
  });
});

function passes(count: number): (typeof PLAIN_EVENTS)[number][] {
  return Array.from({ length: count }, () => 'step-passed');
}

function played(...events: (typeof PLAIN_EVENTS)[number][]): { story: string[]; effects: string[] } {
  const story: string[] = [];
  const effects: string[] = [];
  let state = BEGIN;
  for (const kind of events) {
    const transition = next(state, plain(kind), policy);
    assert.ok(transition, `${kind} in ${state.phase}`);
    state = transition.state;
    story.push(state.step === null ? state.phase : `${state.phase} ${state.step}`);
    effects.push(...transition.effects.map(words));
  }
  return { story, effects };
}

function words(effect: Effect): string {
  switch (effect.kind) {
    case 'set-weights':
      return `weight ${effect.green}`;
    case 'begin-evidence':
      return `evidence ${effect.step}`;
    case 'stop':
      return `stop ${effect.side}`;
    default:
      return effect.kind;
  }
}
