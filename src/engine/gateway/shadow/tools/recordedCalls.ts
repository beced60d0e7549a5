import type { JsonObject } from '../../../model/json.ts';
import type { ToolDivergence } from '../shadowPair.ts';
import type { TurnCall } from './assistantTurn.ts';
import type { ComparedCall } from './callKey.ts';

/** A call that the primary made; its result is undefined where its loop ended with it. */
export interface RecordedCall extends ComparedCall {
  result: JsonObject | undefined;
}

/** Answers calls of a candidate with what the primary's tools had said. Each result is given once, the last one of a call again. */
export class RecordedCalls {
  readonly #recorded: readonly RecordedCall[];
  readonly #byKey: Map<string, RecordedCall[]>;
  #made = 0;

  constructor(recorded: readonly RecordedCall[]) {
    this.#recorded = recorded;
    this.#byKey = Map.groupBy(recorded, ({ key }) => key);
  }

  /** `end`: the primary made this call, too, and its loop ended with it. */
  answer(call: TurnCall): { result: JsonObject } | { divergence: ToolDivergence } | 'end' {
    const found = this.#byKey.get(call.key);
    const [recorded] = found ?? [];
    if (!recorded) return { divergence: this.divergence(call) };

    this.#made += 1;
    if (found && found.length > 1) found.shift();
    return recorded.result ? { result: recorded.result } : 'end';
  }

  /** As one that nobody can answer. */
  divergence(call: TurnCall): ToolDivergence {
    const recorded = this.#recorded[this.#made];
    return {
      at: this.#made,
      wanted: { name: call.name, arguments: call.arguments },
      recorded: recorded ? { name: recorded.name, arguments: recorded.arguments } : null,
    };
  }
}
