import path from 'node:path';
import { writeStaged } from '../engine/files/writeStaged.ts';
import type { Random } from '../engine/ports.ts';
import { reportFormatOf } from '../engine/reports/reportFormats.ts';
import type { RunReport } from '../engine/reports/runReport.ts';

/** Pieces are gathered to this many characters before they are written. */
const CHUNK_LENGTH = 64 * 1024;

/** Writes a report in the form that the name's ending asks for. Throws UsageError and FileError. */
export async function exportReport(report: RunReport, file: string, random: Random): Promise<void> {
  const pieces = await reportFormatOf(file).load();
  await writeStaged({ path: file, shownAs: path.basename(file), random }, async (write) => {
    let chunk = '';
    for (const piece of pieces([report])) {
      chunk += piece;
      if (chunk.length < CHUNK_LENGTH) continue;
      write(chunk);
      chunk = '';
      // Calls of the window are answered in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    write(chunk);
  });
}
