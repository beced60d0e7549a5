// 10,000 worlds drawn from seeds, in which the protection of model calls runs as it is: none may break a promise. A number is how many.
import { simulateWorld } from '../simulation/world/world.ts';

const worlds = Number(process.argv[2] ?? 10_000);
const begun = process.cpuUsage();
let calls = 0;
let broken = 0;
for (let seed = 1; seed <= worlds; seed += 1) {
  const report = await simulateWorld(seed);
  calls += report.calls;
  if (report.violations.length === 0) continue;
  broken += 1;
  console.log(`seed ${seed}: ${report.violations[0]}\n  again: node test/simulation/world/main.ts ${seed}`);
}
const { user, system } = process.cpuUsage(begun);
console.log(
  `${worlds} worlds, ${calls} calls, ${broken} worlds with a broken promise (limit: 0); ${((user + system) / 1e6).toFixed(0)} s of processor time`,
);
process.exit(broken === 0 ? 0 : 1);
