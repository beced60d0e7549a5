/** A secret by the name of its variable, header or setting. */
const SECRET_NAME = /auth|key|token|secret|pass|pwd|cookie|credential|bearer|private|session|signature/i;

/** What a variable may well hold that is no secret, and would be found in innocent texts: a word, a number, an address. */
const HARMLESS = /^(?:[A-Za-z]{1,16}|\d{1,6}|https?:\/\/[^\s?#@]+)$/;

/** What stands where a server asks for a key and does not look at it: `test`, `dummy`, `ollama`. No key is so short a word. */
const STAND_IN = /^(?:[a-z]{1,8}|[A-Z]{1,8})$/;

/** The value of a variable, where it may be a secret. */
export function secretValue(name: string, value: string | undefined): string[] {
  const text = value?.trim() ?? '';
  return HARMLESS.test(text) && !SECRET_NAME.test(name) ? [] : keyValue(text);
}

/** The value of what is a key for sure, unless it only stands in for one. */
export function keyValue(value: string | undefined): string[] {
  const text = value?.trim() ?? '';
  return text === '' || STAND_IN.test(text) ? [] : [text];
}

/** A value that stands in the configuration itself, where it is a secret by its name. */
export function isWrittenSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS.test(value) && !/\$\{env:|\{\{/.test(value);
}
