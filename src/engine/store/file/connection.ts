import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreError } from '../../errors.ts';
import { entryOf } from '../storeFile.ts';
import { MEMORY, openForReading, openForWriting, rollBack } from './database.ts';
import { guard } from './storeErrors.ts';
import type { StoreFormat } from './storeFormat.ts';
import type { Upgrade } from './storeUpgrade.ts';

type Value = string | number | null | Uint8Array;

/** `read` writes and creates nothing. */
export type StoreAccess = 'write' | 'read';

type Row = Record<string, unknown>;

/** One connection to the store's file: prepared statements, transactions, errors for people. */
export class Connection {
  readonly file: string;
  /** Where opening it has upgraded a store of an earlier version. */
  readonly upgrade: Upgrade | undefined;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #iterated = new Set<StatementSync>();
  /** Tables that were found; none ever goes. */
  readonly #tables = new Set<string>();
  #isOpen = true;
  /** Number of the file that is written; undefined where none is. */
  readonly #inode: number | undefined;

  /** Throws StoreError. */
  constructor(file: string, format: StoreFormat, access: StoreAccess = 'write') {
    this.file = file;
    const opened =
      access === 'read' ? { database: openForReading(file, format) } : openForWriting(file, format);
    this.#database = opened.database;
    this.upgrade = opened.upgrade;
    this.#inode = access === 'read' || file === MEMORY ? undefined : entryOf(file)?.ino;
  }

  /** The file was removed or replaced since it was opened: what is written goes nowhere. */
  get isRemoved(): boolean {
    return this.#inode !== undefined && entryOf(this.file)?.ino !== this.#inode;
  }

  /** There was no store yet when it was opened to be read, and an empty one stands in for it. */
  get isStandIn(): boolean {
    const [main] = this.all('PRAGMA database_list');
    return main?.['file'] === '';
  }

  /** Returns how many rows were changed. */
  run(sql: string, ...values: Value[]): number {
    return guard(this.file, () => Number(this.#statement(sql).run(...values).changes));
  }

  all(sql: string, ...values: Value[]): Row[] {
    return guard(this.file, () => this.#statement(sql).all(...values));
  }

  /** A store of an earlier version that is only read lacks the newer tables. */
  hasTable(name: string): boolean {
    if (this.#tables.has(name)) return true;
    const isThere =
      this.all(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`, name).length > 0;
    if (isThere) this.#tables.add(name);
    return isThere;
  }

  /** A statement of its own: a cached one would be reset when it is used again during the iteration. */
  iterate(sql: string, ...values: Value[]): IterableIterator<Row> {
    return guard(this.file, () => {
      const statement = this.#database.prepare(sql);
      return this.#rowsOf(statement, statement.iterate(...values));
    });
  }

  /**
   * For what can be made again: all of `work` or nothing of it is there after a crash of this process. After one of the machine it may
   * have been undone, which saves waiting for the disk. Throws StoreError when the file is gone.
   */
  derived<T>(work: () => T): T {
    return guard(this.file, () => {
      this.#database.exec('PRAGMA synchronous = NORMAL');
      try {
        return this.transaction(work);
      } finally {
        this.#database.exec('PRAGMA synchronous = FULL');
      }
    });
  }

  /** All of `work` or nothing of it; durable when this returns. Throws StoreError when the file is gone. */
  transaction<T>(work: () => T): T {
    return guard(this.file, () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        this.#database.exec('COMMIT');
        if (this.isRemoved) throw removed(this.file);
        return value;
      } catch (error) {
        rollBack(this.#database);
        throw error;
      }
    });
  }

  /** Idempotent. */
  close(): void {
    this.#statements.clear();
    if (this.#isOpen) this.#database.close();
    this.#isOpen = false;
  }

  /** Before Node 22.15, the rows of a statement that nothing refers to any more may be read from freed memory. */
  *#rowsOf(statement: StatementSync, rows: IterableIterator<Row>): IterableIterator<Row> {
    this.#iterated.add(statement);
    try {
      yield* rows;
    } finally {
      this.#iterated.delete(statement);
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function removed(file: string): StoreError {
  return new StoreError('the store was removed or replaced while it was in use, so nothing can be stored', {
    where: { path: file },
    remedy: 'Start the run again, and leave the .touchstone folder alone while it goes on.',
  });
}
