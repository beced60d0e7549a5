import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, unmeasured } from '../../score.ts';
import {
  type ElementsOptions,
  elementPaths,
  elementsFromAssertion,
  elementsOption,
  missingElements,
} from './elementsOption.ts';
import { readXmlTree } from './xmlTree.ts';

/** Well-formed as XML 1.0 with namespaces says. The parser is loaded when the first output is judged. */
export const isXml: EvaluatorDefinition<ElementsOptions> = {
  type: 'is-xml',
  stage: 'heuristic',
  summary: 'The whole output is one well-formed XML document, with the required elements if any are given.',
  options: elementsOption,
  shorthand: 'elements',
  fromAssertion: elementsFromAssertion,
  create(_spec, { elements }) {
    const paths = elementPaths(elements);
    return async ({ output }) => {
      const { readXml } = await import('./wellFormedXml.ts');
      const read = readXml(output.text);
      if (read.status === 'too deep') return unmeasured(`the XML cannot be read: ${read.reason}`);
      if (read.status === 'broken') return binary(false, `not XML: ${read.reason}`);
      const tree = readXmlTree(output.text);
      if (!tree) return binary(false, 'not XML: a tag is not closed');
      const missing = missingElements(tree, paths);
      if (missing.length > 0) return binary(false, `the XML lacks ${missing.join(', ')}`);
      return binary(true, paths.length > 0 ? `XML with ${paths.join(', ')}` : 'well-formed XML');
    };
  },
};
