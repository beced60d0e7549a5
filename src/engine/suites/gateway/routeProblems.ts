import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { checkPool } from '../config/bulkheadConfig.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import { toMilliseconds } from '../config/duration.ts';
import type { KnownNames } from '../config/knownNames.ts';
import { targetText } from './armTarget.ts';
import type { ArmTarget, RouteConfig } from './gatewayConfig.ts';
import type { RouteFile } from './gatewayFile.ts';
import { isBelow, MODELS_PATH } from './routePath.ts';
import { checkShadow } from './shadowProblems.ts';
import { checkTarget, type TargetNames } from './targetProblems.ts';

/** What routes may name. */
export interface GatewayNames extends KnownNames, TargetNames {
  /** With their evaluators; undefined for one that cannot be used. */
  suites: ReadonlyMap<string, readonly EvaluatorSpec[] | undefined>;
  /** The exact cache is on. */
  hasExactCache: boolean;
}

/** Reports what is wrong with one route beside its form. */
export function checkRoute(
  reader: ConfigReader,
  route: RouteConfig,
  file: RouteFile,
  at: Pointer,
  known: GatewayNames,
): void {
  const targets = placedTargets(route, file, at);
  for (const [target, pointer] of targets) {
    checkTarget(reader, target, pointer, known);
    checkKind(reader, target, pointer, route);
  }

  checkModels(reader, route, at);
  checkNames(reader, route, at);
  checkWeights(reader, route, at);
  checkSticky(reader, route, at);
  checkFallbacks(reader, route, at);
  checkLimits(reader, file, at);
  checkPool(reader, route.pool, [...at, 'bulkhead'], known.pools);
  if (route.cache && !known.hasExactCache) reportNoCache(reader, at);
  if (route.shadow) checkShadow(reader, route, route.shadow, [...at, 'shadow'], known);
}

/** All targets of a route with their places. */
function placedTargets(
  { arms, fallbacks, shadow }: RouteConfig,
  file: RouteFile,
  at: Pointer,
): [ArmTarget, Pointer][] {
  const isList = Array.isArray(file.to);
  return [
    ...arms.map(({ target }, index): [ArmTarget, Pointer] => [
      target,
      isList ? [...at, 'to', index, 'target'] : [...at, 'to'],
    ]),
    ...fallbacks.map((target, index): [ArmTarget, Pointer] => [target, [...at, 'fallbacks', index]]),
    ...(shadow ? [[shadow.to, [...at, 'shadow', 'to']] satisfies [ArmTarget, Pointer]] : []),
  ];
}

/** The APIs of models are below one path. */
function checkKind(reader: ConfigReader, target: ArmTarget, at: Pointer, { match }: RouteConfig): void {
  if (target.kind === 'agent' || isBelow(match.path, MODELS_PATH)) return;
  reportAt(reader, at, {
    code: 'contradiction',
    message: `"${targetText(target)}" answers only requests below ${MODELS_PATH}, and the path of this route is ${match.path}`,
    remedy: `Use a path below ${MODELS_PATH}, or an HTTP agent: { url: … }.`,
  });
}

function checkModels(reader: ConfigReader, { match }: RouteConfig, at: Pointer): void {
  if (match.models === undefined || isBelow(match.path, MODELS_PATH)) return;
  reportKey(reader, [...at, 'model'], {
    code: 'contradiction',
    message: `only requests below ${MODELS_PATH} name a model, and the path of this route is ${match.path}`,
    remedy: 'Remove model or path.',
  });
}

function checkNames(reader: ConfigReader, { arms }: RouteConfig, at: Pointer): void {
  const first = new Map<string, number>();
  for (const [index, { name }] of arms.entries()) {
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      continue;
    }
    reportAt(reader, [...at, 'to', index, 'name'], {
      code: 'duplicate-target',
      message: `the name "${name}" is used twice in this route`,
      remedy: 'Give each target of a route a name of its own.',
      related: [{ message: 'first used here', pointer: [...at, 'to', earlier, 'name'] }],
    });
  }
}

