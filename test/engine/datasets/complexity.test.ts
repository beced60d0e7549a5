import assert from 'node:assert/strict';
import { inferComplexity } from '../../../src/engine/datasets/complexity.ts';

const words = (count: number) => Array(count).fill('word').join(' ');
const concepts = (count: number) => ({ expected_concepts: Array(count).fill('c') });
const tools = (count: number) => ({ tool_calls: Array(count).fill({ name: 't' }) });
const turns = (count: number) => Array(count).fill({ role: 'user', content: 'hi' });

describe('inferComplexity', () => {
  const rows: [name: string, input: Parameters<typeof inferComplexity>[0], expected: string][] = [
    ['a short question', { input: 'How long?' }, 'simple'],
    ['one signal of one point', { input: words(40) }, 'simple'],
    ['a long input', { input: words(150) }, 'medium'],
    ['just below a long input', { input: words(149) }, 'simple'],
    ['words spread over variables', { input: { a: words(75), b: [words(75)] } }, 'medium'],
    ['many concepts', { input: 'x', expected_output: concepts(8) }, 'medium'],
    ['several tool calls', { input: 'x', expected_output: tools(2) }, 'medium'],
    [
      'a tool call and some concepts',
      { input: 'x', expected_output: { ...tools(1), ...concepts(4) } },
      'medium',
    ],
    ['a long conversation', { messages: turns(7) }, 'medium'],
    ['a conversation as input', { input: { messages: turns(7) } }, 'medium'],
    ['four questions', { input: 'A? B? C? D?' }, 'medium'],
    ['a numbered list of parts', { input: 'Do:\n1. a\n2. b\n3. c\n4) d' }, 'medium'],
    ['a question with many marks', { input: 'What????????' }, 'simple'],
    ['tools and many concepts', { input: 'x', expected_output: { ...tools(2), ...concepts(8) } }, 'complex'],
    ['a long conversation with tools', { messages: turns(7), expected_output: tools(3) }, 'complex'],
  ];
  for (const [name, input, expected] of rows) {
    it(`finds ${name} ${expected}`, () => assert.equal(inferComplexity(input), expected));
  }
});
