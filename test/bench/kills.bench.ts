// The receiver is killed with SIGKILL again and again while it receives: no acknowledged span may be lost, and none be there
// twice. A number says how often; 100 by default.
import { killWhileReceiving } from '../support/otlp/killedReceiver.ts';

const killed = await killWhileReceiving(Number(process.argv[2] ?? 100), 1);
console.log(
  `${killed.kills} kills: ${killed.acknowledged} spans acknowledged, ${killed.resent} batches sent again; ${killed.lost} lost, ${killed.twice} twice`,
);
console.log('limit: none lost, none twice');
process.exit(killed.lost + killed.twice === 0 ? 0 : 1);
