import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { seededRandom } from '../seededRandom.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { agentRequest, idsOf } from './agentSpans.ts';
import { encodeRequest } from './encodeRequest.ts';

const BATCH = 64;
const SENDERS = 4;
/** A kill comes so soon after the first answer, in milliseconds. */
const MOST_MS = 60;
const STARTED_MS = 1_800_000_000_000;

export interface Killed {
  kills: number;
  /** Spans whose sender was told that they are stored. */
  acknowledged: number;
  /** Of those, how many are not there. */
  lost: number;
  /** Spans that are there more than once. */
  twice: number;
  /** Batches that were sent again since no answer came. */
  resent: number;
}

/** Kills a receiver again and again while senders send; they try again until they are answered, as exporters do. */
export async function killWhileReceiving(kills: number, seed: number): Promise<Killed> {
  const random = seededRandom(seed);
  const root = temporaryFolder();
  const acknowledged: number[] = [];
  const unanswered: number[] = [];
  let next = 0;
  let resent = 0;

  for (let kill = 0; kill < kills; kill += 1) {
    const { child, port } = await startReceiver(root);
    const answered = Promise.withResolvers<void>();
    let alive = true;
    const sender = async (): Promise<void> => {
      while (alive) {
        const again = unanswered.shift();
        if (again !== undefined) resent += 1;
        const batch = again ?? next++;
        if (await isTaken(port, batch)) {
          acknowledged.push(batch);
          answered.resolve();
        } else unanswered.push(batch);
      }
    };
    const senders = Array.from({ length: SENDERS }, sender);
    await answered.promise;
    await new Promise((resolve) => setTimeout(resolve, random() * MOST_MS));
    child.kill('SIGKILL');
    await once(child, 'exit');
    alive = false;
    await Promise.all(senders);
  }

  return { kills, resent, ...count(root, acknowledged) };
}

async function startReceiver(root: string) {
  const child = fork(path.join(import.meta.dirname, 'receiverProcess.ts'), [root], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = await once(child.stdout ?? child, 'data');
  return { child, port: Number(String(line)) };
}

function isTaken(port: number, batch: number): Promise<boolean> {
  const encoding = batch % 2 === 0 ? 'protobuf' : 'json';
  const body = encodeRequest(agentRequest(batch * BATCH, BATCH, STARTED_MS), encoding);
  const headers = { 'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf' };
  return new Promise((resolve) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/v1/traces',
      method: 'POST',
      headers,
      agent: false,
    });
    sent.on('error', () => resolve(false));
    sent.on('response', (response) => {
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(response.statusCode === 200));
      response.resume();
    });
    sent.end(body);
  });
}

function count(root: string, batches: readonly number[]): Pick<Killed, 'acknowledged' | 'lost' | 'twice'> {
  const database = new DatabaseSync(traceStorePath(root));
  const stored = database.prepare('SELECT count(*) AS n FROM spans WHERE trace_id = ? AND span_id = ?');
  let lost = 0;
  for (const batch of batches) {
    for (let index = batch * BATCH; index < (batch + 1) * BATCH; index += 1) {
      const { traceId, spanId } = idsOf(index);
      if (Number(stored.get(traceId, spanId)?.['n']) !== 1) lost += 1;
    }
  }
  const all = database
    .prepare('SELECT count(*) AS n, count(DISTINCT trace_id || span_id) AS ids FROM spans')
    .get();
  database.close();
  return { acknowledged: batches.length * BATCH, lost, twice: Number(all?.['n']) - Number(all?.['ids']) };
}
