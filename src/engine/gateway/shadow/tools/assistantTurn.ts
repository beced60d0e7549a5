import type { JsonValue } from '../../../model/json.ts';
import type { ComparedCall } from './callKey.ts';

/** What a model answered, as the next request of its API repeats it. */
export interface AssistantTurn {
  items: JsonValue[];
  calls: TurnCall[];
}

export interface TurnCall extends ComparedCall {
  id: string;
}
