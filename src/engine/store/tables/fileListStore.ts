import type { Connection } from '../file/connection.ts';

/** Lists of the workspace's files, packed, each kept once for all runs that began with it. */
export class FileListStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  save(fingerprint: string, listedAt: number, body: Uint8Array): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO file_lists (fingerprint, listed_at, body) VALUES (?, ?, ?)',
      fingerprint,
      listedAt,
      body,
    );
  }

  find(fingerprint: string): Uint8Array | undefined {
    return this.#body('SELECT body FROM file_lists WHERE fingerprint = ?', fingerprint);
  }

  newest(): Uint8Array | undefined {
    return this.#body('SELECT body FROM file_lists ORDER BY listed_at DESC LIMIT 1');
  }

  /** Removes those that no run names any more. */
  sweep(): void {
    this.#connection.run(
      `DELETE FROM file_lists WHERE fingerprint NOT IN
         (SELECT json_extract(plan, '$.files') FROM runs WHERE json_extract(plan, '$.files') IS NOT NULL)`,
    );
  }

  #body(sql: string, ...values: string[]): Uint8Array | undefined {
    const [row] = this.#connection.all(sql, ...values);
    return row?.['body'] instanceof Uint8Array ? row['body'] : undefined;
  }
}
