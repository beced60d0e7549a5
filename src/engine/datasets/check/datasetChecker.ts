import type { Pointer, SourceDocument } from '../../files/formats/document.ts';
import { excerpt } from '../../files/text/excerpt.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { Problem } from '../../model/problem.ts';
import { CURRENT_FORMAT, chooseFormat, type FormatVersion } from '../formatVersion.ts';
import { hasOwnLimits } from '../migrations/from1To2.ts';
import { applyEdits } from '../migrations/mapEdit.ts';
import { migrationChain } from '../migrations/migrationChain.ts';
import type { MigrationStep } from '../migrations/step.ts';
import { IdIndex } from './idIndex.ts';
import type { ProblemList } from './problemList.ts';
import { explainSchemaErrors, formatPointer } from './schemaError.ts';
import { type UnknownField, UnknownFieldFinder } from './unknownFields.ts';
import { type DatasetValidators, loadValidators } from './validators.ts';

/** A value and its location: `pointer` is its path in `document`. */
export interface Located {
  value: JsonValue;
  document: SourceDocument;
  pointer: Pointer;
  /** How messages name the value; defaults to `pointer`. */
  label?: Pointer;
}

/** An id that may repeat an earlier one; `first` is the ordinal under which that one was added. */
interface Suspicion {
  id: string;
  first: number;
  problem: Problem;
}

/** Checks the header and the cases of one dataset as they are read, and brings old cases to the current format. */
export class DatasetChecker {
  readonly #problems: ProblemList;
  readonly #ids = new IdIndex();
  readonly #suspicions: Suspicion[] = [];
  readonly #validators: DatasetValidators;
  readonly #current: DatasetValidators;
  readonly #unknown: UnknownFieldFinder;
  readonly #chain: readonly MigrationStep[];
  #hasLimits = false;

  private constructor(
    { format, isNewer }: { format: FormatVersion; isNewer: boolean },
    own: DatasetValidators,
    current: DatasetValidators,
    list: ProblemList,
  ) {
    this.#problems = list;
    this.#validators = own;
    this.#current = current;
    this.#unknown = new UnknownFieldFinder(format, isNewer);
    this.#chain = migrationChain(format);
  }

