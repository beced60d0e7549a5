import { ProblemsError } from '../../errors.ts';
import { readLineBatches } from '../../files/formats/jsonLines.ts';
import { readText } from '../../files/readText.ts';
import type { GoldenCase } from '../../model/case.ts';
import type { JsonObject } from '../../model/json.ts';
import { ProblemList } from '../check/problemList.ts';
import { datasetFormat, textLines } from '../dataset.ts';
import { checkLines } from '../read/linesDataset.ts';
import { checkWhole } from '../read/wholeDataset.ts';

/** The source of one version of a dataset: a file, or a text such as that of a git revision. */
export type DatasetOrigin =
  | { kind: 'file'; label: string; path: string }
  | { kind: 'text'; label: string; text: string };

/** One version of a dataset, read whole; its cases are in the current schema. */
export interface DatasetVersion {
  /** Name for a person, e.g. `HEAD:datasets/support.golden.yaml`. */
  label: string;
  /** As the file has it, without the cases. */
  header: JsonObject;
  cases: GoldenCase[];
}

/** Throws ProblemsError for a dataset that is not valid, and FileError when it cannot be read. */
export async function readDatasetVersion(
  origin: DatasetOrigin,
  signal: AbortSignal,
): Promise<DatasetVersion> {
  const problems = new ProblemList();
  const version =
    datasetFormat(origin.label) === 'jsonl'
      ? await fromLines(origin, problems, signal)
      : await fromWhole(origin, problems);
  if (!version || problems.hasErrors) throw new ProblemsError(problems.all);
  return version;
}

async function fromWhole(origin: DatasetOrigin, problems: ProblemList): Promise<DatasetVersion | undefined> {
  const { label } = origin;
  const text = origin.kind === 'text' ? origin.text : readText(origin.path, label);
  const format = datasetFormat(label) === 'yaml' ? 'yaml' : 'json';
  const whole = await checkWhole({ path: label, text, format }, problems);
  if (!whole || problems.hasErrors) return undefined;
  const { test_cases: _, ...header } = whole.header;
  const cases = Array.from({ length: whole.count }, (_, index) => whole.case(index).case);
  return { label, header, cases };
}

async function fromLines(
  origin: DatasetOrigin,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<DatasetVersion | undefined> {
  const { label } = origin;
  const lines = () =>
    origin.kind === 'file'
      ? readLineBatches(origin.path, { signal, shownAs: label })
      : textLines(origin.text);
  const checked = await checkLines(label, lines, problems);
  if (!checked || problems.hasErrors) return undefined;
  const cases: GoldenCase[] = [];
  for await (const batch of checked.batches(lines)) for (const entry of batch) cases.push(entry.case);
  return { label, header: checked.header, cases };
}
