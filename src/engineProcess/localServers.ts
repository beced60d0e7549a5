import { z } from 'zod';
import { exchange } from '../engine/http/exchange.ts';
import { Connection } from '../engine/http/httpConnection.ts';
import { systemClock } from '../engine/ports.ts';

export interface LocalServer {
  name: string;
  /** Ends with /v1. */
  baseUrl: string;
  models: string[];
}

/** Model servers by the port that each listens on unless it was told otherwise. */
const KNOWN = [
  { name: 'Ollama', port: 11_434 },
  { name: 'LM Studio', port: 1_234 },
  { name: 'llama.cpp', port: 8_080 },
  { name: 'vLLM', port: 8_000 },
] as const;

/** A server on this machine answers at once or not at all; in milliseconds. */
const PATIENCE_MS = 1_500;
/** A list of models is small; more than this is something else. */
const MAX_BYTES = 1_000_000;

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/**
 * Asks the usual ports of this machine for their models, all at once. A server that is not there, or is
 * something else, is left out. `known` may name other ports.
 */
export async function findLocalServers(
  signal: AbortSignal,
  known: readonly { name: string; port: number }[] = KNOWN,
): Promise<LocalServer[]> {
  const asked = await Promise.all(known.map((server) => ask(server, signal)));
  signal.throwIfAborted();
  return asked.filter((server) => server !== undefined);
}

async function ask(
  { name, port }: { name: string; port: number },
  signal: AbortSignal,
): Promise<LocalServer | undefined> {
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const connection = new Connection();
  try {
    const request = {
      url: new URL(`${baseUrl}/models`),
      method: 'GET',
      headers: { accept: 'application/json', connection: 'close' },
    };
    const limit = { clock: systemClock, ms: PATIENCE_MS };
    const list = await exchange({ connection, request, signal, limit }, async (reply) =>
      reply.ok ? modelList.safeParse(JSON.parse(await reply.text(MAX_BYTES))) : undefined,
    );
    if (!list?.success) return undefined;
    return { name, baseUrl, models: list.data.data.map(({ id }) => id).sort() };
  } catch {
    return undefined;
  } finally {
    connection.close();
  }
}
