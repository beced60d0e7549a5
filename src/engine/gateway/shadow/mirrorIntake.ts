import type { JsonObject } from '../../model/json.ts';
import type { Clock } from '../../ports.ts';
import type { RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { DropReason } from './drops.ts';
import type { MirrorJob } from './mirrorQueue.ts';
import { bodyObject } from './tools/bodyJson.ts';
import { isSuccess } from './tools/candidateLoop.ts';
import { isToolApi, lastResults, type ToolApi } from './tools/conversation.ts';
import { readTurn } from './tools/readTurn.ts';
import { ToolLoops } from './tools/toolLoops.ts';
import { readToolRequest } from './tools/toolRequest.ts';

interface IntakePorts {
  clock: Clock;
  onJob(job: MirrorJob): void;
  onDrop(reason: DropReason): void;
  /** Hears of a bug. */
  onBug(error: unknown): void;
}

/** An exchange that is to be looked at; `isChosen`: it is in the share, and begun while copies are made. */
interface Arrived {
  exchange: FinishedExchange;
  isChosen: boolean;
}

/** Exchanges that were not looked at yet, and what they keep. */
const MOST_ARRIVED = 256;
const MOST_BYTES = 32 * 1024 * 1024;
/** Redaction searches text by text, and must not take long. */
const MOST_REDACTED_BYTES = 256 * 1024;

/** Decides which exchanges become copies, one at a time, so that requests of clients come in between. */
export class MirrorIntake {
  readonly #route: RouteConfig;
  readonly #ports: IntakePorts;
  readonly #loops: ToolLoops;
  readonly #arrived: Arrived[] = [];
  #bytes = 0;
  #isClosed = false;

  constructor(route: RouteConfig, ports: IntakePorts) {
    this.#route = route;
    this.#ports = ports;
    this.#loops = new ToolLoops({
      clock: ports.clock,
      onEnd: ({ primary, calls }) => ports.onJob({ primary, recorded: calls }),
      onLoss: ports.onDrop,
    });
  }

  /** Whether exchanges outside the share are of use: they may go on with a loop within it. */
  get wantsMore(): boolean {
    return this.#loops.isWaiting;
  }

  add(exchange: FinishedExchange, isChosen: boolean): void {
    if (this.#isClosed) return;
    const bytes = bytesOf(exchange);
    if (this.#arrived.length >= MOST_ARRIVED || this.#bytes + bytes > MOST_BYTES) {
      if (isChosen) this.#ports.onDrop('queue-full');
      return;
    }

    this.#arrived.push({ exchange, isChosen });
    this.#bytes += bytes;
    if (this.#arrived.length === 1) setImmediate(this.#next);
  }

  close(): void {
    this.#isClosed = true;
    this.#arrived.length = 0;
    this.#loops.close();
  }

  readonly #next = (): void => {
    const [arrived] = this.#arrived;
    if (!arrived) return;

    try {
      this.#look(arrived);
    } catch (error) {
      if (arrived.isChosen) this.#ports.onDrop('failed');
      this.#ports.onBug(error);
    }

    this.#arrived.shift();
    this.#bytes -= bytesOf(arrived.exchange);
    if (this.#arrived.length > 0) setImmediate(this.#next);
  };

  #look({ exchange, isChosen }: Arrived): void {
    const { api } = exchange;
    if (api === 'models') return;

    const reason = this.#unfit(exchange);
    if (reason !== null) {
      if (isChosen) this.#ports.onDrop(reason);
      return;
    }

    if (!isToolApi(api)) {
      if (isChosen) this.#ports.onJob({ primary: exchange, recorded: [] });
      return;
    }
    const body = bodyObject(exchange.request.body);
    if (body) this.#lookAtModel({ exchange, isChosen }, api, body);
    else if (isChosen) this.#ports.onDrop('unreadable');
  }

  /** Why it is not copied, whatever it says; null where it may be. */
  #unfit(exchange: FinishedExchange): DropReason | null {
    const { api, request, reply } = exchange;
    if (api === 'embeddings') return 'nothing-to-judge';
    if (api === 'agent' && !this.#route.isSafeToMirror) return 'unsafe';
    if (!isSuccess(exchange)) return 'unsuccessful';
    if (!request.body || !reply || (!reply.body && !exchange.summary)) return 'too-long';
    return this.#route.keep === 'redacted' && bytesOf(exchange) > MOST_REDACTED_BYTES ? 'too-long' : null;
  }

  #lookAtModel({ exchange, isChosen }: Arrived, api: ToolApi, body: JsonObject): void {
    const said = readToolRequest(api, body);
    const turn = readTurn(api, exchange);
    if (this.#loops.take(exchange, said, turn) || !isChosen) return;

    const { onDrop, onJob } = this.#ports;
    if (said.isUnsafe && !this.#route.isSafeToMirror) onDrop('unsafe');
    else if (lastResults(api, said.items).length > 0) onDrop('mid-loop');
    else if (turn.calls.length > 0) this.#loops.begin(exchange, said, turn);
    else onJob({ primary: exchange, recorded: [] });
  }
}

function bytesOf({ request, reply }: FinishedExchange): number {
  return (request.body?.length ?? 0) + (reply?.body?.length ?? 0);
}
