import type { Comparison } from '../engine/model/comparison.ts';
import { comparisonFormatOf } from '../engine/reports/comparisonFormats.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import { writePieces } from './reportFiles.ts';
import type { Io } from './terminal/io.ts';

/** Writes comparisons to a file, in the format of its extension. Throws UsageError for an unknown one, and FileError. */
export async function writeComparison(
  file: string,
  comparisons: readonly Comparison[],
  store: RunStore,
  io: Io,
): Promise<void> {
  const pieces = await comparisonFormatOf(file).load();
  writePieces(file, pieces(comparisons, store), io);
}
