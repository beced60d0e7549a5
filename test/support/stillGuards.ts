import { type Clock, systemClock } from '../../src/engine/ports.ts';
import type { Guard } from '../../src/engine/resilience/guard.ts';
import { ProviderGuards } from '../../src/engine/resilience/providerGuards.ts';
import { stillRandom } from './stillRandom.ts';

/** Guards without jitter: every back-off is the shortest that there is. */
export function stillGuards(clock: Clock = systemClock): ProviderGuards {
  return new ProviderGuards({ clock, random: stillRandom });
}

/** Of a provider that nobody else asks. */
export function stillGuard(clock: Clock = systemClock): Guard {
  return stillGuards(clock).of({ provider: 'p', origin: 'http://p', credential: [] });
}
