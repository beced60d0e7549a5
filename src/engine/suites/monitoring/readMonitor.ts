import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { type ConfigReader, reportAt, reportKey, startOf } from '../config/configReader.ts';
import type { KnownNames } from '../config/knownNames.ts';
import { checkModelReference } from '../config/modelReference.ts';
import { readEvaluators } from '../evaluators/readEvaluators.ts';
import { type MonitorConfig, monitorFile, toMatch } from './monitorConfig.ts';
import { unfitFor } from './unfitEvaluators.ts';

/**
 * One monitor of the file, whose form has been reported on already. Reports what only the surroundings show: unknown providers,
 * evaluators that cannot be used, or not on live spans. Undefined when the monitor cannot be used.
 */
export function readMonitor(
  reader: ConfigReader,
  name: string,
  value: JsonValue,
  { providers, pools }: KnownNames,
): MonitorConfig | undefined {
  if (!isJsonObject(value)) return undefined;

  const at: Pointer = ['monitors', name];
  const { judge, embeddings } = value;
  if (typeof judge === 'string' && judge !== '')
    checkModelReference(reader, judge, [...at, 'judge'], providers);
  if (typeof embeddings === 'string' && embeddings !== '')
    checkModelReference(reader, embeddings, [...at, 'embeddings'], providers);
  if (isJsonObject(value['match']) && Object.values(value['match']).every(isEmptyMap))
    reportEmptyMatch(reader, at);

  const evaluators = readEvaluators(reader, value['evaluators'] ?? null, [...at, 'evaluators'], {
    owner: 'monitor',
    ...{ providers, pools },
    hasJudgeModel: judge !== undefined,
    hasEmbeddingsModel: embeddings !== undefined,
  });
  const fit = evaluators?.map((spec, index) => checkFit(reader, spec, [...at, 'evaluators', index]));

  const parsed = monitorFile.safeParse(value);
  if (!parsed.success || !evaluators || fit?.includes(false)) return undefined;

  const { description, share, match, budget } = parsed.data;
  return {
    name,
    location: startOf(reader.document.locateKey(at)),
    match: toMatch(match),
    share,
    evaluators,
    ...defined({
      description,
      judgeModel: parsed.data.judge,
      embeddingsModel: parsed.data.embeddings,
      maxCostPerHourUsd: budget?.max_cost_usd,
    }),
  };
}

/** `attributes: {}`. */
function isEmptyMap(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function reportEmptyMatch(reader: ConfigReader, at: Pointer): void {
  reportKey(reader, [...at, 'match'], {
    code: 'empty-match',
    message: 'match is empty, so every span would be evaluated',
    remedy: 'Say which spans, for example kind: agent, or root: true.',
  });
}

function checkFit(reader: ConfigReader, spec: EvaluatorSpec, at: Pointer): boolean {
  const unfit = unfitFor(spec);
  if (unfit) reportAt(reader, at, { code: 'unfit-evaluator', ...unfit });
  if (spec.bulkhead !== undefined)
    reportAt(reader, at, {
      code: 'unused-key',
      message: '"bulkhead" has no meaning here: the judges of a monitor have a bulkhead of their own',
      remedy: 'Remove "bulkhead"; "budget" limits what they spend.',
    });
  return unfit === undefined && spec.bulkhead === undefined;
}
