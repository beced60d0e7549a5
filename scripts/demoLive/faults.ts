import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveAgent } from './liveAgent.ts';

/** Of the answers, while the bad release is out. */
const BAD_SHARE = 0.85;
/** When it comes and when it is rolled back, as shares of the cycle. */
const [COMES, GOES] = [0.3, 0.65];

/** A bad release comes and is rolled back, again and again. Ends with its signal. */
export async function releaseNowAndThen(
  agent: LiveAgent,
  cycleMs: number,
  { tell, signal }: { tell(text: string): void; signal: AbortSignal },
): Promise<void> {
  const rest = (share: number) => sleep(share * cycleMs, undefined, { signal }).catch(() => {});
  while (!signal.aborted) {
    await rest(COMES);
    if (signal.aborted) return;
    await agent.release(BAD_SHARE).catch(() => {});
    tell(`release 2.2.0 gives ${BAD_SHARE * 100} % of the answers`);

    await rest(GOES - COMES);
    if (signal.aborted) return;
    await agent.release(0).catch(() => {});
    tell('release 2.2.0 is rolled back');
    await rest(1 - GOES);
  }
}
