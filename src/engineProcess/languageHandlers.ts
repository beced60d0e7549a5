import { checkFile } from '../engine/language/checkFile.ts';
import { completionsAt } from '../engine/language/completion.ts';
import { hoverAt } from '../engine/language/hover.ts';
import type { LanguageFile } from '../engine/language/languageFile.ts';
import { LanguageService } from '../engine/language/languageService.ts';
import { lensesOf } from '../engine/language/lenses.ts';
import { linksOf } from '../engine/language/links.ts';
import { FileSchemas } from '../engine/language/schema/fileSchema.ts';
import { symbolsOf } from '../engine/language/symbols.ts';
import { promptfooFormat } from '../engine/promptfoo/promptfooFormat.ts';
import type { Handlers } from '../protocol/call.ts';
import type { languageCalls } from '../protocol/languageCalls.ts';
import { datasetJob } from './datasetThread.ts';
import { OpenFiles } from './openFiles.ts';
import type { Session } from './session.ts';

export function languageHandlers(session: Session): Handlers<typeof languageCalls> {
  const open = new OpenFiles(session);
  const options = (signal: AbortSignal) => ({
    environment: session.environment,
    foreign: promptfooFormat,
    signal,
  });
  const sizeOf = (file: LanguageFile, signal: AbortSignal) => ({ size: file.text.length, signal });
  const service = new LanguageService({
    check: (file, asked) =>
      file.kind === 'dataset'
        ? datasetJob('check', file.source, sizeOf(file, asked.signal))
        : checkFile(file, asked),
    datasetFixes: async (file, selection, { git, signal }) =>
      file.kind === 'dataset'
        ? datasetJob('fixes', { source: file.source, selection, git }, sizeOf(file, signal))
        : [],
  });
  const schemas = new FileSchemas();
  return {
    'language/sync': (params) => ({ synced: open.sync(params) }),
    'language/close': ({ path }) => {
      open.close(path);
      return {};
    },
    'language/problems': async (params, signal) => {
      const file = open.at(params);
      if (!file) return null;
      const problems = await service.problems(file, options(signal));
      return { path: file.path, problems: [...problems] };
    },
    'language/fixes': async (params, signal) => {
      const file = open.at(params);
      if (!file) return null;
      // git runs what the repository's configuration says, so it waits for trust.
      const fixes = await service.fixes(file, params.selection, {
        ...options(signal),
        git: session.trusted,
      });
      return { fixes };
    },
    'language/symbols': (params) => {
      const file = open.at(params);
      return file ? { symbols: symbolsOf(file) } : null;
    },
    'language/links': (params) => {
      const file = open.at(params);
      return file ? { links: linksOf(file) } : null;
    },
    'language/lenses': (params) => {
      const file = open.at(params);
      if (!file) return null;
      const { from, to } = params;
      return { lenses: lensesOf(file, { from, to, store: session.store }) };
    },
    'language/complete': async (params, signal) => {
      const file = open.at(params);
      if (!file) return null;
      const { fromSchema } = params;
      return { items: await completionsAt(file, params, { schemas, fromSchema, signal }) };
    },
    'language/hover': (params) => {
      const file = open.at(params);
      return file ? { hover: hoverAt(file, params, schemas) ?? null } : null;
    },
  };
}
