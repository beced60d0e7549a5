import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, unmeasured } from '../../score.ts';
import {
  type ElementsOptions,
  elementPaths,
  elementsFromAssertion,
  elementsOption,
  missingElements,
} from './elementsOption.ts';
import { type XmlPart, xmlCandidates } from './xmlCandidates.ts';
import { readXmlTree } from './xmlTree.ts';

/** Rows of elements without what is required that are remembered, so that nothing within them is asked again. */
const MAX_ROWS = 1000;

/** What counts is that tags are balanced; the text between them may hold a bare `&`, as models write it. */
export const containsXml: EvaluatorDefinition<ElementsOptions> = {
  type: 'contains-xml',
  stage: 'heuristic',
  summary: 'The output contains an XML element, with the required elements if any are given.',
  options: elementsOption,
  shorthand: 'elements',
  fromAssertion: elementsFromAssertion,
  create(_spec, { elements }) {
    const paths = elementPaths(elements);
    const yes = binary(true, paths.length > 0 ? `contains XML with ${paths.join(', ')}` : 'contains XML');

    return ({ output: { text } }) => {
      const parts = xmlCandidates(text);
      if (parts.length === 0) return binary(false, 'contains no XML');

      const read: XmlPart[] = [];
      for (const part of parts) {
        if (read.some(({ start, end }) => part.start >= start && part.end <= end)) continue;
        const tree = readXmlTree(text.slice(part.start, part.end));
        if (!tree) continue;
        if (missingElements(tree, paths).length === 0) return yes;
        if (read.push(part) > MAX_ROWS)
          return unmeasured('the output contains too many separate pieces of XML');
      }

      return binary(false, paths.length > 0 ? `contains no XML with ${paths.join(', ')}` : 'contains no XML');
    };
  },
};