  /** Checks the header first. Undefined when its format cannot be read at all; the problem is then in `list`. */
  static async start(
    header: Located & { value: JsonObject },
    form: 'whole' | 'lines',
    list: ProblemList,
  ): Promise<DatasetChecker | undefined> {
    const format = readFormat(header, list);
    if (!format) return undefined;
    const [own, current] = await Promise.all([loadValidators(format), loadValidators(CURRENT_FORMAT)]);
    const isNewer = header.value['schema_version'] !== format;
    const checker = new DatasetChecker({ format, isNewer }, own, current, list);
    checker.#addSchemaErrors(own.header(header.value, form), header);
    for (const field of checker.#unknown.inDataset(header.value)) checker.#addUnknown(field, header);
    return checker;
  }

  /** Checks a case; `ordinal` (its line or index, below 2^32) names it if its id is used again. */
  check(located: Located, ordinal: number): void {
    const { value } = located;
    const errors = this.#validators.case(value);
    this.#addSchemaErrors(errors, located);
    if (!isJsonObject(value)) return;
    this.#hasLimits ||= hasOwnLimits(value['evaluation_criteria']);
    for (const field of this.#unknown.inCase(value)) this.#addUnknown(field, located);
    if (errors.length === 0 && this.#chain.length > 0) this.#checkMigrated(value, located);
    if (typeof value['id'] === 'string') this.#checkId(value['id'], located, ordinal);
  }

  /** Whether any checked case sets limits of its own. */
  get hasLimits(): boolean {
    return this.#hasLimits;
  }

  /** Whether a case would pass `check`, its id aside. */
  isValid(value: JsonValue): boolean {
    return this.#validators.case(value).length === 0;
  }

  /** A checked case in the current format. */
  migrate(value: JsonValue): GoldenCase {
    let current = value as JsonObject;
    for (const step of this.#chain) current = applyEdits(current, step.case(current));
    return current as unknown as GoldenCase;
  }

  /** Ordinals of the cases whose ids `reportDuplicates` needs. */
  get suspects(): ReadonlySet<number> {
    return new Set(this.#suspicions.map((suspicion) => suspicion.first));
  }

  /** Reports repeated ids with both locations; `firsts` has the id and location of each suspect. */
  reportDuplicates(firsts: ReadonlyMap<number, { id: string; location: SourceLocation }>): void {
    for (const { id, first, problem } of this.#suspicions) {
      const earlier = firsts.get(first);
      if (earlier?.id !== id) continue;
      const { location } = earlier;
      this.#problems.add({
        ...problem,
        message: `${problem.message}; first occurrence at ${location.path}:${location.line}:${location.column}`,
        related: [{ message: 'first used here', location }],
      });
    }
  }

  #checkId(id: string, located: Located, ordinal: number): void {
    const first = this.#ids.add(id, ordinal);
    // More suspicions than can be shown would only cost memory.
    if (first === undefined || this.#suspicions.length >= 200) return;
    const message = `the case id '${excerpt(id)}' is used twice`;
    const location = located.document.locate([...located.pointer, 'id']);
    const remedy = 'Give each case a unique id.';
    this.#suspicions.push({ id, first, problem: error('duplicate-case-id', message, location, remedy) });
  }

  #checkMigrated(value: JsonObject, located: Located): void {
    let current = value;
    for (const step of this.#chain) {
      const conflict = step.conflict(current);
      if (conflict) {
        const location = located.document.locateKey([...located.pointer, ...conflict.path]);
        this.#problems.add(error('migration-conflict', conflict.message, location, conflict.remedy));
        return;
      }
      current = applyEdits(current, step.case(current));
    }
    this.#addSchemaErrors(this.#current.case(current), { ...located, value: current });
  }

  #addSchemaErrors(errors: ReturnType<DatasetValidators['case']>, located: Located): void {
    if (errors.length === 0) return;
    const label = located.label ?? located.pointer;
    for (const plain of explainSchemaErrors(errors, located.value, label)) {
      const pointer = [...located.pointer, ...plain.pointer];
      const location =
        plain.code === 'missing-field'
          ? startOf(located.document, pointer)
          : located.document.locate(pointer);
      this.#problems.add(error(plain.code, plain.message, location, plain.remedy));
    }
  }

  #addUnknown({ pointer, kind, field, meant }: UnknownField, located: Located): void {
    const name = formatPointer([...(located.label ?? located.pointer), ...pointer]);
    const location = located.document.locateKey([...located.pointer, ...pointer]);
    if (meant !== undefined) {
      this.#problems.add({
        severity: 'warning',
        code: 'near-miss-field',
        message: `${name} is an unknown field and is ignored; did you mean ${meant}?`,
        location,
        remedy: `Rename it to ${meant}, or leave it if it is intentional.`,
        meant,
      });
      return;
    }

    // An unknown limit must not look as if it were checked.
    if (kind === 'evaluation_criteria' && /^(?:min|max)_/.test(field)) {
      const remedy = 'Use an evaluator for it, or remove it.';
      this.#problems.add(
        error('unknown-limit', `${name} is not a known limit, so nothing checks it`, location, remedy),
      );
      return;
    }

    this.#problems.add({
      severity: 'warning',
      code: 'unknown-field',
      message: `${name} is an unknown field and is ignored`,
      location,
      remedy: 'Move custom fields under metadata, or check the spelling.',
    });
  }
}

function readFormat(header: Located & { value: JsonObject }, list: ProblemList): FormatVersion | undefined {
  const version = header.value['schema_version'];
  const choice = chooseFormat(version);
  if (choice.status === 'known') return choice.format;

  const location = header.document.locate([...header.pointer, 'schema_version']);
  if (choice.status === 'newer') {
    const message = `schema_version is ${excerpt(String(version))}; this version reads up to ${CURRENT_FORMAT}`;
    list.add(error('newer-schema', message, location, 'Update Touchstone.'));
  } else if (version === undefined) {
    const start = startOf(header.document, header.pointer);
    list.add(
      error(
        'missing-field',
        'the file has no schema_version',
        start,
        `Add schema_version: ${CURRENT_FORMAT}.`,
      ),
    );
  } else {
    const message = `schema_version is ${excerpt(JSON.stringify(version))}; expected ${CURRENT_FORMAT}`;
    list.add(error('unknown-schema', message, location, `Set schema_version: ${CURRENT_FORMAT}.`));
  }

  return undefined;
}

/** The first key of a map, rather than all of it: an editor underlines the range. */
function startOf(document: SourceDocument, pointer: Pointer): SourceLocation {
  const range = document.locate(pointer);
  if (range.endLine === range.line) return range;
  return { path: range.path, line: range.line, column: range.column };
}

function error(code: string, message: string, location: SourceLocation, remedy?: string): Problem {
  return { severity: 'error', code, message, location, ...defined({ remedy }) };
}
