import type { JsonValue } from '../../../model/json.ts';
import type { Clock } from '../../../ports.ts';
import type { FinishedExchange } from '../../exchange/finishedExchange.ts';
import type { AssistantTurn, TurnCall } from './assistantTurn.ts';
import { conversationKey, hasUserTurn, lastResults, resultsIn } from './conversation.ts';
import type { RecordedCall } from './recordedCalls.ts';
import { summedExchange } from './summedExchange.ts';
import type { ToolRequest } from './toolRequest.ts';

/** A loop goes on within this time after its last answer, and ends within that one; in milliseconds. */
const IDLE_MS = 2 * 60_000;
const WHOLE_MS = 30 * 60_000;
/** Loops waited for at once on a route, and what they keep. */
const MOST_LOOPS = 256;
const MOST_BYTES = 16 * 1024 * 1024;

/** What an agent did between a person's request and its answer. */
interface WholeLoop {
  /** The first request with the last answer. */
  primary: FinishedExchange;
  calls: RecordedCall[];
}

/** Why a loop is not compared. */
export type LoopLoss = 'loop-unfinished' | 'loop-interrupted' | 'loop-limit';

/**
 * Puts the requests of an agent's loops together: a model asks for tools, and the agent's next request repeats the conversation and
 * adds their results. Bounded in time and memory.
 */
export class ToolLoops {
  readonly #clock: Clock;
  readonly #onEnd: (loop: WholeLoop) => void;
  readonly #onLoss: (why: LoopLoss) => void;
  readonly #open = new Set<OpenLoop>();
  #bytes = 0;

  constructor(ports: {
    clock: Clock;
    onEnd: (loop: WholeLoop) => void;
    onLoss: (why: LoopLoss) => void;
  }) {
    this.#clock = ports.clock;
    this.#onEnd = ports.onEnd;
    this.#onLoss = ports.onLoss;
  }

  /** Whether an exchange to come may belong to one. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /** `turn` asks for tools, and nothing came before it. */
  begin(exchange: FinishedExchange, said: ToolRequest, turn: AssistantTurn): void {
    const bytes = exchange.request.body?.length ?? 0;
    while (this.#open.size >= MOST_LOOPS || (this.#open.size > 0 && this.#bytes + bytes > MOST_BYTES)) {
      const [oldest] = this.#open;
      if (oldest) this.#lose(oldest, 'loop-limit');
    }

    const loop: OpenLoop = {
      exchanges: [exchange],
      calls: [],
      tip: tipOf(exchange, said, turn),
      bytes,
      dueMs: 0,
      endMs: this.#clock.monotonic() + WHOLE_MS,
      isAnswer: said.isToolForced,
      stop: new AbortController(),
    };
    this.#open.add(loop);
    this.#bytes += bytes;
    this.#await(loop);
    void this.#watch(loop);
  }

  /** Takes an exchange that goes on with a loop; false where it does not. */
  take(exchange: FinishedExchange, said: ToolRequest, turn: AssistantTurn): boolean {
    for (const loop of this.#open) {
      const added = addedTo(loop, exchange, said);
      if (!added) continue;

      if (hasUserTurn(said.api, added)) this.#lose(loop, 'loop-interrupted');
      else this.#continue(loop, exchange, { said, turn, added });
      return true;
    }
    return false;
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const loop of [...this.#open]) this.#close(loop);
  }

  #continue(
    loop: OpenLoop,
    exchange: FinishedExchange,
    { said, turn, added }: { said: ToolRequest; turn: AssistantTurn; added: readonly JsonValue[] },
  ): void {
    const results = resultsIn(said.api, added);
    loop.calls.push(...loop.tip.calls.map((call) => ({ ...call, result: results.get(call.id) })));
    const bytes = JSON.stringify([...results.values()]).length;
    loop.bytes += bytes;
    this.#bytes += bytes;

    loop.exchanges = [...loop.exchanges.map(withoutReply), withoutRequest(exchange)];
    loop.tip = tipOf(exchange, said, turn);
    loop.isAnswer = false;
    this.#await(loop);
    if (turn.calls.length === 0) this.#end(loop);
    else if (this.#bytes > MOST_BYTES) this.#lose(loop, 'loop-limit');
  }

  #await(loop: OpenLoop): void {
    loop.dueMs = Math.min(loop.endMs, this.#clock.monotonic() + IDLE_MS);
  }

  async #watch(loop: OpenLoop): Promise<void> {
    try {
      for (let left = 1; left > 0; left = loop.dueMs - this.#clock.monotonic())
        await this.#clock.sleep(loop.dueMs - this.#clock.monotonic(), loop.stop.signal);
    } catch {
      return;
    }

    if (!loop.isAnswer) return this.#lose(loop, 'loop-unfinished');
    loop.calls.push(...loop.tip.calls.map((call) => ({ ...call, result: undefined })));
    this.#end(loop);
  }

  #end(loop: OpenLoop): void {
    this.#close(loop);
    this.#onEnd({ primary: summedExchange(loop.exchanges), calls: loop.calls });
  }

  #lose(loop: OpenLoop, why: LoopLoss): void {
    this.#close(loop);
    this.#onLoss(why);
  }

  #close(loop: OpenLoop): void {
    loop.stop.abort();
    if (this.#open.delete(loop)) this.#bytes -= loop.bytes;
  }
}

interface OpenLoop {
  /** The first with its request, and the last with its reply. */
  exchanges: FinishedExchange[];
  calls: RecordedCall[];
  tip: Tip;
  bytes: number;
  dueMs: number;
  endMs: number;
  /** Its calls may be all that was wanted, as where a request demands one. */
  isAnswer: boolean;
  stop: AbortController;
}

/** Where a loop stands: what its next request begins with, and the calls whose results it brings. */
interface Tip {
  items: number;
  key: string;
  responseId: string | null;
  calls: readonly TurnCall[];
}

function tipOf({ summary }: FinishedExchange, { api, items }: ToolRequest, { calls }: AssistantTurn): Tip {
  return {
    items: items.length,
    key: conversationKey(api, items),
    responseId: summary?.responseId ?? null,
    calls,
  };
}

/**
 * What a request adds to a loop; undefined where it does not go on with it. It brings the result of a call, and repeats the
 * conversation, or names the response that the provider keeps, or is of the same session or trace: agents also shorten what was said.
 */
function addedTo(
  { tip, exchanges }: OpenLoop,
  exchange: FinishedExchange,
  { api, items, previousResponseId }: ToolRequest,
): readonly JsonValue[] | undefined {
  const isAnswering = (added: readonly JsonValue[]) => {
    const results = resultsIn(api, added);
    return tip.calls.some(({ id }) => results.has(id));
  };
  const isStored = previousResponseId !== null && previousResponseId === tip.responseId;
  const added = isStored ? items : items.slice(tip.items);
  if (isAnswering(added) && (isStored || conversationKey(api, items.slice(0, tip.items)) === tip.key))
    return added;

  const [first] = exchanges;
  const isSame = (key: 'stickyKey' | 'traceId') => exchange[key] !== null && exchange[key] === first?.[key];
  const last = lastResults(api, items);
  return isAnswering(last) && (isSame('stickyKey') || isSame('traceId')) ? last : undefined;
}

/** What nobody reads any more. */
function withoutReply(exchange: FinishedExchange): FinishedExchange {
  return exchange.reply ? { ...exchange, reply: { ...exchange.reply, body: null } } : exchange;
}

function withoutRequest(exchange: FinishedExchange): FinishedExchange {
  return { ...exchange, request: { ...exchange.request, body: null } };
}
