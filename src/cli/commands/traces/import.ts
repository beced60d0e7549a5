import path from 'node:path';
import type { Command } from 'commander';
import { counted } from '../../../engine/model/figures.ts';
import { spanPrice } from '../../../engine/models/prices/spanPrice.ts';
import { upgradeText } from '../../../engine/store/file/storeUpgrade.ts';
import { type ImportedFile, importTraces } from '../../../engine/traces/importTraces.ts';
import { TraceStore } from '../../../engine/traces/traceStore.ts';
import { traceStorePath } from '../../../engine/traces/traceStoreFormat.ts';
import { eachFile, failureJson } from '../../eachFile.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

export interface TracesImportOptions {
  config?: string;
  json?: boolean;
}

type Imported = ImportedFile & { path: string };

/** `touchstone traces import`: its arguments and options. */
export function addTracesImport(traces: Command, act: RunAction): void {
  traces
    .command('import')
    .description(
      'import spans and log records from files: OTLP as JSON, JSON Lines or protobuf, OpenAI Agents, logs in JSON',
    )
    .argument('<files...>', 'the files, or - for standard input; each may be packed with gzip')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((files, options) => act((io) => importFiles(files, options, io)));
}

async function importFiles(files: string[], options: TracesImportOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const store = new TraceStore(traceStorePath(root), { price: spanPrice({}) });
  if (store.upgrade) io.err(`${io.errStyle.yellow('note')} ${upgradeText(store.upgrade)}`);
  const { signal } = new AbortController();
  try {
    const read = async (file: string): Promise<Imported> => {
      const from = file === '-' ? process.stdin : path.resolve(io.cwd, file);
      const shownAs = file === '-' ? 'standard input' : file;
      const imported = { ...(await importTraces(store, { from, shownAs, signal })), path: shownAs };
      if (!options.json) show(imported, io);
      return imported;
    };
    const { done, failed } = await eachFile(files, read, io);
    if (options.json)
      io.out(JSON.stringify({ files: [...done.map(toJson), ...failed.map(failureJson)] }, null, 2));
    return failed.length > 0 ? EXIT.userError : EXIT.passed;
  } finally {
    store.close();
  }
}

function show(imported: Imported, io: Io): void {
  const { spans, logs, duplicates, rejected, unplaced, problems } = imported;
  const parts = [
    ...(spans > 0 || logs === 0 ? [counted(spans, 'span')] : []),
    ...(logs > 0 ? [counted(logs, 'log record')] : []),
    ...(duplicates > 0 ? [`${duplicates} stored before`] : []),
    ...(unplaced > 0 ? [`${counted(unplaced, 'line')} of no trace left out`] : []),
  ];
  io.out(`${imported.path}: ${parts.join(', ')}`);
  if (rejected === 0) return;

  io.err(io.errStyle.yellow(`${counted(rejected, 'record')} could not be read:`));
  for (const { line, message } of problems)
    io.err(`  ${imported.path}${line === null ? '' : `:${line}`}: ${sanitizeLine(message)}`);
}

function toJson({ path: file, spans, logs, duplicates, rejected, unplaced, problems }: Imported): object {
  return { path: file, spans, logs, duplicates, rejected, unplaced, problems };
}
