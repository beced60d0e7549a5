// The sample's newer agent is deployed over the older one while customers ask, and a version with planted faults is rolled back; all of it
// measured as it happens. `npm run demo:deploy -- --help` lists the options.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { main as touchstone } from '../src/cli/main.ts';
import { processIo } from '../src/cli/terminal/io.ts';
import { systemClock } from '../src/engine/ports.ts';
import type { ServicesStatus } from '../src/protocol/servicesCalls.ts';
import { ServicesLink } from '../src/services/servicesLink.ts';
import { stopServices } from '../src/services/stopServices.ts';
import { DemoCustomers } from './demoDeploy/customers.ts';
import { createDeployWorkspace } from './demoDeploy/deployWorkspace.ts';
import { OlderAgent } from './demoDeploy/olderAgent.ts';

const HELP = `npm run demo:deploy -- [options]
  --rate N         questions a second (default: 20)
  --seed N         other customers (default: 1)
  --folder PATH    where the copy of the sample workspace is made (default: a temporary folder)
  --keep           leave the folder and the processes for a look with the editor; touchstone serve --stop ends them`;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else process.exitCode = await demo();

/** 0 where the newer agent reached 100 % and the faulty one was rolled back, without a failed question. */
async function demo(): Promise<number> {
  const [rate, seed] = [amount('rate'), amount('seed')];
  const ended = new AbortController();
  // A command that waits at this moment ends by itself.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => ended.abort());
  const { signal } = ended;
  const older = await OlderAgent.start();
  const folder = createDeployWorkspace(older.port, values.folder);
  const customers = new DemoCustomers();
  let asking: Promise<void> | undefined;

  try {
    const { url, token } = await openGateway(folder);
    asking = customers.run({ url, token, rate, seed, signal });
    console.log(`\nCustomers ask ${rate} questions a second; the older agent answers them.\n`);
    const good = await deploy(folder, 'newer');
    if (good === 0) await untilDone(folder, signal);
    if (signal.aborted) return 130;
    console.log('\nNow a version that is slow, refuses refunds and evades questions.\n');
    const bad = await deploy(folder, 'faulty');
    if (signal.aborted) return 130;

    ended.abort();
    await asking;
    const answers = `${customers.asked} questions, ${customers.failed} without an answer.`;
    const isAsMeant = good === 0 && bad === 1 && customers.failed === 0;
    console.log(`\n${answers}\nThe newer agent ${good === 0 ? 'serves' : 'did not get all the traffic'};`);
    console.log(`the faulty one ${bad === 1 ? 'was rolled back' : 'was not rolled back'}.`);
    return isAsMeant ? 0 : 1;
  } finally {
    ended.abort();
    await asking;
    if (values.keep) tellWhatStays(folder, older);
    else {
      await stopServices(folder, systemClock);
      await older.stop();
      if (values.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

function deploy(folder: string, version: string): Promise<number> {
  const io = { ...processIo(), cwd: folder };
  console.log(`$ touchstone deploy start desk --to ${version} --wait --yes`);
  return touchstone(['deploy', 'start', 'desk', '--to', version, '--wait', '--yes'], io);
}

/** The older agent is kept for a moment, for a way back; then the deployment is done, and the next one begins at the newer agent. */
async function untilDone(folder: string, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>();
  const look = ({ deployments }: ServicesStatus): void => {
    if (deployments.entries.some(({ phase }) => phase === 'done')) done.resolve();
  };
  signal.addEventListener('abort', () => done.resolve());
  const link = await ServicesLink.attach(
    folder,
    { client: 'terminal', clock: systemClock, onStatus: look, onGone: () => done.resolve() },
    signal,
  );
  try {
    look(await link.call('services/status', {}));
    await done.promise;
  } finally {
    link.close();
  }
}

function tellWhatStays(folder: string, older: OlderAgent): void {
  older.leave();
  console.log(`
The workspace stays: ${folder}
End its services there with: touchstone serve --stop
The older agent is process ${older.pid}.`);
}

async function openGateway(folder: string): Promise<{ url: string; token: string }> {
  const signal = new AbortController().signal;
  const link = await ServicesLink.attach(folder, { client: 'terminal', clock: systemClock }, signal);
  try {
    const { gateway } = await link.call('gateway/start', { port: 0, keep: true });
    if (gateway.state !== 'serving') throw new Error('the gateway does not serve');
    return { url: `${gateway.endpoint}/agents/desk`, token: gateway.token };
  } finally {
    link.close();
  }
}

/** Throws where it is not a number above 0. */
function amount(name: 'rate' | 'seed'): number {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Error(`--${name} needs a number above 0, not '${values[name]}'`);
}
