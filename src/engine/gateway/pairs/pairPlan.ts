import { DEFAULT_MARGIN } from '../../compare/compareStored.ts';
import { contentHash } from '../../model/hash.ts';
import { canonicalJson } from '../../model/json.ts';
import type { RunPlan } from '../../model/run.ts';
import type { SuiteConfig } from '../../suites/config/suiteConfig.ts';
import { targetText } from '../../suites/gateway/armTarget.ts';
import type { ArmTarget, RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';

/** What a comparison of live pairs is made for. */
export interface PairPlanInputs {
  route: Pick<RouteConfig, 'name' | 'arms' | 'keep'>;
  shadow: ShadowConfig;
  suite: SuiteConfig | undefined;
  configPath: string | null;
  evaluatorsHash: string;
}

/** A run of kind comparison with two targets: what answered the clients, and the shadow. */
export function pairPlan(inputs: PairPlanInputs): RunPlan {
  const { route, shadow, suite, configPath, evaluatorsHash } = inputs;
  const live = route.arms.filter(({ weight }) => weight > 0).map(({ target }) => target);
  const baseline = { text: `${route.name}: ${live.map(targetText).join(', ')}`, hash: contentHash(live) };
  const candidate = { text: targetText(shadow.to), hash: contentHash(shadow.to) };
  const names = unequal(baseline.text, candidate.text);
  const { to, suite: _, maxPairs } = shadow;

  return {
    suite: suite?.name ?? route.name,
    configPath,
    targets: [
      { name: names[0], kind: 'live', hash: baseline.hash },
      { name: names[1], kind: 'shadow', hash: candidate.hash },
    ],
    dataset: {
      path: `gateway/${route.name}`,
      version: 'live',
      schemaVersion: '2.0.0',
      contentHash: contentHash({ route: route.name }),
      count: maxPairs,
      chosen: maxPairs,
    },
    evaluatorsHash,
    filter: { names: [], tags: [] },
    origin: {
      live: {
        route: route.name,
        baseline: names[0],
        same: live.length > 0 && live.every((target) => isSame(target, to)),
        margin: suite?.gate?.nonInferiorityMargin ?? DEFAULT_MARGIN,
        key: contentHash({
          ...{ route: route.name, keep: route.keep, live, to, maxPairs, evaluatorsHash },
          suite: suite?.name ?? null,
        }),
      },
    },
    comparison: { baseline: baseline.text, candidate: candidate.text },
    repeat: 1,
    seed: 0,
    trials: 2 * maxPairs,
    // Its clauses are about golden cases.
    gate: null,
  };
}

/** Whether two targets are the very same thing for a request that asks for `model`. */
export function isSame(a: ArmTarget, b: ArmTarget, model?: string): boolean {
  return canonicalJson({ ...resolved(a, model) }) === canonicalJson({ ...resolved(b, model) });
}

function resolved(target: ArmTarget, model: string | undefined): ArmTarget {
  switch (target.kind) {
    case 'provider': {
      const asked = target.model ?? model?.replace(`${target.provider}/`, '');
      return {
        kind: 'provider',
        provider: target.provider,
        ...(asked === undefined ? {} : { model: asked }),
      };
    }
    case 'release':
      return target;
    case 'agent':
      return { kind: 'agent', url: target.url.replace(/\/+$/, '') };
  }
}

/** Names tell the targets of a run apart. */
function unequal(a: string, b: string): [string, string] {
  return a === b ? [a, `${b} (shadow)`] : [a, b];
}
