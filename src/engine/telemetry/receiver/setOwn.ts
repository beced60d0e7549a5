import type { JsonObject, JsonValue } from '../../model/json.ts';

/** Names come from anywhere: `__proto__` is one like any other, and changes no prototype. */
export function setOwn(object: JsonObject, name: string, value: JsonValue): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
