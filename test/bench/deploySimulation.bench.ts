// 2,000 deployments drawn from seeds, among everything that goes wrong: none may break a promise. A number is how many.
import { simulateDeployment } from '../support/deploy/simulateDeployment.ts';

const deployments = Number(process.argv[2] ?? 2_000);
const begun = process.cpuUsage();
const ends = new Map<string, number>();
let crashes = 0;
let broken = 0;
for (let seed = 1; seed <= deployments; seed += 1) {
  const simulated = await simulateDeployment(seed);
  crashes += simulated.crashes;
  ends.set(simulated.phase, (ends.get(simulated.phase) ?? 0) + 1);
  if (simulated.problems.length === 0) continue;
  broken += 1;
  console.log(simulated.problems.join('\n'));
}
const { user, system } = process.cpuUsage(begun);
const ended = [...ends].map(([phase, count]) => `${count} ${phase}`).join(', ');
console.log(
  `${deployments} deployments (${ended}), ${crashes} crashes, ${broken} with a broken promise (limit: 0); ${((user + system) / 1e6).toFixed(0)} s of processor time`,
);
process.exit(broken === 0 ? 0 : 1);
