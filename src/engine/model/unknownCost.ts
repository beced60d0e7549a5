import type { Output } from './output.ts';

/** Why the cost of an output is unknown, and what to do about it. */
export function whyCostUnknown({ usage, model }: Pick<Output, 'usage' | 'model'>): string {
  if (usage === null && model === undefined) {
    return 'the target reported neither a cost nor its usage and model; make it report one of them';
  }
  if (usage === null) return 'the target reported no usage; make it report its tokens or its cost';
  if (model === undefined) return 'the target reported no model; make it report the model or its cost';
  return `the price of ${model} is unknown; set it under providers in touchstone.yaml`;
}
