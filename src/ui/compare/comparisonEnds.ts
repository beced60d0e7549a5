import * as vscode from 'vscode';
import type { EngineEvents } from '../../protocol/events.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';

type Finished = EngineEvents['compare/finished'];

/**
 * The ends of comparisons, heard from before they begin: a short one may end as soon as its id is known. Every wait
 * ends, also when the engine goes or the person cancels.
 */
export class ComparisonEnds implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #finished = new Map<string, Finished>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #isLost = false;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      engine.on('compare/finished', (data) => {
        this.#finished.set(data.id, data);
        this.#changed.fire();
      }),
      engine.onDidChangeState(({ state }) => {
        // The one that comes up with the first call is the one that is waited for.
        if (state === 'ready' || state === 'starting') return;
        this.#isLost = true;
        this.#changed.fire();
      }),
    );
  }

  /**
   * The ends of these comparisons. What a person cancels is stopped, and counts as interrupted at once. Rejects when
   * the engine is gone.
   */
  wait(ids: readonly string[], token: vscode.CancellationToken): Promise<Finished[]> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const ends = ids.flatMap((id) => this.#finished.get(id) ?? []);
        if (ends.length === ids.length) settle(() => resolve(ends));
        else if (token.isCancellationRequested) {
          for (const id of ids) void this.#engine.call('compare/cancel', { id }).catch(() => {});
          settle(() => resolve(ids.map((id) => ({ id, outcome: 'interrupted' }))));
        } else if (this.#isLost) settle(() => reject(lost()));
      };
      const listeners = [this.#changed.event(look), token.onCancellationRequested(look)];
      const settle = (end: () => void): void => {
        for (const listener of listeners) listener.dispose();
        end();
      };
      look();
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function lost(): PlainError {
  return new PlainError(
    vscode.l10n.t('The engine crashed during the comparison. Stored results will be reused next time.'),
  );
}
