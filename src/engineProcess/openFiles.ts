import { basename } from 'node:path/posix';
import { resolveInside } from '../engine/files/confine.ts';
import { LanguageFile } from '../engine/language/languageFile.ts';
import { promptfooFormat } from '../engine/promptfoo/promptfooFormat.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import type { ParamsOf } from '../protocol/call.ts';
import type { languageCalls } from '../protocol/languageCalls.ts';
import type { Session } from './session.ts';

type Sync = ParamsOf<typeof languageCalls, 'language/sync'>;

/** The files that are open in the window, with the text that each has there. */
export class OpenFiles {
  readonly #session: Session;
  readonly #files = new Map<string, { version: number; file: LanguageFile }>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** False when the changes do not begin where the held text ends. Throws FileError outside the workspace. */
  sync(params: Sync): boolean {
    const text = 'text' in params ? params.text : this.#changed(params);
    if (text === undefined) return false;
    const { root, configFile } = this.#session;
    const absolute = resolveInside(root, params.path, { path: params.path });
    const path = workspacePath(root, absolute);
    const file = new LanguageFile({
      path,
      absolute,
      root,
      text,
      isConfig: absolute === configFile,
      isForeign: promptfooFormat.isNamed(basename(path)),
    });
    this.#files.set(params.path, { version: params.version, file });
    return true;
  }

  /** The file as it stands in the window; undefined when its text is of another version. */
  at({ path, version }: { path: string; version: number }): LanguageFile | undefined {
    const held = this.#files.get(path);
    return held?.version === version ? held.file : undefined;
  }

  close(path: string): void {
    this.#files.delete(path);
  }

  #changed({ path, base, changes }: Exclude<Sync, { text: string }>): string | undefined {
    let text = this.at({ path, version: base })?.text;
    for (const change of changes) {
      if (text === undefined || change.offset + change.length > text.length) return undefined;
      text = text.slice(0, change.offset) + change.text + text.slice(change.offset + change.length);
    }
    return text;
  }
}
