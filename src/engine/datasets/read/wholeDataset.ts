import { FileError } from '../../errors.ts';
import type { SourceDocument } from '../../files/formats/document.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import type { LocatedCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { DatasetChecker } from '../check/datasetChecker.ts';
import type { ProblemList } from '../check/problemList.ts';

/** A checked dataset that was read whole. */
interface WholeDataset {
  header: JsonObject;
  count: number;
  /** Whether any case sets limits of its own. */
  hasLimits: boolean;
  case(index: number): LocatedCase;
}

/** Parses and checks a YAML or JSON dataset. Undefined if it cannot be used; the reasons are in `problems`. */
export async function checkWhole(
  source: { path: string; text: string; format: 'yaml' | 'json' },
  problems: ProblemList,
): Promise<WholeDataset | undefined> {
  const document = parse(source, problems);
  if (!document) return undefined;

  const header = document.value;
  if (!isJsonObject(header)) {
    const what = header === null ? 'the file is empty' : 'the file is not a map';
    problems.add({
      severity: 'error',
      code: header === null ? 'empty-dataset' : 'wrong-type',
      message: `${what}; expected schema_version, version and test_cases`,
      location: { path: source.path, line: 1, column: 1 },
      remedy: 'Start with schema_version: 2.0.0 and list the cases under test_cases.',
    });
    return undefined;
  }

  const checker = await DatasetChecker.start({ value: header, document, pointer: [] }, 'whole', problems);
  if (!checker) return undefined;

  const list = header['test_cases'];
  const cases: JsonValue[] = Array.isArray(list) ? list : [];
  for (const [index, value] of cases.entries()) {
    if (problems.isFull) break;
    checker.check({ value, document, pointer: ['test_cases', index] }, index);
  }

  checker.reportDuplicates(findFirsts(cases, checker.suspects, document));

  return {
    header,
    count: cases.length,
    hasLimits: checker.hasLimits,
    case: (index) => {
      const { path, line, column } = document.locate(['test_cases', index]);
      return { case: checker.migrate(cases[index] ?? null), index, location: { path, line, column } };
    },
  };
}

function parse(
  source: { path: string; text: string; format: 'yaml' | 'json' },
  problems: ProblemList,
): SourceDocument | undefined {
  try {
    return source.format === 'yaml'
      ? parseYaml(source.text, source.path)
      : parseJson(source.text, source.path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.addFileError(error, source.path);
    return undefined;
  }
}

function findFirsts(cases: readonly JsonValue[], suspects: ReadonlySet<number>, document: SourceDocument) {
  const firsts = new Map<number, { id: string; location: ReturnType<SourceDocument['locate']> }>();
  for (const index of suspects) {
    const value = cases[index];
    const id = isJsonObject(value) ? value['id'] : undefined;
    if (typeof id === 'string')
      firsts.set(index, { id, location: document.locate(['test_cases', index, 'id']) });
  }
  return firsts;
}
