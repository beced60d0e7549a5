import path from 'node:path';
import { FileError } from '../errors.ts';
import { dataFormat } from '../files/formats/dataFormat.ts';
import type { SourceDocument } from '../files/formats/document.ts';
import { parseJson } from '../files/formats/parseJson.ts';
import { parseYaml } from '../files/formats/parseYaml.ts';
import { LineIndex } from '../files/text/lineIndex.ts';
import { detectFormat } from '../prompts/detectFormat.ts';
import type { CasePlace } from './cases/casePlace.ts';
import { findCases } from './cases/findCases.ts';

/** What a file is to the editor: `foreign` is a configuration of another tool; `other` gets no help. */
export type FileKind = 'config' | 'foreign' | 'dataset' | 'prompt' | 'other';

export interface LanguageSource {
  /** Relative to the workspace, with `/`. */
  path: string;
  absolute: string;
  /** Absolute real path of the workspace. */
  root: string;
  /** The text in the editor, saved or not. */
  text: string;
  /** True for the configuration of the workspace, regardless of its name. */
  isConfig?: boolean;
  /** True for a configuration of another tool. */
  isForeign?: boolean;
}

/** How much of a text is examined to recognise a golden dataset by its content. */
const HEAD_LENGTH = 4_096;

/** One file in an editor. What is derived from its text is computed once. */
export class LanguageFile {
  readonly path: string;
  readonly absolute: string;
  readonly root: string;
  readonly text: string;
  readonly kind: FileKind;
  readonly lines: LineIndex;
  /** What it was made of. */
  readonly source: LanguageSource;
  #document: { value: SourceDocument | undefined } | undefined;
  #cases: readonly CasePlace[] | undefined;

  constructor(source: LanguageSource) {
    this.source = source;
    this.path = source.path;
    this.absolute = source.absolute;
    this.root = source.root;
    this.text = source.text;
    this.kind = kindOf(source);
    this.lines = new LineIndex(source.path, source.text);
  }

  get format(): 'yaml' | 'json' | 'jsonl' | 'other' {
    return formatOf(this.path);
  }

  /** The parsed text; undefined while it cannot be parsed, and for anything but YAML and JSON. */
  get document(): SourceDocument | undefined {
    this.#document ??= { value: this.#parse() };
    return this.#document.value;
  }

  /** The cases of a dataset in file order; found without a parser where the file is large. */
  get cases(): readonly CasePlace[] {
    this.#cases ??= this.kind === 'dataset' ? findCases(this) : [];
    return this.#cases;
  }

  #parse(): SourceDocument | undefined {
    try {
      if (this.format === 'yaml') return parseYaml(this.text, this.path);
      return this.format === 'json' ? parseJson(this.text, this.path) : undefined;
    } catch (error) {
      if (error instanceof FileError) return undefined;
      throw error;
    }
  }
}

function kindOf({ path: file, text, isConfig, isForeign }: LanguageSource): FileKind {
  if (isConfig) return 'config';
  if (isForeign) return 'foreign';
  const name = path.posix.basename(file);
  if (/^touchstone(?:\.[\w-]+)*\.ya?ml$/.test(name)) return 'config';
  if (detectFormat(file)) return 'prompt';
  return isDataset(file, name, text) ? 'dataset' : 'other';
}

/** As the workspace's own search, and any file that lists test cases under a schema version. */
function isDataset(file: string, name: string, text: string): boolean {
  if (formatOf(file) === 'other') return false;
  if (/\.golden\.\w+$/.test(name)) return true;
  const head = text.slice(0, HEAD_LENGTH);
  if (!/^[ \t{]*["']?schema_version["']?[ \t]*:/m.test(head)) return false;
  return path.posix.basename(path.posix.dirname(file)) === 'datasets' || /\btest_cases\b/.test(head);
}

function formatOf(file: string): LanguageFile['format'] {
  return dataFormat(file) ?? 'other';
}
