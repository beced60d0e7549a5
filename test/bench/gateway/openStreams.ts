import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { startGateway, startUpstream } from './proxies.ts';

const STREAMS = 500;
/** Of memory, for all of them. */
const MOST_MIB = 150;

/** Memory of the services process while many streams are open. Returns the limits that were missed. */
export async function benchOpenStreams(): Promise<string[]> {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream);
  const before = residentMib(gateway.pid);
  const body = JSON.stringify({
    model: 'drip',
    stream: true,
    messages: [{ role: 'user', content: 'go on' }],
  });
  const open = Array.from({ length: STREAMS }, () => {
    const outgoing = request(`${gateway.base}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...gateway.headers },
    });
    outgoing.on('error', () => {});
    outgoing.end(body);
    return new Promise<boolean>((resolve) => {
      outgoing.once('response', (reply) => reply.once('data', () => resolve(reply.statusCode === 200)));
      outgoing.once('error', () => resolve(false));
    });
  });
  const opened = (await Promise.all(open)).filter(Boolean).length;
  const during = residentMib(gateway.pid);
  console.log(
    `\n${opened} open streams: ${during - before} MiB more (limit ${MOST_MIB}), ${during} MiB in all`,
  );
  await gateway.stop();
  await upstream.stop();
  return [
    ...(opened === STREAMS ? [] : [`${STREAMS - opened} streams did not open`]),
    ...(during - before <= MOST_MIB ? [] : ['open streams take more memory']),
  ];
}

function residentMib(pid: number | undefined): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}
