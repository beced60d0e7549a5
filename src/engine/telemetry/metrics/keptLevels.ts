import {
  DEFAULT_LEVEL_RETENTION,
  LEVELS,
  type Level,
  type LevelRetention,
} from '../../model/levelRetention.ts';
import type { Connection } from '../../store/file/connection.ts';

/** Beside the cursors of logs. */
const NAME = 'kept';

/** A level as its file says: null is for good, and since ever. */
type Stored = { readonly [level in Level]?: { keptMs: number | null; sinceMs: number | null } };

/**
 * For how long the levels of a store are kept. It stands in the file, so that whoever reads it knows; and so does since when a level is
 * there, where it was once kept for a shorter time than now.
 */
export class KeptLevels {
  readonly #connection: Connection;
  readonly #retention: LevelRetention | undefined;

  /** `retention`: in place of what the file says. */
  constructor(connection: Connection, retention: LevelRetention | undefined) {
    this.#connection = connection;
    this.#retention = retention;
  }

  get retention(): LevelRetention {
    return this.#retention ?? eachLevel((level) => keptIn(this.#stored, level));
  }

  /** How old what is there of a level can be, in milliseconds. */
  availableAt(nowMs: number): LevelRetention {
    const stored = this.#stored;
    return eachLevel((level) =>
      Math.min(
        this.#retention?.[level] ?? keptIn(stored, level),
        nowMs - (stored[level]?.sinceMs ?? Number.NEGATIVE_INFINITY),
      ),
    );
  }

  /** From now on. */
  set(retention: LevelRetention, nowMs: number): void {
    const before = this.#stored;
    if (LEVELS.every((level) => keptIn(before, level) === retention[level])) return;

    const stored = eachLevel((level) => {
      const known = before[level]?.sinceMs ?? Number.NEGATIVE_INFINITY;
      const sinceMs = Math.max(known, nowMs - keptIn(before, level));
      const isLonger = retention[level] > keptIn(before, level);
      return { keptMs: finite(retention[level]), sinceMs: finite(isLonger ? sinceMs : known) };
    });
    this.#connection.run(
      'INSERT OR REPLACE INTO cursors (name, seq, mark) VALUES (?, 0, ?)',
      NAME,
      JSON.stringify(stored),
    );
  }

  get #stored(): Stored {
    const [row] = this.#connection.all('SELECT mark FROM cursors WHERE name = ?', NAME);
    return row ? (JSON.parse(String(row['mark'])) as Stored) : {};
  }
}

function keptIn(stored: Stored, level: Level): number {
  const own = stored[level];
  if (!own) return DEFAULT_LEVEL_RETENTION[level];
  return own.keptMs ?? Number.POSITIVE_INFINITY;
}

function eachLevel<T>(of: (level: Level) => T): { [level in Level]: T } {
  return { '1s': of('1s'), '1min': of('1min'), '1h': of('1h'), '1d': of('1d') };
}

/** JSON knows no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
