import path from 'node:path';
import { FileError } from '../../errors.ts';
import { hasOption } from '../../evaluators/registry.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseReferenced, readReference } from '../config/promptfooReader.ts';
import { transformCode } from '../providers/readProviders.ts';
import { readScript, SCRIPT_FILE } from '../scripts/readScript.ts';
import { scriptExpression } from '../scripts/scriptCode.ts';
import { type GraderScope, withGrader } from './graders.ts';

const PYTHON = /^file:\/\/(.*?\.py)(?::([A-Za-z_]\w*))?$/;
const FOREIGN = /^(?:file:\/\/.*\.(?:py|rb)(?::|$)|package:)/;

/** What an assertion is filled in with. */
export interface AssertionScope extends GraderScope {
  /** Fills in a template that stands at `at` of the test's assertions. */
  fill(text: string, at: Pointer): string;
  /** Where the assertion stands. */
  at: Pointer;
}

/**
 * An assertion as it is judged: templates filled in with the case's variables, files read, scripts as one
 * expression, graders as models of this workspace. The same object where nothing changes. Throws FileError and
 * PromptError.
 */
export function renderAssertion(assertion: JsonObject, scope: AssertionScope): JsonObject {
  const type = typeof assertion['type'] === 'string' ? assertion['type'] : '';
  const rendered: JsonObject = { ...assertion };
  if (type === 'assert-set' && Array.isArray(assertion['assert'])) {
    rendered['assert'] = assertion['assert'].map((item, index) =>
      isJsonObject(item) ? renderAssertion(item, { ...scope, at: [...scope.at, 'assert', index] }) : item,
    );
  }

  if (assertion['value'] !== undefined) {
    rendered['value'] = withConfig(renderValue(assertion['value'], type, scope), assertion);
  }
  if (typeof assertion['metric'] === 'string') {
    const metric = scope.fill(assertion['metric'], [...scope.at, 'metric']);
    rendered['metric'] = metric;
    // A report that says `no-hype` is easier to read than one that says `javascript-2`.
    if (metric !== '' && !hasOption(type, 'name')) rendered['name'] = metric;
  }

  if (typeof assertion['transform'] === 'string') {
    rendered['transform'] = transformCode(scope.reader, assertion['transform'], scope.location);
  }
  if (typeof assertion['contextTransform'] === 'string') {
    rendered['contextTransform'] = transformCode(scope.reader, assertion['contextTransform'], scope.location);
  }
  const ready = withGrader(rendered, scope);
  return sameFields(ready, assertion) ? assertion : ready;
}

/** Whether both have the same values: thousands of cases can then share one assertion of `defaultTest`. */
function sameFields(one: JsonObject, other: JsonObject): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** Scripts find the assertion's `config` in their context. */
function withConfig(value: JsonValue, { type, config }: JsonObject): JsonValue {
  if (config === undefined || typeof value !== 'string' || !/^(?:not-)?javascript$/.test(String(type)))
    return value;
  const given = `Object.assign(context, { config: ${JSON.stringify(config)} })`;
  return value.includes('module.exports') ? `${given};\n${value}` : `(${given}, ${value})`;
}

function renderValue(value: JsonValue, type: string, scope: AssertionScope): JsonValue {
  const at = [...scope.at, 'value'];
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      typeof item === 'string' ? renderText(item, scope, [...at, index]) : item,
    );
  }
  if (typeof value !== 'string') return value;
  if (/^(?:not-)?python$/.test(type)) return pythonValue(value, scope, at);
  if (!/^(?:not-)?javascript$/.test(type)) return renderText(value, scope, at);
  const [, file, name] = SCRIPT_FILE.exec(value) ?? [];
  if (file !== undefined) {
    const script = readScript(scope.reader, file, name, scope.location);
    return script.file === undefined ? script.code : { ...script };
  }
  return value.startsWith('file://') ? value : scriptExpression(scope.fill(value, at));
}

/** Python as it is written, or the module that it names, whose siblings it may import. */
function pythonValue(value: string, scope: AssertionScope, at: Pointer): JsonValue {
  const [, file, name = 'get_assert'] = PYTHON.exec(value) ?? [];
  if (file === undefined) return scope.fill(value, at);
  const module = readReference(scope.reader, file, scope.location);
  return { code: module.text, function: name, folder: path.dirname(module.path) };
}

/** A text, filled in; or what the file that it names holds. Scripts stay, and are refused by name later. */
function renderText(value: string, scope: AssertionScope, at: Pointer): JsonValue {
  if (SCRIPT_FILE.test(value) || FOREIGN.test(value)) return value;
  if (!value.startsWith('file://')) return scope.fill(value, at);
  const file = readReference(scope.reader, value, scope.location);
  const extension = path.extname(file.path).toLowerCase();
  if (/^\.(?:json|ya?ml)$/.test(extension)) return parseReferenced(file).value;
  if (/^\.(?:txt|md|j2)$/.test(extension)) return file.text.trim();
  throw new FileError(`${file.path} is neither text nor data`, {
    where: scope.location,
    remedy: 'A value may come from a .txt, .json or .yaml file.',
  });
}
