/** What the files of one store have in common, and tells them from all others. */
export interface StoreFormat {
  /** For messages, such as `store`. */
  name: string;
  /** Stored in SQLite's application_id. */
  applicationId: number;
  /** The steps from an empty file to this version. */
  migrations: readonly string[];
  /** Gives space back to the disk when it is asked to; counts for a new file only. */
  shrinks?: true;
  /** Memory for pages in place of SQLite's 2 MiB, in KiB: where keys are random, each new one is in another page. */
  cacheKib?: number;
  /** Stores of this version and before do not carry the application id; they are known by their tables, in alphabetical order. */
  unmarked?: { version: number; tables: readonly string[] };
}

/** Stored in SQLite's user_version. A newer file is refused, never changed. */
export function versionOf({ migrations }: StoreFormat): number {
  return migrations.length;
}
