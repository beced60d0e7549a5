import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../src/engine/ports.ts';
import { LiveMonitors } from './liveMonitors.ts';

/** Evaluates what comes into the store of a workspace until it is killed. `node monitorWorker.ts ROOT MONITORS PROVIDERS` */
const [root = '', monitors = '', providers = ''] = process.argv.slice(2);
const live = new LiveMonitors({ root, clock: systemClock });
await live.use(monitors, providers);
for (;;) {
  live.stream.step();
  await wait(1);
}
