import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { measure } from './load.ts';
import { storedTraces } from './storedTraces.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const PEERS = path.join(root, '.peers', 'gateway', 'node_modules');
const cli = path.join(root, 'dist', 'cli.js');

/** What requests are sent to. */
export interface Passage {
  name: string;
  base: string;
  headers?: { readonly [name: string]: string };
  /** Of the process that passes requests on. */
  pid: number | undefined;
  /** Of another that keeps its traces. */
  keeperPid?: number | undefined;
  stop(): Promise<void>;
  /** Once it has stopped: traces with tokens that are in its store. Absent where it keeps none. */
  traces?(): number;
}

/** As peers are run where they matter. */
const PRODUCTION = { ...process.env, NODE_ENV: 'production' };

/** A process that sends its address first. */
async function forked(name: string, file: string, ...args: string[]): Promise<Passage> {
  const child = fork(path.join(import.meta.dirname, file), args, {
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    env: PRODUCTION,
  });
  const [base] = await once(child, 'message');
  return { name, base: String(base), pid: child.pid, stop: () => ended(child) };
}

export function startUpstream(): Promise<Passage> {
  return forked('direct', 'upstreamProcess.ts');
}

/** One that is not installed is skipped, and said. */
export async function startPeer(kind: string, upstream: Passage): Promise<Passage | undefined> {
  const keepsTraces = kind.endsWith(TRACES);
  const needed = [
    kind.startsWith('http-proxy') ? 'http-proxy' : '@fastify/http-proxy',
    ...(keepsTraces ? ['@opentelemetry/sdk-trace', '@opentelemetry/exporter-trace-otlp-proto'] : []),
  ];
  const missing = needed.filter((name) => !existsSync(path.join(PEERS, name)));
  if (missing.length > 0) {
    console.log(`skipped: ${kind}, since ${missing.join(', ')} is not installed in .peers/gateway`);
    return undefined;
  }
  if (!keepsTraces) return forked(kind, 'peerProcess.ts', kind, upstream.base);

  const receiver = await startReceiver();
  const peer = await forked(kind, 'peerProcess.ts', kind, upstream.base, receiver.base);
  return {
    ...peer,
    keeperPid: receiver.pid,
    stop: async () => {
      // It sends its last spans before it ends.
      await peer.stop();
      await receiver.stop();
    },
    traces: () => storedTraces(receiver.workspace),
  };
}

/** A peer that does what the gateway does: bodies read, traces kept. */
export const TRACES = '+traces';

/** Keeps the traces that it is sent in a workspace of its own. */
async function startReceiver(): Promise<Passage & { workspace: string }> {
  const workspace = temporaryFolder({});
  const port = await freePort();
  const child = spawn(process.execPath, [cli, 'serve', '--port', String(port)], {
    cwd: workspace,
    stdio: 'ignore',
    env: PRODUCTION,
  });
  const base = `http://127.0.0.1:${port}`;
  await answers(base);
  return { name: 'receiver', base, pid: child.pid, stop: () => ended(child), workspace };
}

/** Portkey's gateway, which knows providers and models as ours does. */
export async function startPortkey(upstream: Passage): Promise<Passage | undefined> {
  const program = path.join(PEERS, '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (!existsSync(program)) {
    console.log('skipped: @portkey-ai/gateway is not installed in .peers/gateway');
    return undefined;
  }
  const port = await freePort();
  const child = spawn(process.execPath, [program, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: PRODUCTION,
  });
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
      env: PRODUCTION,
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
    traces: () => storedTraces(workspace),
  };
}

/** Measured once it is warm; `asked` counts the requests of both. */
export async function measured(
  proxy: Passage,
  options: { model: string; stream?: boolean; seconds: number; loops?: number },
) {
  const { base, headers = {} } = proxy;
  const load = { base, headers, loops: 32, ...options };
  const warm = await measure({ ...load, seconds: 1 });
  const result = await measure(load);
  return { ...result, asked: warm.calls + result.calls };
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
