import { nodeHttp, nodeHttps, nodeNet } from '../../../http/nodeHttp.ts';

/** How long an answer may take, in milliseconds. */
const PROBE_MS = 2_000;

/** Null where it answers 2xx; else why it is not ready. Redirects are not followed. Rejects with the reason of the signal. */
export async function probePath(url: URL, signal: AbortSignal): Promise<string | null> {
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? nodeHttps() : nodeHttp();
    const asked = request(url, { agent: false, timeout: PROBE_MS, signal }, (reply) => {
      const { statusCode: status = 0 } = reply;
      reply.destroy();
      resolve(status >= 200 && status < 300 ? null : `${url.pathname} answers ${status}`);
    });
    asked.on('timeout', () => {
      resolve(`${url.pathname} does not answer within ${PROBE_MS / 1000} s`);
      asked.destroy();
    });
    asked.on('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else resolve(`${url.pathname} does not answer: ${codeOf(error)}`);
    });
    asked.end();
  });
}

/** Null where it can be connected to; else why not. Rejects with the reason of the signal. */
export async function probeConnection(url: URL, signal: AbortSignal): Promise<string | null> {
  signal.throwIfAborted();
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return await new Promise((resolve, reject) => {
    const socket = nodeNet().connect({ host, port, timeout: PROBE_MS });
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const end = (reason: string | null): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(reason);
    };
    socket.on('connect', () => end(null));
    socket.on('timeout', () => end(`no connection to ${url.host} within ${PROBE_MS / 1000} s`));
    socket.on('error', (error) => end(`no connection to ${url.host}: ${codeOf(error)}`));
  });
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
