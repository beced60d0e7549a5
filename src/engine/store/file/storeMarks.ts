/** Tells our files from those of other programs; stored in SQLite's application_id. "Toch" in ASCII. */
export const APPLICATION_ID = 0x546f6368;

/** Stores of this version and before do not carry the application id; they are known by their tables. */
export const UNMARKED_VERSION = 1;

/** The tables that a store of UNMARKED_VERSION has, in alphabetical order. */
export const UNMARKED_TABLES: readonly string[] = [
  'cases',
  'held_outputs',
  'logs',
  'results',
  'runs',
  'spans',
  'token_budgets',
];
