import type { ArmTarget } from '../../suites/gateway/gatewayConfig.ts';
import type { FinishedExchange } from './finishedExchange.ts';

/** Hears of exchanges with clients. Neither throws nor takes time: the client waits for neither, but the process does. */
export interface ExchangeListener {
  /** Asked when the route is known: whether the bodies of this exchange are to be kept for it. */
  keeps(begun: { id: string; route: string; arm: string | null; stickyKey: string | null }): boolean;
  finished(exchange: FinishedExchange): void;
}

/** Asks an upstream without a client. */
export interface AskUpstream {
  /**
   * The request of an exchange once more, at another target: its credentials are the target's. `body` in place of its own. Whatever
   * goes wrong is told by the ending; rejects only with the signal's reason.
   */
  ask(asked: {
    like: Pick<FinishedExchange, 'id' | 'route' | 'api' | 'request'>;
    target: ArmTarget;
    body?: Buffer;
    headers?: { readonly [name: string]: string };
    /** The bulkhead. */
    pool: string;
    signal: AbortSignal;
  }): Promise<FinishedExchange>;
}
