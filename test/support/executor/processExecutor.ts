import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import type { Executor } from '../../../src/engine/runs/tickets/executor.ts';
import type { Called, JudgingTicket, Ticket } from '../../../src/engine/runs/tickets/ticket.ts';

/** What is sent to the process, as JSON. */
export type Order =
  | { id: number; work: 'run' | 'call'; ticket: Ticket }
  | { id: number; work: 'judge'; ticket: JudgingTicket }
  | { id: number; work: 'cancel' };

/** What comes back. */
export type Answer = { id: number; result: unknown } | { id: number; error: string };

/** Executes tickets in a process of its own, which has prepared the same run; whatever crosses between them is JSON. */
export class ProcessExecutor implements Executor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #count = 0;

  constructor() {
    const program = path.join(import.meta.dirname, 'executorProcess.ts');
    this.#child = fork(program, { serialization: 'json' });
    this.#child.on('message', (answer: Answer) => this.#waiting.get(answer.id)?.(answer));
  }

  run(ticket: Ticket, signal: AbortSignal): Promise<TrialResult> {
    return this.#ask({ id: this.#next(), work: 'run', ticket }, signal) as Promise<TrialResult>;
  }

  call(ticket: Ticket, signal: AbortSignal): Promise<Called> {
    return this.#ask({ id: this.#next(), work: 'call', ticket }, signal) as Promise<Called>;
  }

  judge(ticket: JudgingTicket, signal: AbortSignal): Promise<TrialResult[]> {
    return this.#ask({ id: this.#next(), work: 'judge', ticket }, signal) as Promise<TrialResult[]>;
  }

  close(): void {
    this.#child.kill();
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  async #ask(order: Order, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const cancel = (): void => void this.#child.send({ id: order.id, work: 'cancel' });
    signal.addEventListener('abort', cancel);
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(order.id, resolve);
      this.#child.send(order);
    });
    this.#waiting.delete(order.id);
    signal.removeEventListener('abort', cancel);
    if ('result' in answer) return answer.result;
    throw signal.aborted ? signal.reason : new Error(answer.error);
  }
}
