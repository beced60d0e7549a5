import type { JsonObject } from '../../model/json.ts';
import { wrapPartialTags } from './partialTags.ts';
import { renderNunjucks } from './renderNunjucks.ts';
import { readsUndefined } from './undefinedNames.ts';

/** A variable that is a template itself. One that names variables that are not there is a plain text. */
export function fillValue(value: string, vars: JsonObject): string {
  if (!/\{[{%#]|#\}/.test(value) || readsUndefined(value, vars)) return value;
  return renderNunjucks(wrapPartialTags(value), vars);
}
