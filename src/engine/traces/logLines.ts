import { readLogLine } from '../telemetry/logLines/readLogLine.ts';
import type { TraceFilePart } from './traceFile.ts';

/** The lines of a log: those in JSON that name their trace are kept, all others stay what they are. */
export class LogLines {
  #isLog: boolean;
  #lastMs: number | null = null;

  /** `isLog`: the file is one, whatever its first line is. */
  constructor({ isLog }: { isLog: boolean }) {
    this.#isLog = isLog;
  }

  get isLog(): boolean {
    return this.#isLog;
  }

  /** False for a line that is none of a log, in a file that has had none. */
  add(part: TraceFilePart, text: string): boolean {
    const line = readLogLine(text);
    if (!line && !this.#isLog) return false;

    this.#isLog = true;
    if (!line || line.traceId === '') {
      part.unplaced += 1;
      return true;
    }

    // It was written after the one before it.
    const timeMs = line.timeMs ?? this.#lastMs;
    this.#lastMs = timeMs;
    if (timeMs !== null) part.logs.push({ ...line, timeMs });
    else {
      part.rejected += 1;
      part.reasons.push('the line does not say when it was written');
    }
    return true;
  }
}
