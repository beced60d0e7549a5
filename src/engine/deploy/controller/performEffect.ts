import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { EvidenceSource } from '../evidence/evidenceSource.ts';
import type { EffectData } from '../journal/journalData.ts';
import type { Effect } from '../machine/effect.ts';
import type { Observed, Pair, Router } from '../routers/router.ts';
import { RouterError } from '../routers/routerError.ts';
import { shownName } from '../shownName.ts';

export interface Effecting {
  config: DeploymentConfig;
  pair: Pair;
  router: Router;
  evidence: EvidenceSource;
}

/** Blue is to get its traffic back, and cannot take any, while green can. */
export class BlueNotReady extends RouterError {}

/** A version is to be ended that somebody else has given traffic again, or gets not all that it should. */
export class RouteChanged extends RouterError {}

/** Green is to get traffic, and cannot take any. */
export class GreenNotReady extends Error {}

/**
 * Does one effect, or what is missing of it, and reads back whether it worked. Rejects with RouterError where it did not, and with
 * GreenNotReady where green would get traffic that it cannot answer.
 */
export async function performEffect(
  effect: Effect,
  effecting: Effecting,
  signal: AbortSignal,
): Promise<EffectData['result'] | undefined> {
  const { config, pair, router, evidence } = effecting;
  switch (effect.kind) {
    case 'start-green':
      await router.start(pair, signal);
      await check(router, pair, signal, ({ green }) => green.state !== 'absent', 'green was not started');
      return undefined;
    case 'set-weights':
      await setWeights(effect.green, effecting, signal);
      return undefined;
    case 'smoke':
      if (config.suite === undefined)
        return { status: 'pass', reason: 'no suite is named, so nothing is asked' };
      return untilAborted(evidence.smoke(pair, signal), signal);
    case 'begin-evidence':
      await untilAborted(evidence.begin(pair, signal), signal);
      return undefined;
    case 'discard-evidence':
      return undefined;
    case 'stop':
      await stop(effect.side, effecting, signal);
      return undefined;
    case 'settle':
      await settle(effecting, signal);
      return undefined;
  }
}

/** What asks models and judges may take long to notice. It changes no traffic. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function setWeights(green: number, { pair, router }: Effecting, signal: AbortSignal): Promise<void> {
  const before = await router.observe(pair, signal);
  const served = before.weights?.green ?? 0;
  // Readiness before weight: of what is to get more than it has.
  if (green > served && before.green.state !== 'ready') throw new GreenNotReady(reasonOf(before.green));
  if (green < served) checkBlue(before, pair);
  // Nothing to take away where the route does not know green.
  if (green === 0 && before.weights === null) return;
  if (isSet(before, green)) return;

  await router.setWeights(pair, { blue: 100 - green, green }, signal);
  await check(
    router,
    pair,
    signal,
    (seen) => isSet(seen, green),
    `the weight of ${pair.green.name} is not ${green} %`,
  );
}

/** Traffic goes back to what can answer it, all or some; where neither can, to blue, which did. */
function checkBlue({ blue, green }: Observed, pair: Pair): void {
  if (pair.blue === null || blue.state === 'ready' || green.state !== 'ready') return;
  throw new BlueNotReady(`${shownName(pair.blue)} is not ready to get its traffic back: ${reasonOf(blue)}`, {
    isTransient: true,
    remedy: `Start ${shownName(pair.blue)}.`,
  });
}

async function stop(side: 'blue' | 'green', effecting: Effecting, signal: AbortSignal): Promise<void> {
  const { config, pair, router } = effecting;
  if (side === 'blue' && pair.blue === null) return;
  // Somebody may have changed the weights since they were read back.
  if (side === 'green') await setWeights(0, effecting, signal);
  const { weights } = await router.observe(pair, signal);
  const share = weights === null ? await shareAlone(side, effecting, signal) : weights[side];
  if (share !== 0)
    throw new RouteChanged(`${pair[side]?.name} gets ${share} % of the traffic, so it is not stopped`, {
      isTransient: true,
      remedy: 'Somebody else has changed the weights.',
    });
  await router.stop(pair, side, config.policy.drainMs, signal);
}

/** Of a version, where the route does not name both: it may be the one that is left. */
async function shareAlone(
  side: 'blue' | 'green',
  { pair, router }: Effecting,
  signal: AbortSignal,
): Promise<number> {
  const serving = await router.current(signal);
  return serving !== null && serving.digest === pair[side]?.digest ? 100 : 0;
}

async function settle({ pair, router }: Effecting, signal: AbortSignal): Promise<void> {
  const { weights } = await router.observe(pair, signal);
  if (weights !== null && weights.green !== 100)
    throw new RouteChanged(`${pair.green.name} gets ${weights.green} % of the traffic, not all of it`, {
      isTransient: true,
    });
  await router.settle(pair, signal);
  await check(
    router,
    pair,
    signal,
    (seen) => seen.weights === null || seen.weights.green === 100,
    'the route was not settled',
  );
}

function isSet({ weights }: Observed, green: number): boolean {
  return weights !== null && weights.green === green && weights.blue === 100 - green;
}

async function check(
  router: Router,
  pair: Pair,
  signal: AbortSignal,
  holds: (observed: Observed) => boolean,
  otherwise: string,
): Promise<void> {
  if (holds(await router.observe(pair, signal))) return;
  throw new RouterError(otherwise, { isTransient: true });
}

export function reasonOf(readiness: Observed['green']): string {
  switch (readiness.state) {
    case 'absent':
      return 'it is not there';
    case 'starting':
    case 'failing':
      return readiness.reason;
    case 'draining':
      return 'it is being stopped';
    case 'ready':
      return 'it is ready';
  }
}
