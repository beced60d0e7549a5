import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { isRunning, processIdentity } from '../../src/engine/processes/processIdentity.ts';
import { PoolLedger } from '../../src/engine/store/tables/poolLedger.ts';
import { seededRandom } from './seededRandom.ts';

/**
 * Makes calls within one budget, several at once, until it is used up, and then ends, or stays where it is to be killed; begins once it is told to, after it has said that it is
 * `ready`. Each further line that it writes is done for certain: `reserved N`, `settled N M` (N was reserved, M used).
 */
const [, , file = '', seed = '1', limit = '0', then = 'end'] = process.argv;
const random = seededRandom(Number(seed));
const owner = { pid: process.pid, host: 'here', started: processIdentity(process.pid), alive: isRunning };
const ledger = PoolLedger.open(file, owner);
const open: { reservation: { id: number; expiresAt: number }; tokens: number }[] = [];

writeSync(1, 'ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();

for (;;) {
  const now = Date.now();
  const tokens = 50 + Math.floor(random() * 100);
  const limits = { tokensPerHour: Number(limit) };
  const decision = ledger.reserve('judge', { tokens, costUsd: null }, limits, now, now + 600_000);
  if (decision.granted) {
    open.push({ reservation: decision.reservation, tokens });
    writeSync(1, `reserved ${tokens}\n`);
  }

  if (open.length < 5 && decision.granted) continue;
  const ended = open.shift();
  if (!ended) break;
  const used = Math.floor(random() * (ended.tokens + 1));
  ledger.settle(ended.reservation, { tokens: used, costUsd: null }, now);
  writeSync(1, `settled ${ended.tokens} ${used}\n`);
}

ledger.close();
if (then === 'stay') setInterval(() => {}, 60_000);
