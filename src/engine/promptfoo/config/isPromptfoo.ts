import path from 'node:path';
import { isJsonObject, type JsonValue } from '../../model/json.ts';

/** Whether a configuration file is one of promptfoo's: by its name, or by what only those hold. */
export function isPromptfoo(file: string, value: JsonValue): boolean {
  if (/^promptfooconfig/.test(path.basename(file))) return true;
  if (!isJsonObject(value) || 'suites' in value) return false;
  return ['prompts', 'tests', 'defaultTest', 'targets', 'scenarios'].some((key) => key in value);
}
