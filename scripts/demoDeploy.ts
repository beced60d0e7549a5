// The sample's newer agent is deployed over the older one while customers ask, and a version with planted faults is rolled back; all of it
// measured as it happens. `npm run demo:deploy -- --help` lists the options.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { main as touchstone } from '../src/cli/main.ts';
import { processIo } from '../src/cli/terminal/io.ts';
import { systemClock } from '../src/engine/ports.ts';
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
  const older = await OlderAgent.start();
  const folder = createDeployWorkspace(older.port, values.folder);
  const ended = new AbortController();
  const customers = new DemoCustomers();
  const { url, token } = await openGateway(folder);
  const { signal } = ended;
  const asking = customers.run({ url, token, rate: Number(values.rate), seed: Number(values.seed), signal });

  try {
    console.log(`\nCustomers ask ${values.rate} questions a second; the older agent answers them.\n`);
    const good = await deploy(folder, 'newer');
    console.log('\nNow a version that is slow, refuses refunds and evades questions.\n');
    const bad = await deploy(folder, 'faulty');
    console.log(`\n${customers.asked} questions, ${customers.failed} without an answer.`);
    return good === 0 && bad === 1 && customers.failed === 0 ? 0 : 1;
  } finally {
    ended.abort();
    await asking;
    if (values.keep) console.log(`The workspace stays: ${folder}`);
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
