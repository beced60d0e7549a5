import type { JsonValue } from '../../../model/json.ts';
import type { Usage } from '../../../model/output.ts';
import { readUsage } from '../../../targets/reply/usageForms.ts';

/** Token counts in any form; null where they are not understood. */
export function usageFrom(value: JsonValue | undefined): Usage | null {
  try {
    return readUsage(value ?? null, 'usage');
  } catch {
    return null;
  }
}
