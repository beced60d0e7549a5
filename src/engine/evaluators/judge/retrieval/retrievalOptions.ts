import { z } from 'zod';
import type { JsonObject } from '../../../model/json.ts';
import type { AssertionParts } from '../../evaluator.ts';
import { assertionAs } from '../judgeOptions.ts';

/** promptfoo's form of the evaluators that judge by a context; `value` goes to `valueKey`. */
export function retrievalAssertion(valueKey: string | undefined): (parts: AssertionParts) => JsonObject {
  return (parts) => {
    const { config: _config, ...known } = parts;
    return {
      ...assertionAs(valueKey)(known),
      ...(parts.contextTransform === undefined ? {} : { contextTransform: parts.contextTransform }),
    };
  };
}

/** As in promptfoo. */
export const retrievalThreshold = z.number().min(0).max(1).default(0.5);
