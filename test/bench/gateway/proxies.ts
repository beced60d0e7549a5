import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { measure } from './load.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const PEERS = path.join(root, '.peers', 'gateway', 'node_modules');
const cli = path.join(root, 'dist', 'cli.js');

/** What requests are sent to. */
export interface Passage {
  name: string;
  base: string;
  headers?: { readonly [name: string]: string };
  /** Undefined for a direct call. */
  pid: number | undefined;
  stop(): Promise<void>;
}

/** A process that sends its address first. */
async function forked(name: string, file: string, ...args: string[]): Promise<Passage> {
  const child = fork(path.join(import.meta.dirname, file), args, {
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  const [base] = await once(child, 'message');
  return { name, base: String(base), pid: child.pid, stop: () => ended(child) };
}

export function startUpstream(): Promise<Passage> {
  return forked('direct', 'upstreamProcess.ts');
}

/** One that is not installed is skipped, and said. */
export async function startPeer(kind: string, upstream: Passage): Promise<Passage | undefined> {
  const needed = kind.startsWith('http-proxy') ? 'http-proxy' : '@fastify/http-proxy';
  if (existsSync(path.join(PEERS, needed))) return forked(kind, 'peerProcess.ts', kind, upstream.base);
  console.log(`skipped: ${needed} is not installed in .peers/gateway`);
  return undefined;
}

/** Portkey's gateway, which knows providers and models as ours does. */
export async function startPortkey(upstream: Passage): Promise<Passage | undefined> {
  const program = path.join(PEERS, '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (!existsSync(program)) {
    console.log('skipped: @portkey-ai/gateway is not installed in .peers/gateway');
    return undefined;
  }
  const port = await freePort();
  const child = spawn(process.execPath, [program, `--port=${port}`, '--headless'], { stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;
  await answers(`${base}/`);
  return {
    ...{ name: 'portkey', base, pid: child.pid, stop: () => ended(child) },
    headers: {
      authorization: 'Bearer none',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream.base}/v1`,
    },
  };
}

/** The services process of a workspace of its own, which also keeps the traces of what passes. `shadow`: the model that gets copies. */
export async function startGateway(
  upstream: Passage,
  shadow?: string,
): Promise<Passage & { workspace: string }> {
  const copies = shadow ? `\n      shadow: { to: bench/${shadow}, share: 1, max_pairs: 1000000 }` : '';
  const workspace = temporaryFolder({
    'touchstone.yaml': `providers:
  bench: { base_url: "${upstream.base}/v1" }
gateway:
  routes:
    bench:
      to: bench${copies}
`,
  });
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [cli, 'serve', '--port', '0', '--gateway', '--gateway-port', String(port)],
    {
      cwd: workspace,
      stdio: 'ignore',
    },
  );
  const base = `http://127.0.0.1:${port}`;
  await answers(`${base}/v1/models`);
  const token = await tokenOf(workspace);
  return {
    ...{ name: shadow ? `gateway, shadow: ${shadow}` : 'gateway', base, workspace },
    headers: { authorization: `Bearer ${token}` },
    pid: child.pid,
    stop: () => ended(child),
  };
}

/** Measured once it is warm. */
export async function measured(
  proxy: Passage,
  options: { model: string; stream?: boolean; seconds: number; loops?: number },
) {
  const { base, headers = {} } = proxy;
  const load = { base, headers, loops: 32, ...options };
  await measure({ ...load, seconds: 1 });
  return measure(load);
}

async function tokenOf(workspace: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'gateway', 'env', '--json'], {
    cwd: workspace,
  });
  const env = JSON.parse(stdout) as { OPENAI_API_KEY: string };
  return env.OPENAI_API_KEY;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whatever it answers. */
async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply) return void (await reply.arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${url}`);
}

async function ended(child: ChildProcess): Promise<void> {
  const over = once(child, 'exit');
  child.kill();
  await over;
}
