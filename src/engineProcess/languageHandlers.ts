import { checkFile } from '../engine/language/checkFile.ts';
import { completionsAt } from '../engine/language/completion.ts';
import { FileSchemas } from '../engine/language/fileSchema.ts';
import type { Fix } from '../engine/language/fix.ts';
import { hoverAt } from '../engine/language/hover.ts';
import type { LanguageFile } from '../engine/language/languageFile.ts';
import { LanguageService } from '../engine/language/languageService.ts';
import { lensesOf } from '../engine/language/lenses.ts';
import { linksOf } from '../engine/language/links.ts';
import { symbolsOf } from '../engine/language/symbols.ts';
import type { Handlers } from '../protocol/call.ts';
import type { languageCalls, Fix as SentFix } from '../protocol/languageCalls.ts';
import { checkApart } from './checkApart.ts';
import { OpenFiles } from './openFiles.ts';
import type { Session } from './session.ts';
import { textEdits } from './textEdits.ts';

/** From here on a check takes long enough to be felt by everything else, in characters. */
const LARGE_LENGTH = 200_000;

export function languageHandlers(session: Session): Handlers<typeof languageCalls> {
  const open = new OpenFiles(session);
  const service = new LanguageService(async (file, options) => {
    const isLarge = file.kind === 'dataset' && file.text.length > LARGE_LENGTH;
    return isLarge ? checkApart(file, options.signal) : checkFile(file, options);
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
      const problems = await service.problems(file, { environment: session.environment, signal });
      return { path: file.path, problems: [...problems] };
    },
    'language/fixes': async (params, signal) => {
      const file = open.at(params);
      if (!file) return null;
      // git runs what the repository's configuration says, so it waits for trust.
      const options = { environment: session.environment, git: session.trusted, signal };
      const fixes = await service.fixes(file, params.selection, options);
      return { fixes: fixes.map((fix) => sentFix(fix, file)) };
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

/** Whole texts cross as the lines that change, so that the editor keeps its place. */
function sentFix({ title, problem, preferred, change }: Fix, file: LanguageFile): SentFix {
  return {
    title,
    preferred,
    ...(problem === undefined ? {} : { problem }),
    change: change.kind === 'text' ? { kind: 'edits', edits: textEdits(file.text, change.text) } : change,
  };
}
