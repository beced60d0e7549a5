// Runs worlds by their seeds: node test/simulation/world/main.ts SEED [COUNT]. The same seed gives the same world, to the last event.
import { simulateWorld } from './world.ts';

const first = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 1);
let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const { violations, calls, ends } = await simulateWorld(seed);
  if (violations.length > 0) failed += 1;
  if (violations.length > 0 || count === 1) {
    console.log(`seed ${seed}: ${calls} calls: ${JSON.stringify(ends)}`);
    for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
  }
}
console.log(`${count} worlds, ${failed} with a fault`);
process.exit(failed === 0 ? 0 : 1);
