/** Largest file that is read whole, in bytes. Larger datasets are JSONL, which is streamed. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Longest YAML text, in characters. */
export const MAX_YAML_LENGTH = 8_000_000;

/**
 * Most tokens of a YAML text: words, signs, gaps and line ends. A case of a dataset has about forty; the parser needs
 * some hundred bytes and some microseconds for each.
 */
export const MAX_YAML_TOKENS = 1_500_000;

/** Deepest nesting of lists and maps in a YAML or JSON file; real files stay below 30. */
export const MAX_NESTING = 200;

/** Longest line of a JSONL file, in bytes. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Keys that could reach an object's prototype when a value is copied or merged carelessly. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
