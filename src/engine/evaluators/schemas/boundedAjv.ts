import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DataValidateFunction } from 'ajv/dist/types/index.js';
import addFormats from 'ajv-formats';
import { canonicalJson } from '../../model/json.ts';
import { safeRegExp } from '../patterns/linearPattern.ts';

/** Steps of one check: entered schemas, turns of loops, and texts by their length; some hundred milliseconds. */
const MAX_STEPS = 2_000_000;

/** Characters of generated code and of compared values that count as one step. */
const CODE_PER_STEP = 10_000;

/** Characters of a text that a length, a format or a pattern looks at in one step. */
const TEXT_PER_STEP = 100;

/** Errors that are copied in one step. */
const ERRORS_PER_STEP = 500;

export type Draft = '07' | '2019' | '2020';

/** A check went beyond its steps: the schema asks for the same thing over and over. */
export class SchemaTooCostly extends Error {}

/** The validator of one draft whose every check ends. */
export interface BoundedAjv {
  ajv: Ajv;
  /** Runs a compiled check. Throws SchemaTooCostly. */
  run<T>(check: () => T): T;
}

/**
 * Ajv, with steps counted in the code that it generates: JSON Schema can ask for work that grows exponentially with the
 * schema (`anyOf` that leads to the same definition twice, again and again) or with the square of the data. Patterns
 * run in linear time, `uniqueItems` compares hashes, and a definition is compiled once, however often it is referred to.
 */
export function createBoundedAjv(draft: Draft): BoundedAjv {
  const meter = new Meter();
  const options: Options = {
    strict: false,
    allErrors: true,
    logger: false,
    inlineRefs: false,
    code: {
      regExp: meteredRegExp(meter),
      process: (code, environment) => countSteps(code, JSON.stringify(environment?.schema ?? '').length),
    },
  };
  const ajv: Ajv =
    draft === '2020' ? new Ajv2020(options) : draft === '2019' ? new Ajv2019(options) : new Ajv(options);
  addFormats.default(ajv);
  replaceUniqueItems(ajv, meter);
  // The generated code sees the instance as `self`.
  Object.assign(ajv, { meter });

  return { ajv, run: (check) => meter.run(check) };
}

class Meter {
  #left = MAX_STEPS;

  run<T>(check: () => T): T {
    this.#left = MAX_STEPS;
    return check();
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new SchemaTooCostly('the check takes too many steps');
  }

  /** Charges for looking at a text, and gives it back. */
  read<T>(value: T): T {
    if (typeof value === 'string') this.spend(value.length / TEXT_PER_STEP);
    return value;
  }

  join(errors: ErrorObject[], more: ErrorObject[]): ErrorObject[] {
    this.spend((errors.length + more.length) / ERRORS_PER_STEP);
    return errors.concat(more);
  }
}

/** Adds the counting to generated code; texts in it stay as they are. */
function countSteps(code: string, schemaLength: number): string {
  const spend = `self.meter.spend(${1 + Math.floor((code.length + schemaLength) / CODE_PER_STEP)});`;
  const piece =
    /"(?:[^"\\]|\\.)*"|(=\{\}\)\{|\bfor\s*\([^{}]*\)\s*\{)|\bvErrors\.concat\(([\w.]+)\)|\b(func\d+|formats\d+(?:\.\w+)?)\((\w+)\)/g;
  return code.replace(piece, (match, block?: string, errors?: string, reader?: string, text?: string) => {
    if (block !== undefined) return block + spend;
    if (errors !== undefined) return `self.meter.join(vErrors, ${errors})`;
    return reader === undefined ? match : `${reader}(self.meter.read(${text}))`;
  });
}

function meteredRegExp(meter: Meter): NonNullable<NonNullable<Options['code']>['regExp']> {
  const compile = (pattern: string, flags: string) => {
    const linear = safeRegExp(pattern, flags);
    return { test: (text: string) => linear.test(meter.read(text)), toString: () => linear.toString() };
  };
  return Object.assign(compile, { code: 'RegExp' });
}

/** The keyword's own code compares each item with each other one. */
function replaceUniqueItems(ajv: Ajv, meter: Meter): void {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (isWanted: boolean) => {
      const check: DataValidateFunction = (items: unknown[]) => {
        const seen = new Map<string, number>();
        const second = isWanted ? items.findIndex((item, index) => isRepeated(item, index, seen, meter)) : -1;
        if (second < 0) return true;
        const first = seen.get(canonicalJson(items[second])) ?? 0;
        const message = `must NOT have duplicate items (items ## ${first} and ${second} are identical)`;
        check.errors = [{ keyword: 'uniqueItems', message, params: { i: second, j: first } }];
        return false;
      };
      return check;
    },
  });
}

function isRepeated(item: unknown, index: number, seen: Map<string, number>, meter: Meter): boolean {
  const text = meter.read(canonicalJson(item));
  if (seen.has(text)) return true;
  seen.set(text, index);
  return false;
}
