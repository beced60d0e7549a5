// The sample agent as a server with customers, and a bad release that comes and goes: what live quality looks like, computed for real.
// `npm run demo:live -- --help` lists the options.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AlertLines } from './demoLive/alertLines.ts';
import { createDemoWorkspace, prepareDemoWorkspace } from './demoLive/demoWorkspace.ts';
import { releaseNowAndThen } from './demoLive/faults.ts';
import { figuresLine } from './demoLive/figures.ts';
import { LiveAgent } from './demoLive/liveAgent.ts';
import { LiveReceiver } from './demoLive/liveReceiver.ts';
import { sendTraffic } from './demoLive/traffic.ts';

const root = path.join(import.meta.dirname, '..');
/** Between two lines of figures, in milliseconds. */
const LINE_MS = 5_000;

const HELP = `npm run demo:live -- [options]
  --minutes N      end after so many minutes (default: with Ctrl-C)
  --cycle N        seconds from one bad release to the next (default: 180)
  --rate N         questions a second on average (default: 3)
  --editor NAME    the editor's command (default: code, where it is installed)
  --no-editor      open none
  --folder PATH    a copy of the sample workspace to work in (default: a temporary one)
  --port N         port to receive traces on (default: any that is free)
  --seed N         other customers (default: 1)`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    cycle: { type: 'string', default: '180' },
    rate: { type: 'string', default: '3' },
    editor: { type: 'string' },
    'no-editor': { type: 'boolean', default: false },
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const [rate, seed, port] = [amount('rate'), amount('seed'), amount('port')];
  const cycleMs = amount('cycle') * 1_000;
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const { signal } = ended;
  if (values.minutes !== undefined) setTimeout(() => ended.abort(), amount('minutes') * 60_000).unref();

  const folder = values.folder ?? createDemoWorkspace();
  if (values.folder !== undefined) prepareDemoWorkspace(folder);
  const receiver = await LiveReceiver.start(folder, port);
  const agent = await LiveAgent.start(receiver.endpoint, seed);
  const isOpened = values['no-editor'] ? false : openEditor(folder);
  tellWhere(folder, { agent, receiver, isOpened });

  try {
    await Promise.all([
      sendTraffic({ agent, rate, seed, signal }),
      releaseNowAndThen(agent, cycleMs, { tell, signal }),
      tellFigures(folder, signal),
    ]);
  } finally {
    console.log('stopping');
    await agent.stop();
    await receiver.stop();
  }
  if (isOpened) console.log(`The workspace stays, since the editor shows it: ${folder}`);
  else if (values.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Whether it was opened. The extension is loaded from here. */
function openEditor(folder: string): boolean {
  const command = values.editor ?? 'code';
  const found = spawnSync(command, ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' });
  if (found.status !== 0) {
    if (values.editor !== undefined) console.error(`the editor '${command}' could not be started`);
    return false;
  }

  const built = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) return false;
  const options = ['--new-window', `--extensionDevelopmentPath=${root}`, folder];
  spawn(command, options, { stdio: 'ignore', detached: true, shell: process.platform === 'win32' }).unref();
  return true;
}

function tellWhere(
  folder: string,
  { agent, receiver, isOpened }: { agent: LiveAgent; receiver: LiveReceiver; isOpened: boolean },
): void {
  // The Node of this project: that of another terminal may be too old for it.
  const cli = [process.execPath, path.join(root, 'src', 'cli.ts')].map(quoted).join(' ');
  console.log(`
The sample agent answers on ${agent.url}, and sends its traces to ${receiver.endpoint}.
Customers ask ${values.rate} questions a second on average, sometimes more and sometimes fewer. A bad release comes and goes every ${values.cycle} seconds:
quality falls, latency rises, and alerts fire until it is rolled back.

${isOpened ? 'In the editor that opens' : `In an editor with the extension, on ${folder}`}: Touchstone: Open Monitor
In another terminal, in ${folder}:
  ${cli} traces tail
  ${cli} metrics --since 5min
  ${cli} alerts list

Ctrl-C ends it.
`);
}

async function tellFigures(folder: string, signal: AbortSignal): Promise<void> {
  const alerts = new AlertLines(folder);
  const beganMs = Date.now();
  while (!signal.aborted) {
    await sleep(LINE_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    for (const line of alerts.next()) tell(line);
    const line = figuresLine(folder, beganMs);
    if (line !== undefined) tell(line);
  }
}

/** As shells take it. */
function quoted(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `"${text}"`;
}

function tell(text: string): void {
  console.log(`${new Date().toLocaleTimeString('en', { hourCycle: 'h23' })}  ${text}`);
}

/** Throws where it is not a number from 0 up. */
function amount(name: 'minutes' | 'cycle' | 'rate' | 'port' | 'seed'): number {
  const text = values[name] ?? '';
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new Error(`--${name} needs a number, not '${text}'`);
}
