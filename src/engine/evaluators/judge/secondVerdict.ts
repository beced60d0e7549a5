import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { agrees } from './statedValue.ts';

/** Keys that decide, so that what they say must agree with the verdict. */
const DECIDES =
  /scor|verdict|pass|fail|grade|rating|winner|best|choice|categor|answer|final|correct|revis|retract|decision|valid/i;
/** Keys that may decide: what they say must not speak against it. */
const MAY_DECIDE =
  /meet|(?:^|_)met$|approv|accept|result|outcome|status|success|satisf|compl(?:y|ies|iant)|label/i;
const SCALE =
  /^(?:max(?:imum)?(?:_?(?:score|points?|value))?|out_?of|scale|score_?(?:range|scale)|total_?points|possible)$/i;
/** Parts of a verdict, e.g. the scores of its criteria. */
const PARTS =
  /criteri|sub|break|detail|aspect|dimension|(?:scores|grades|ratings|answers|categories|verdicts)$/i;
const WHOLE = /final|overall|total/i;

/** Why a further key of a verdict makes it doubtful: it says something else, or that it goes by another scale. */
export function secondVerdict(value: JsonObject, keys: readonly string[], full: number): string | undefined {
  for (const [key, further] of Object.entries(value)) {
    if (keys.includes(key)) continue;
    if (SCALE.test(key)) {
      if (!isScale(further, full)) return `the judge's score is of another scale, by "${key}"`;
      continue;
    }

    const same = agrees(further, value, full);
    const decides = DECIDES.test(key) && !isParts(key, further) && same !== true;
    if (decides || (MAY_DECIDE.test(key) && same === false))
      return `the judge gave a second verdict in "${key}"`;
  }

  return undefined;
}

function isScale(value: JsonValue, full: number): boolean {
  if (typeof value === 'number') return value === full;
  const numbers = typeof value === 'string' ? value.match(/[\d.]*\d/g) : null;
  return numbers === null || Number(numbers.at(-1)) === full;
}

function isParts(key: string, value: JsonValue): boolean {
  if (!PARTS.test(key)) return false;
  return (
    Array.isArray(value) || (isJsonObject(value) && !Object.keys(value).some((name) => WHOLE.test(name)))
  );
}
