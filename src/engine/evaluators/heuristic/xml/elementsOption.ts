import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import type { AssertionParts } from '../../evaluator.ts';
import { hasPath, type XmlValue } from './xmlTree.ts';

const path = z.union([z.string().min(1), z.number()]);

/** Option of the evaluators that look for elements of XML. */
export const elementsOption = z.strictObject({
  elements: z
    .union([z.string().min(1), z.array(path)])
    .optional()
    .describe(
      'Required elements, as paths from the root such as order.item; a list, or separated by commas. @_name is an attribute; item.1 is the second of several elements named item.',
    ),
});

export type ElementsOptions = z.infer<typeof elementsOption>;

/** promptfoo takes a text with commas, a list, or `{ requiredElements: [ … ] }`. */
export function elementsFromAssertion({ value }: AssertionParts): JsonObject {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (!isJsonObject(value)) return { elements: value };
  const { requiredElements, ...rest } = value;
  return requiredElements === undefined ? rest : { ...rest, elements: requiredElements };
}

export function elementPaths(elements: ElementsOptions['elements']): string[] {
  if (elements === undefined) return [];
  return typeof elements === 'string' ? elements.split(',').map((item) => item.trim()) : elements.map(String);
}

/** The paths that lead nowhere. */
export function missingElements(tree: XmlValue, paths: readonly string[]): string[] {
  return paths.filter((written) => !hasPath(tree, written.split('.')));
}
