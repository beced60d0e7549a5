import { contentHash } from '../../../../model/hash.ts';
import { isJsonObject, type JsonObject } from '../../../../model/json.ts';
import type { Weights } from '../../../sides.ts';
import { RouterError } from '../../routerError.ts';
import { at, type ClusterObject, listAt, mapAt, numberAt, textAt } from '../cluster/clusterObject.ts';

/** The Services of both versions. */
export interface Pair {
  blue: string | undefined;
  green: string;
}

/** What both versions get of the rules that name them. */
export interface SeenWeights {
  /** Null where no rule gives either of them traffic. Where rules differ, green's largest. */
  weights: Weights | null;
  isEven: boolean;
}

export function weightsIn(route: ClusterObject, pair: Pair): SeenWeights {
  const shares = listAt(route, 'spec', 'rules')
    .map((rule) => sharesOf(rule, pair, route))
    .filter(({ sum }) => sum > 0)
    .map(({ green, sum }) => percent(green, sum));
  if (shares.length === 0) return { weights: null, isEven: true };
  const green = Math.max(...shares);
  return {
    weights: { green, blue: percent(100 - green, 100) },
    isEven: shares.every((share) => share === green),
  };
}

/**
 * The rules with these weights, and nothing else changed: other backends keep their weights and so their part of the traffic, filters and
 * matches stay, and both versions together get what they had. A version without traffic is left out, since some implementations refuse the
 * weight 0. Throws RouterError where the weights cannot be expressed.
 */
export function rulesWith(route: ClusterObject, pair: Pair, weights: Weights): JsonObject[] {
  let isNamed = false;
  const rules = listAt(route, 'spec', 'rules').map((rule) => {
    const { sum } = sharesOf(rule, pair, route);
    if (sum === 0) return rule;
    isNamed = true;
    return { ...rule, backendRefs: backendsWith(rule, pair, weights, route) };
  });
  if (!isNamed)
    throw new RouterError(
      `HTTPRoute ${route.metadata.name} gives no traffic to Service ${pair.blue ?? pair.green}`,
      { isTransient: false, remedy: 'Name it in a rule of the HTTPRoute, with a weight above 0.' },
    );
  return rules;
}

/** The Services of this namespace that rules give traffic to. */
export function servedBy(route: ClusterObject): string[] {
  const names = listAt(route, 'spec', 'rules').flatMap((rule) =>
    listAt(rule, 'backendRefs').flatMap((ref) =>
      isService(ref, route) && weightOf(ref) > 0 ? [textAt(ref, 'name') ?? ''] : [],
    ),
  );
  return [...new Set(names)];
}

/** A hash of every part of the route that is not ours, by its name in words. */
export function routeParts(route: ClusterObject, pair: Pair): { [part: string]: string } {
  const { rules: _rules, ...spec } = mapAt(route, 'spec');
  const parts = Object.entries(spec).map(([name, value]) => [name, value] as const);
  const rules = listAt(route, 'spec', 'rules').flatMap((rule, index) => {
    const { backendRefs: _refs, ...rest } = rule;
    const isOurs = sharesOf(rule, pair, route).sum > 0;
    const others = listAt(rule, 'backendRefs').filter((ref) => !isOneOf(ref, pair, route));
    const own = Object.entries(rest).map(([name, value]) => [`${name} of rule ${index + 1}`, value] as const);
    const backends = isOurs ? others : listAt(rule, 'backendRefs');
    return [...own, [`other backends of rule ${index + 1}`, backends] as const];
  });
  return Object.fromEntries(
    [...parts, ...rules].map(([name, value]) => [name, contentHash(value).slice(0, 8)]),
  );
}

/** What both versions share where they are alone; the API's largest weight is the last. */
const WHOLES = [100, 1_000, 10_000, 100_000, 1_000_000];

function backendsWith(rule: JsonObject, pair: Pair, weights: Weights, route: ClusterObject): JsonObject[] {
  const refs = listAt(rule, 'backendRefs');
  const { sum, others } = sharesOf(rule, pair, route);
  const total =
    others > 0 ? sum : (WHOLES.find((whole) => Number.isInteger((whole * weights.green) / 100)) ?? 100);
  const [blue, green] = [(total * weights.blue) / 100, (total * weights.green) / 100];
  if (!Number.isInteger(blue) || !Number.isInteger(green))
    throw new RouterError(
      `a weight of ${weights.green} % cannot be expressed: other backends of the rule have weights, beside which both versions have ${total}`,
      {
        isTransient: false,
        remedy: 'Multiply all weights of the rule by 100.',
      },
    );

  const ours = refs.filter((ref) => isOneOf(ref, pair, route));
  const isGreen = (ref: JsonObject) => ref['name'] === pair.green;
  if (ours.filter((ref) => !isGreen(ref)).length > 1 || ours.filter(isGreen).length > 1) {
    // On the way back, blue keeps them as they are.
    if (weights.green === 0) return refs.filter((ref) => !(ours.includes(ref) && isGreen(ref)));
    throw new RouterError(
      `a rule of HTTPRoute ${route.metadata.name} names Service ${pair.blue ?? pair.green} several times, for example with several ports`,
      { isTransient: false, remedy: 'Give each of them a rule of its own.' },
    );
  }

  const model = ours.find((ref) => ref['name'] === pair.blue) ?? ours[0] ?? {};
  const wanted = [
    { name: pair.blue, weight: blue },
    { name: pair.green, weight: green },
  ].flatMap(({ name, weight }) => {
    if (name === undefined || weight === 0) return [];
    const known = ours.find((ref) => ref['name'] === name) ?? { ...model, name };
    return [{ ...known, weight }];
  });
  // Both stand where the first of them stood.
  const [first] = ours;
  return refs.flatMap((ref) => (ref === first ? wanted : ours.includes(ref) ? [] : [ref]));
}

function sharesOf(
  rule: JsonObject,
  pair: Pair,
  route: ClusterObject,
): { green: number; sum: number; others: number } {
  const shares = { green: 0, sum: 0, others: 0 };
  for (const ref of listAt(rule, 'backendRefs')) {
    const weight = weightOf(ref);
    if (!isOneOf(ref, pair, route)) shares.others += weight;
    else {
      shares.sum += weight;
      if (ref['name'] === pair.green) shares.green += weight;
    }
  }
  return shares;
}

/** What the API says of a missing weight. */
function weightOf(ref: JsonObject): number {
  return numberAt(ref, 'weight') ?? 1;
}

function isOneOf(ref: JsonObject, { blue, green }: Pair, route: ClusterObject): boolean {
  return isService(ref, route) && (ref['name'] === green || (blue !== undefined && ref['name'] === blue));
}

function isService(ref: JsonObject, route: ClusterObject): boolean {
  const [group, kind] = [textAt(ref, 'group') ?? '', textAt(ref, 'kind') ?? 'Service'];
  const namespace = textAt(ref, 'namespace');
  return (
    group === '' &&
    kind === 'Service' &&
    (namespace === undefined || namespace === at(route, 'metadata', 'namespace')) &&
    isJsonObject(ref)
  );
}

/** Without the noise of a division. */
function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1e8) / 1e6;
}