/** A person may mean it: a route is closed so, or left to its fallbacks. */
function checkWeights(reader: ConfigReader, { arms, name, fallbacks }: RouteConfig, at: Pointer): void {
  if (fallbacks.length > 0 || arms.some(({ weight }) => weight > 0)) return;
  reportAt(reader, [...at, 'to'], {
    severity: 'warning',
    code: 'none-allowed',
    message: `${arms.length === 1 ? 'the only weight is 0' : 'all weights are 0'}, so the route "${name}" answers no request`,
    remedy: 'Give one of its targets a weight above 0.',
  });
}

/** Its values are kept with each request. */
const CREDENTIALS = /^(?:authorization|proxy-authorization|cookie|(?:x-)?api-key|x-auth-token)$/;

function checkSticky(reader: ConfigReader, { sticky, arms }: RouteConfig, at: Pointer): void {
  const pointer = [...at, 'sticky'];
  if (sticky?.by === 'header' && CREDENTIALS.test(sticky.header))
    reportAt(reader, pointer, {
      code: 'invalid-value',
      message: `the header ${sticky.header} holds a credential, which is not kept`,
      remedy: 'Use a header that says who or what it is, such as header:x-user-id.',
    });

  if (sticky && arms.length === 1)
    reportKey(reader, pointer, {
      severity: 'warning',
      code: 'no-effect',
      message: 'sticky has no effect in a route with one target',
      remedy: 'Remove it, or add a second target.',
    });
}

function checkFallbacks(reader: ConfigReader, { arms, fallbacks }: RouteConfig, at: Pointer): void {
  const only = arms.length === 1 ? arms[0]?.target : undefined;
  const seen = new Map<string, number>();
  for (const [index, target] of fallbacks.entries()) {
    const text = targetText(target);
    const pointer = [...at, 'fallbacks', index];
    const first = seen.get(text);
    if (only && targetText(only) === text)
      reportAt(reader, pointer, {
        code: 'fallback-to-itself',
        message: `"${text}" cannot be its own fallback`,
        remedy: 'Name another target.',
        related: [{ message: 'the target of the route', pointer: [...at, 'to'] }],
      });
    else if (first !== undefined)
      reportAt(reader, pointer, {
        code: 'duplicate-fallback',
        message: `the fallback "${text}" is listed twice`,
        remedy: 'Remove one of them.',
        related: [{ message: 'first listed here', pointer: [...at, 'fallbacks', first] }],
      });
    else seen.set(text, index);
  }
}

/** Longer ones are a slip; timers have an end, too. */
const LONGEST_MS = 86_400_000;
/** Limits of a wait that need not be. */
const MAY_BE_NONE: ReadonlySet<string> = new Set(['pause', 'queue']);

function checkLimits(reader: ConfigReader, { limits = {} }: RouteFile, at: Pointer): void {
  const place = [...at, 'limits'];
  for (const [key, written] of Object.entries(defined(limits))) {
    const ms = toMilliseconds(written);
    const mayBeNone = MAY_BE_NONE.has(key);
    if ((ms > 0 || mayBeNone) && ms <= LONGEST_MS) continue;
    reportAt(reader, [...place, key], {
      code: 'invalid-value',
      message: `${key} is ${written}; expected a time ${mayBeNone ? 'of' : 'above 0 and'} up to 1d`,
    });
  }

  const { whole, ...parts } = limits;
  if (whole === undefined) return;
  for (const [key, written] of Object.entries(defined(parts))) {
    if (toMilliseconds(written) <= toMilliseconds(whole)) continue;
    reportAt(reader, [...place, key], {
      severity: 'warning',
      code: 'no-effect',
      message: `${key} (${written}) is never reached, because whole is ${whole}`,
      remedy: `Lower ${key} or raise whole.`,
      related: [{ message: 'whole is set here', pointer: [...place, 'whole'] }],
    });
  }
}

function reportNoCache(reader: ConfigReader, at: Pointer): void {
  reportAt(reader, [...at, 'cache'], {
    code: 'missing-cache',
    message: 'cache: true needs a cache, and caches.exact is not switched on',
    remedy: 'Add caches: { exact: true }, or remove cache.',
  });
}
